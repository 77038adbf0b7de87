# Each target sets up .venv by itself the first time. `make help` lists them.
PYTHON ?= python3
RUN = .venv/bin/python

.PHONY: help lab present slides kit progress run test test-full test-rest record bench constraints

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

lab: .venv/ready ## open the course in JupyterLab (PORT=8888, ARGS="options of JupyterLab")
	@$(RUN) -m helpers lab $(if $(PORT),--port=$(PORT)) $(ARGS)

present: .venv/ready ## open the course in JupyterLab for a room: larger text, slides that run (PORT, ARGS as for lab)
	@$(RUN) -m helpers present $(if $(PORT),--port=$(PORT)) $(ARGS)

slides: .venv/ready ## make a deck of every notebook, into build/slides
	@$(RUN) -m helpers slides

kit: .venv/ready ## make build/kit, from which a classroom installs the course without a network
	@$(RUN) -m helpers kit

progress: .venv/ready ## say which exercises of your notebooks in work/ pass
	@$(RUN) -m helpers progress

run: .venv/ready ## run the whole course without a browser, into runs/course
	@$(RUN) -m helpers run

test: .venv/ready ## all tests, the notebooks on the bundled sample (ARGS="options of pytest")
	GLUE_DIR=helpers/sample $(RUN) -m pytest -m "not slow" $(ARGS)

test-rest: .venv/ready
	$(RUN) -m pytest --full-mrpc notebooks tests/published/test_seed_figures.py $(ARGS)
	GLUE_DIR=helpers/sample $(RUN) -m pytest -m slow tests $(ARGS)

test-full: test test-rest ## the same, then the slow tests, and the notebooks on the full MRPC (GLUE_DIR, or the Hub)

record: .venv/ready ## re-make every recorded output by running, on the full MRPC and on the sample
	$(RUN) -m helpers record

bench: .venv/ready ## measure how fast three recipes train (ARGS=--quality: how well two of them learn, an hour)
	$(RUN) -m helpers bench $(ARGS)

constraints: ## write constraints.txt anew: the newest versions that go with requirements.txt
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	grep -v '^-' requirements.txt > build/requirements.txt
	build/constraints/bin/pip install -q -r build/requirements.txt "soupsieve<3"  # newer ones refuse Python 3.11.0 to 3.11.4
	build/constraints/bin/pip freeze | sort -f > build/freeze.txt
	$(PYTHON) -c "import re; own = {re.split('[=<> ]', line)[0].lower() for line in open('build/requirements.txt') if line[0].isalpha()}; \
	print(*(line.strip() for line in open('build/freeze.txt') if line.split('==')[0].lower().replace('_', '-') not in own), sep='\n')" > constraints.txt

.venv/ready: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The course needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv || { echo 'On Debian and Ubuntu: apt install python3-venv, then again.'; exit 1; }
	$(RUN) -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch .venv/ready
