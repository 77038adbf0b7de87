# Each target sets up .venv by itself the first time. `make help` lists them.
PYTHON ?= python3
RUN = .venv/bin/python
TWO_AT_A_TIME = OMP_NUM_THREADS=1 GLUE_DIR=helpers/sample $(RUN) -m pytest -n 2

.PHONY: help lab present slides site hosted kit progress run edit tidy check fits record bench test test-full test-rest constraints

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

lab: .venv/ready ## open the course in JupyterLab (PORT=8888, ARGS="options of JupyterLab")
	@$(RUN) -m helpers lab $(if $(PORT),--port=$(PORT)) $(ARGS)

present: .venv/ready ## open the course in JupyterLab for a room: larger text, slides that run (PORT, ARGS as for lab)
	@$(RUN) -m helpers present $(if $(PORT),--port=$(PORT)) $(ARGS)

slides: .venv/ready ## make a deck of every notebook, into build/slides
	@$(RUN) -m helpers slides

site: .venv/ready-dev ## make the reading edition of the notebooks, a web site, into build/site
	@$(RUN) -m helpers site

hosted: .venv/ready ## copy the notebooks for Colab and Kaggle: each fetches the course by itself (REPOSITORY=address)
	@$(RUN) -m helpers hosted --repository "$(REPOSITORY)"

kit: .venv/ready-dev ## make build/kit, from which a classroom installs the course without a network
	@$(RUN) -m helpers kit

progress: .venv/ready ## say which exercises of your notebooks in work/ pass
	@$(RUN) -m helpers progress

run: .venv/ready ## run the whole course without a browser, into runs/course
	@$(RUN) -m helpers run

test: .venv/ready-dev ## all tests, the notebooks on the bundled sample
	$(TWO_AT_A_TIME) -m "not slow" tests
	GLUE_DIR=helpers/sample $(RUN) -m pytest notebooks

test-rest: .venv/ready-dev
	$(RUN) -m pytest --full-mrpc notebooks tests/published/test_seed_figures.py
	$(TWO_AT_A_TIME) -m slow tests

test-full: test test-rest ## the same, then the slow tests, and the notebooks on the full MRPC (GLUE_DIR, or the Hub)

edit: .venv/ready-dev ## for authors: open notebooks/ itself in JupyterLab (PORT, ARGS as for lab)
	@$(RUN) -m helpers edit $(if $(PORT),--port=$(PORT)) $(ARGS)

tidy: .venv/ready-dev ## for authors: put notebooks saved by JupyterLab into their published form, without running
	@$(RUN) -m helpers tidy

check: .venv/ready-dev ## for authors: in seconds, all that can be checked without running a notebook (ARGS="options of pytest")
	@$(RUN) -m helpers check $(ARGS)

fits: .venv/ready-dev ## for authors: say which slides do not fit their page, by a look in a browser (ONLY=06)
	@$(RUN) -m helpers fits $(ONLY)

record: .venv/ready-dev ## for authors: re-make recorded outputs by running, on the full MRPC and on the sample (ONLY=06)
	@$(RUN) -m helpers record $(ONLY)

bench: .venv/ready ## measure how fast three recipes train (ARGS=--quality: how well two of them learn, an hour)
	$(RUN) -m helpers bench $(ARGS)

constraints: .venv/ready-dev ## write constraints.txt anew: the newest versions that go with the requirements
	@$(RUN) -m helpers constraints

.venv/ready: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) helpers/commands/support/machine.py
	@$(PYTHON) -m venv .venv || { echo 'On Debian and Ubuntu: apt install python3-venv, then again.'; exit 1; }
	$(RUN) -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch .venv/ready

.venv/ready-dev: .venv/ready requirements-dev.txt
	$(RUN) -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@touch .venv/ready-dev
