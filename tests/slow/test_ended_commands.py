"""Whoever ends a command ends what it started: JupyterLab, its kernels, the kernels of a run.

The commands run in a checkout that was copied, as one that was moved after its installation: they and their kernels
must import the helpers that lie beside them, wherever the environment was installed from.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from helpers.runs import PROJECT
from helpers.sources import SAMPLE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGTERM"),
]
SERVERS = ("lab", "present")
ADDRESS = re.compile(r"(http://127[.]0[.]0[.]1:\d+)/lab\S*[?&]token=(\w+)")
LIMIT = 120  # seconds for the command to start, and to end


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A copy of the course under another name, with an answer to an exercise of notebook 1 in work/."""
    course = tmp_path_factory.mktemp("elsewhere") / "a moved course"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("helpers", "notebooks"):
        shutil.copytree(PROJECT / name, course / name, ignore=ignored)
    (course / "work").mkdir()
    reference = next((course / "notebooks").glob("01*.ipynb"))
    content = json.loads(reference.read_text(encoding="utf-8"))
    answer = next(
        cell for cell in content["cells"] if "exercise" in cell["metadata"].get("tags", [])
    )
    answer["source"] = ["answered = True"]
    (course / "work" / reference.name).write_text(json.dumps(content), encoding="utf-8")
    return course


@pytest.fixture(autouse=True)
def interrupts_are_heard():
    """What is started in the background of a script ignores SIGINT, and so does what it starts; a person's shell does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(what, process, log):
    """The first true value of `what()`, while `process` lives."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if found := what():
            return found
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    pytest.fail(f"it never came: {log.read_text()}")


def kernels_below(process):
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if "ipykernel_launcher" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.mark.parametrize(
    ("command", "signal_name"),
    [
        ("lab", "SIGTERM"),
        ("lab", "SIGINT"),
        ("lab", "SIGHUP"),
        ("present", "SIGTERM"),
        ("run", "SIGTERM"),
        ("run", "SIGINT"),
        ("run", "SIGHUP"),
        ("progress", "SIGTERM"),
    ],
)
def test_a_command_that_is_asked_to_end_leaves_no_process_behind(
    moved, tmp_path, command, signal_name
):
    log = tmp_path / "log"
    options = ("--no-browser", "--ServerApp.port=0") if command in SERVERS else ()
    environment = os.environ | {
        "GLUE_DIR": str(SAMPLE),
        "MPLBACKEND": "Agg",
        "COURSE_RUNS": str(tmp_path / "runs"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    environment.pop("PYTHONPATH", None)
    environment.pop("COURSE_WORK", None)
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers", command, *options],
            cwd=moved,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    family = []
    try:
        if command in SERVERS:
            found = wait_for(lambda: ADDRESS.search(log.read_text()), process, log)
            request = urllib.request.Request(
                f"{found[1]}/api/kernels", b"{}", {"Authorization": f"token {found[2]}"}
            )
            wait_for(lambda: answers(request), process, log)
        (kernel,) = wait_for(lambda: kernels_below(process), process, log)
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
        variables = kernel.environ()
        assert variables["PYTHONPATH"].split(os.pathsep)[0] == str(moved)
        assert "inline" in variables["MPLBACKEND"]
        os.kill(process.pid, getattr(signal, signal_name))
        assert process.wait(LIMIT) != 0
        _, alive = psutil.wait_procs(family, 5)
        assert not alive
        # what a server's kernel writes when it is interrupted while it starts is none of ours
        assert command in SERVERS or "Traceback" not in log.read_text()
    finally:
        for one in family or [psutil.Process(process.pid)]:
            if one.is_running():
                one.kill()


def answers(request):
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status == 201
    except urllib.error.HTTPError:
        raise
    except OSError:  # the address is printed a moment before anything listens there
        return False


def test_a_kernel_of_a_moved_course_imports_the_helpers_beside_it(moved):
    code = (
        "import nbformat, pathlib, sys; from helpers.commands.support.execution import execute, printed; "
        "from nbformat.v4 import new_code_cell, new_notebook; file = pathlib.Path(sys.argv[1]); "
        "nbformat.write(new_notebook(cells=[new_code_cell('import helpers; print(helpers.__file__)')]), file); "
        "print(printed(execute(file).cells[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(moved / "work" / "small.ipynb")],
        cwd=moved,
        capture_output=True,
        text=True,
    )
    (moved / "work" / "small.ipynb").unlink()
    assert done.stdout.strip() == str(moved / "helpers" / "__init__.py"), done.stderr
