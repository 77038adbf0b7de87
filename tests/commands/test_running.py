"""Running and comparing: shown on small notebooks, so that each can be seen to fail."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers import sources
from helpers.commands import run
from helpers.commands.support import notebooks, recording
from helpers.commands.support.execution import execute, printed
from helpers.runs import PROJECT
from tests import nbval_rules
from tests.support.small_notebooks import save


def test_execute_runs_every_cell_and_reports_progress(tmp_path):
    seen = []
    file = save(tmp_path / "99_small.ipynb", "x = 20", "x + 1")
    notebook = execute(file, lambda done, total: seen.append((done, total)))
    assert printed(notebook.cells[2]) == "21"
    assert seen == [(0, 2), (1, 2)]


@pytest.mark.parametrize("times", [1, 2])
def test_a_kernel_whose_port_another_program_took_is_started_once_more(
    times, tmp_path, monkeypatch
):
    start, takers = NotebookClient.async_start_new_kernel, []

    async def start_beside_a_taker(client, **options):
        await start(client, **options)
        if len(takers) < times:  # the kernel takes its ports about half a second from now
            takers.append(socket.create_server(("127.0.0.1", client.km.stdin_port)))

    monkeypatch.setattr(NotebookClient, "async_start_new_kernel", start_beside_a_taker)
    file = save(tmp_path / "99_small.ipynb", "print(1)")
    if times == 1:
        assert printed(execute(file).cells[1]) == "1"
    else:
        with pytest.raises(RuntimeError, match="died before replying"):
            execute(file)
    assert len(takers) == times
    for taker in takers:
        taker.close()


def test_execute_stops_at_the_cell_that_fails_and_keeps_what_ran(tmp_path):
    file = save(tmp_path / "99_small.ipynb", "print('before')", "1 / 0", "print('after')")
    with pytest.raises(CellExecutionError) as error:
        execute(file)
    assert error.value.ename == "ZeroDivisionError"
    assert printed(error.value.notebook.cells[1]) == "before"
    assert not error.value.notebook.cells[3].outputs


def test_ctrl_c_ends_the_kernel_too(tmp_path):
    code = "import os, time; open('pid', 'w').write(f'{os.getpid()}\\n'); time.sleep(60)"
    file = save(tmp_path / "99_small.ipynb", code)
    run = "import pathlib, sys; from helpers.commands.support.execution import execute; execute(pathlib.Path(sys.argv[1]))"
    process = subprocess.Popen(
        [sys.executable, "-c", run, file], cwd=PROJECT, stderr=subprocess.PIPE, text=True
    )
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text().endswith("\n")):
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=30)[1]
    assert error.splitlines()[-1] == "KeyboardInterrupt"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_kernel_shows_figures_whatever_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    code = "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()"
    notebook = execute(save(tmp_path / "99_small.ipynb", code))
    assert any("image/png" in output.get("data", {}) for output in notebook.cells[1].outputs)


@pytest.mark.parametrize(("code", "status"), [("print('fine')", 0), ("1 / 0", 1)])
def test_make_run_tells_by_its_status_whether_all_notebooks_ran(
    tmp_path, monkeypatch, capsys, code, status
):
    save(tmp_path / "01_small.ipynb", code)
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("COURSE_RUNS", str(tmp_path / "runs"))
    assert run.main([]) == status
    table = capsys.readouterr().out
    assert ("ok" if status == 0 else "FAILED: ZeroDivisionError: division by zero") in table
    assert (tmp_path / "runs" / "course" / "01_small.ipynb").exists()


def test_make_run_takes_a_relative_glue_dir(tmp_path, monkeypatch):
    code = "from helpers.sources import find_mrpc; assert find_mrpc().kind == 'bundled sample'"
    save(tmp_path / "01_small.ipynb", code)
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("COURSE_RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(sources.SAMPLE.parent)
    monkeypatch.setenv("GLUE_DIR", "sample")
    assert run.main([]) == 0


def test_outputs_of_an_earlier_run_are_gone_when_a_cell_fails(tmp_path):
    file = save(tmp_path / "99_small.ipynb", "1 / 0", "'new'")
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="old")]
    nbformat.write(notebook, file)
    with pytest.raises(CellExecutionError) as error:
        execute(file)
    assert not error.value.notebook.cells[2].outputs


def nbval(file, *options, **environment):
    """pytest on one notebook, with this project's settings, in a process of its own; facts lie beside the notebook."""
    command = [sys.executable, "-m", "pytest", "-c", str(PROJECT / "pyproject.toml"), "-q"]
    return subprocess.run(
        [*command, f"--facts={file.parent}", "--color=no", *options, str(file)],
        cwd=PROJECT,
        env=os.environ | {"GLUE_DIR": str(sources.SAMPLE)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def recorded(tmp_path):
    """A notebook of one compared cell, one with stderr and one that is ignored, with its true outputs."""
    code = "import sys; print('a notice', file=sys.stderr); print('text')"
    file = save(
        tmp_path / "99_small.ipynb",
        "1 + 1",
        code,
        "import time; time.time()",
        cell2=["nbval-ignore-output"],
    )
    notebook = execute(file)
    recording.published_form(notebook, "99")
    nbformat.write(notebook, file)
    return file


def test_nbval_passes_on_true_outputs_whatever_is_on_stderr(recorded):
    run = nbval(recorded)
    assert run.returncode == 0, run.stdout
    assert "bundled sample: 2 outputs compared of 3, 0 facts checked" in run.stdout


def test_nbval_turns_red_when_a_stored_output_is_changed(recorded):
    notebook = nbformat.read(recorded, as_version=4)
    notebook.cells[1].outputs[0].data["text/plain"] = "3"
    nbformat.write(notebook, recorded)
    run = nbval(recorded)
    assert run.returncode == 1
    assert "Cell 0" in run.stdout and "Cell outputs differ" in run.stdout


FACTS = """# %% 99-0
import math
n = 5
assert x == 20 and n
assert all(math.sqrt(value) < 9 for value in (n, x))

# %% 99-1
assert x == 21 and mrpc_kind == "bundled sample"
"""


@pytest.fixture
def with_facts(tmp_path):
    """A notebook, recorded, with three facts: its second cell shows whether those of the first left anything behind."""
    left = "x += 1; sorted(name for name in dir() if name in ('n', 'math', 'value', 'mrpc_kind'))"
    file = save(tmp_path / "99_small.ipynb", "x = 20", left, "_")
    notebook = execute(file)
    recording.published_form(notebook, "99")
    nbformat.write(notebook, file)
    (tmp_path / "notebook_99.py").write_text(FACTS)
    return file


@pytest.mark.parametrize("options", [(), ("--nbval-lax",)], ids=["nbval", "lax"])
def test_facts_that_hold_are_counted_and_leave_nothing_in_the_kernel(with_facts, options):
    run = nbval(with_facts, *options)
    assert run.returncode == 0, run.stdout
    assert ", 3 facts checked" in run.stdout


def test_a_fact_that_does_not_hold_names_its_cell_its_line_and_the_values(with_facts):
    facts = with_facts.parent / "notebook_99.py"
    facts.write_text(FACTS.replace("n = 5", "n = 90"))
    run = nbval(with_facts)
    assert run.returncode == 1
    assert "1 failed, 2 passed" in run.stdout
    assert "Cell 0: facts of 99-0 do not hold" in run.stdout
    line = "notebook_99.py:5: assert all(math.sqrt(value) < 9 for value in (n, x))"
    assert line in run.stdout
    assert "    value = 90\n    math.sqrt(value) = 9.48" in run.stdout
    assert "notebook_99.py:4" not in run.stdout


def test_the_facts_of_a_cell_that_failed_are_not_run(with_facts):
    notebook = nbformat.read(with_facts, as_version=4)
    notebook.cells[2].source = "x = y"
    nbformat.write(notebook, with_facts)
    run = nbval(with_facts, "--nbval-lax")
    assert "1 failed, 2 passed" in run.stdout
    assert "name 'y' is not defined" in run.stdout and "notebook_99.py" not in run.stdout
    assert ", 2 facts checked" in run.stdout


def test_an_error_shown_on_purpose_can_have_facts(tmp_path):
    file = save(tmp_path / "99_small.ipynb", "y = 1\n1 / 0", cell0=["raises-exception"])
    (tmp_path / "notebook_99.py").write_text("# %% 99-0\nassert y == 1\n")
    assert ", 1 facts checked" in nbval(file, "--nbval-lax").stdout
    (tmp_path / "notebook_99.py").write_text("# %% 99-0\nassert y == 2\n")
    assert "notebook_99.py:2: assert y == 2\n    y = 1" in nbval(file, "--nbval-lax").stdout


def test_a_fact_for_a_cell_that_is_gone_is_an_error(with_facts):
    facts = with_facts.parent / "notebook_99.py"
    facts.write_text(FACTS.replace("99-1", "99-gone"))
    run = nbval(with_facts)
    assert run.returncode == 4
    assert "notebook_99.py:7 names the cell 99-gone, which does not exist" in run.stderr


@pytest.mark.parametrize(
    ("options", "source", "line"),
    [
        ((), "1 + 1", "2 outputs compared of 3, 0 facts checked; 1 vary by machine (tag nbval"),
        (("--nbval-lax",), "1 + 1", "0 outputs compared of 3, 0 facts checked; 1 vary by machine "),
        (("--nbval-lax",), "1 + 1", "; 2 are not asked for (--nbval-lax)."),
        ((), "1 / 0", "1 outputs compared of 3, 0 facts checked; 1 vary by machine (tag nbval-"),
        ((), "1 / 0", "; 1 belong to cells that failed before."),
        (("-x",), "1 / 0", "0 outputs compared of 1, 0 facts checked; 1 belong to cells that "),
    ],
)
def test_the_last_line_counts_what_was_compared_and_says_what_was_not(
    recorded, options, source, line
):
    notebook = nbformat.read(recorded, as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, recorded)
    assert line in nbval(recorded, *options).stdout


SHUFFLE = "def pytest_collection_modifyitems(items): items.sort(key=lambda item: item.name[::-1], reverse=True)"


def test_cells_stay_in_order_when_a_plugin_shuffles(tmp_path):
    files = [
        save(tmp_path / f"{name}.ipynb", "x = 20", "x += 1", "x += 1", "assert x == 22")
        for name in ("98_small", "99_small")
    ]
    (tmp_path / "shuffle.py").write_text(SHUFFLE)
    run = nbval(tmp_path, "-p", "shuffle", PYTHONPATH=str(tmp_path))
    assert run.returncode == 0, run.stdout
    assert f"{4 * len(files)} passed" in run.stdout


@pytest.mark.parametrize(
    ("numprocesses", "asked", "dist"),
    [
        (None, "no", "no"),
        (2, "load", "loadfile"),
        (2, "loadfile", "loadfile"),
        (2, "loadscope", "loadscope"),
        (2, "worksteal", pytest.UsageError),
        (2, "each", pytest.UsageError),
    ],
)
def test_on_several_processes_the_cells_of_a_notebook_stay_together(numprocesses, asked, dist):
    config = SimpleNamespace(option=SimpleNamespace(numprocesses=numprocesses, dist=asked))
    if dist is pytest.UsageError:
        with pytest.raises(pytest.UsageError, match="Use --dist loadfile"):
            nbval_rules.keep_notebooks_on_one_process(config)
    else:
        nbval_rules.keep_notebooks_on_one_process(config)
        assert config.option.dist == dist


@pytest.mark.parametrize(
    ("folder", "given"),
    [
        (PROJECT, "tests/lessons/test_padding.py"),
        (PROJECT / "tests", "lessons/test_padding.py"),
        (PROJECT / "notebooks", "../tests/lessons/test_padding.py"),
        (PROJECT.parent, f"{PROJECT.name}/tests/lessons/test_padding.py"),
        (Path(PROJECT.anchor), str(PROJECT / "tests/lessons/test_padding.py")),
    ],
)
def test_pytest_finds_its_settings_wherever_it_is_started(folder, given):
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        given,
    ]  # -P: as the script pytest
    environment = os.environ | {"GLUE_DIR": str(sources.SAMPLE)}
    environment.pop("PYTHONPATH", None)  # which this run has set, for kernels
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_without_its_settings_pytest_says_where_they_are(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-c", str(tmp_path / "pytest.ini")]
    run = subprocess.run(
        [*command, str(PROJECT / "tests/lessons/test_padding.py")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 4
    assert f"Give the course's folder: pytest {PROJECT}" in run.stderr


class Cell:
    """What nbval hands to a plugin, as far as ours looks at it."""

    def __init__(self, name, outputs):
        self.cell = nbformat.from_dict({"id": name, "outputs": outputs})
        self.cell_num, self.parent = 0, None


Cell.__name__ = "IPyNbCell"


@pytest.mark.parametrize(("kind", "expected"), [("full", "mrpc"), ("bundled sample", "sample")])
def test_outputs_recorded_on_the_sample_are_expected_on_the_sample_only(
    tmp_path, monkeypatch, pytestconfig, kind, expected
):
    recorded = [{"output_type": "stream", "name": "stdout", "text": "sample"}]
    notebooks.write(tmp_path / "outputs.json", {"99-0": recorded})
    monkeypatch.setattr(nbval_rules, "SAMPLE_OUTPUTS", tmp_path / "outputs.json")
    monkeypatch.setitem(
        pytestconfig.stash, nbval_rules.source_key, sources.Source("path", kind, "a test", "")
    )
    item = Cell("99-0", [{"output_type": "stream", "name": "stdout", "text": "mrpc"}])
    nbval_rules.pytest_collection_modifyitems(pytestconfig, [item])
    assert item.cell.outputs[0].text == expected


def test_data_without_recorded_outputs_are_refused(tmp_path):
    from tests.lessons.test_sources import SPLITS, write_split

    for split, table in SPLITS.items():
        write_split(tmp_path, split, table.slice(1).to_pydict())
    run = nbval(PROJECT / "tests" / "lessons" / "test_padding.py", GLUE_DIR=str(tmp_path))
    assert run.returncode == 4
    assert "neither the full MRPC nor the bundled sample" in run.stderr
