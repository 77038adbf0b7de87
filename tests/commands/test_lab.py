"""make lab: a learner's notebooks are his, and JupyterLab listens on this machine only."""

import contextlib
import errno
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from helpers import __main__ as command_line
from helpers.commands import copy, kit, lab, present, slides
from helpers.commands.support import copies
from helpers.commands.support.notebooks import UnreadableNotebookError, notebook_files
from helpers.runs import PROJECT
from helpers.sources import SAMPLE


def write_notebook(file, text, output=None):
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cell = {"cell_type": "code", "metadata": {}, "source": [text], "outputs": outputs}
    file.write_text(json.dumps({"cells": [cell]}))


@pytest.fixture
def folders(tmp_path):
    reference = tmp_path / "notebooks"
    reference.mkdir()
    write_notebook(reference / "01_first.ipynb", "1 + 1")
    write_notebook(reference / "02_second.ipynb", "2 + 2")
    return reference, tmp_path / "work"


def test_notebooks_are_copied_the_first_time_and_only_then(folders):
    assert lab.copy_notebooks(*folders) == [
        "new in work/: 01_first.ipynb",
        "new in work/: 02_second.ipynb",
    ]
    assert lab.copy_notebooks(*folders) == []


def test_the_copies_come_without_outputs(folders):
    reference, work = folders
    write_notebook(reference / "01_first.ipynb", "1 + 1", output="the answer")
    lab.copy_notebooks(*folders)
    assert "the answer" not in (work / "01_first.ipynb").read_text()
    assert "1 + 1" in (work / "01_first.ipynb").read_text()


def test_a_learners_work_is_never_overwritten(folders):
    reference, work = folders
    lab.copy_notebooks(*folders)
    write_notebook(work / "01_first.ipynb", "my own answer")
    write_notebook(reference / "01_first.ipynb", "a new version")
    lab.copy_notebooks(*folders)
    assert "my own answer" in (work / "01_first.ipynb").read_text()


def test_a_newer_reference_is_announced_with_the_way_to_get_it(folders):
    reference, work = folders
    lab.copy_notebooks(*folders)
    write_notebook(reference / "02_second.ipynb", "a new version")
    (line,) = lab.copy_notebooks(*folders)
    assert "02_second.ipynb: a newer version has come out" in line
    name = re.search(r"copy notebooks/02_second.ipynb to work/(02_second-new-\w+.ipynb)$", line)[1]
    (work / name).write_bytes((reference / "02_second.ipynb").read_bytes())
    assert lab.copy_notebooks(*folders) == []


def test_the_way_to_a_newer_reference_never_leads_over_an_earlier_copy_of_one(folders):
    reference, work = folders
    lab.copy_notebooks(*folders)
    names = []
    for text in ("a new version", "a newer one"):
        write_notebook(reference / "02_second.ipynb", text)
        (line,) = lab.copy_notebooks(*folders)
        names.append(line.split(" to work/")[1])
        write_notebook(work / names[-1], "my answer in the new version")
        assert lab.copy_notebooks(*folders) == []
    assert names[0] != names[1]


def test_new_outputs_alone_are_no_newer_version(folders):
    reference, _ = folders
    lab.copy_notebooks(*folders)
    write_notebook(reference / "01_first.ipynb", "1 + 1", output="2")
    assert lab.copy_notebooks(*folders) == []


def test_of_a_copy_under_a_number_of_before_a_line_says_where_its_lesson_is_now(folders):
    reference, work = folders
    write_notebook(reference / "07_training_loop.ipynb", "as it was")
    write_notebook(reference / "08_learning_curves.ipynb", "as it was")
    lab.copy_notebooks(*folders)
    write_notebook(work / "07_training_loop.ipynb", "my own answer")
    for number, old in (("08", "07_training_loop"), ("09", "08_learning_curves")):
        (reference / f"{old}.ipynb").rename(reference / f"{number}{old[2:]}.ipynb")
    new, other_new, loop, curves = lab.copy_notebooks(*folders)
    assert new == "new in work/: 08_training_loop.ipynb"
    assert other_new == "new in work/: 09_learning_curves.ipynb"
    assert loop.startswith("07_training_loop.ipynb: this lesson has come out anew as 08_training_")
    assert curves.startswith("08_learning_curves.ipynb: this lesson has come out anew as 09_learn")
    assert "my own answer" in (work / "07_training_loop.ipynb").read_text()
    assert "as it was" in (work / "08_training_loop.ipynb").read_text()


def test_the_lessons_that_have_another_number_are_there_and_no_notebook_has_their_old_name():
    names = {file.stem for file in notebook_files()}
    assert set(copies.RENUMBERED.values()) <= names
    assert not any(name.startswith(tuple(copies.RENUMBERED)) for name in names)


def test_a_notebook_that_was_deleted_comes_back(folders):
    _, work = folders
    lab.copy_notebooks(*folders)
    (work / "01_first.ipynb").unlink()
    assert lab.copy_notebooks(*folders) == ["new in work/: 01_first.ipynb"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"01"', b"\xff\xfe"])
def test_a_record_that_cannot_be_read_is_made_anew_and_no_work_is_touched(folders, content):
    reference, work = folders
    lab.copy_notebooks(*folders)
    write_notebook(work / "01_first.ipynb", "my own answer")
    (work / copies.COPIED).write_bytes(content)
    (line,) = lab.copy_notebooks(*folders)
    assert "work/.copied.json could not be read and is made anew" in line
    assert "my own answer" in (work / "01_first.ipynb").read_text()
    assert lab.copy_notebooks(*folders) == []
    write_notebook(reference / "01_first.ipynb", "a new version")
    (line,) = lab.copy_notebooks(*folders)
    assert "a newer version has come out" in line


BROKEN = {
    b"": "it is empty",
    b"  \n": "it is empty",
    b'{"cells": [': "it is not JSON (",
    b"\xff\xfe": "it is not text in UTF-8",
    b"[]": "its JSON is not that of a notebook with cells",
    b'{"worksheets": []}': "its JSON is not that of a notebook with cells",
    b'{"cells": 3}': "its JSON is not that of a notebook with cells",
    b'{"cells": [{"source": 1, "metadata": {}}]}': "it has cells without source or metadata",
}


@pytest.mark.parametrize(("content", "what"), BROKEN.items())
def test_a_copy_that_is_no_notebook_is_named_left_alone_and_no_other_suffers(
    folders, content, what
):
    _, work = folders
    work.mkdir()
    (work / "01_first.ipynb").write_bytes(content)
    line, other = lab.copy_notebooks(*folders)
    assert line.startswith(f"work/01_first.ipynb is no notebook: {what}")
    assert line.endswith("delete it, and make lab brings a fresh copy.")
    assert other == "new in work/: 02_second.ipynb"
    assert (work / "01_first.ipynb").read_bytes() == content


def test_of_a_copy_that_is_no_notebook_a_whole_checkpoint_is_named(folders):
    _, work = folders
    lab.copy_notebooks(*folders)
    checkpoints = work / ".ipynb_checkpoints"
    checkpoints.mkdir()
    saved = checkpoints / "01_first-checkpoint.ipynb"
    saved.write_bytes((work / "01_first.ipynb").read_bytes())
    (work / "01_first.ipynb").write_bytes(b"")
    way = "copy work/.ipynb_checkpoints/01_first-checkpoint.ipynb in its place"
    assert way in lab.copy_notebooks(*folders)[0]
    saved.write_bytes(b"")
    assert way not in lab.copy_notebooks(*folders)[0]


@pytest.mark.parametrize("content", BROKEN)
def test_a_published_notebook_that_is_broken_ends_it_with_its_name(folders, content):
    reference, _ = folders
    (reference / "02_second.ipynb").write_bytes(content)
    with pytest.raises(UnreadableNotebookError, match=r"notebooks/02_second\.ipynb is no notebook"):
        lab.copy_notebooks(*folders)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_leaves_no_half_of_a_copy(folders):
    _, work = folders
    work.mkdir()
    (work / ".01_first.ipynb.draft").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        lab.copy_notebooks(*folders)
    assert not list(work.iterdir())


@pytest.mark.parametrize(
    "command", [lab, copy, present, slides, kit], ids=lambda module: module.__name__
)
@pytest.mark.parametrize(
    ("number", "what_to_do"),
    [
        (errno.EACCES, "Where that is not yours, set COURSE_WORK (your notebooks) and COURSE_RUNS"),
        (errno.EROFS, "Where that is not yours, set COURSE_WORK (your notebooks) and COURSE_RUNS"),
        (errno.ENOSPC, "Make room on that disk"),
    ],
)
def test_a_folder_that_may_not_be_written_ends_a_command_with_a_message(
    monkeypatch, command, number, what_to_do
):
    """A course folder of someone else's: nothing in it can be made, whichever command tries."""
    made = Path.mkdir

    def refused(self, *arguments, **options):
        if self.is_relative_to(PROJECT):
            raise OSError(number, os.strerror(number), str(self))
        return made(self, *arguments, **options)

    monkeypatch.setenv("GLUE_DIR", str(SAMPLE))
    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr(lab.subprocess, "Popen", lambda *arguments, **options: pytest.fail())
    message = command_line.main([command.__name__.rpartition(".")[2]])
    assert os.strerror(number) in message and str(PROJECT) in message and what_to_do in message


def test_a_shared_course_copies_and_writes_into_the_home_folder_of_each_user(tmp_path):
    """With the same settings for all users, as JupyterHub gives them; nothing is written beside the course."""
    home = tmp_path / "home"
    home.mkdir()
    variables = {"COURSE_WORK": "~/course", "COURSE_RUNS": "~/course/runs", "HOME": str(home)}
    variables |= {"USERPROFILE": str(home), "PYTHONPATH": str(PROJECT), "GLUE_DIR": str(SAMPLE)}
    run = (
        "import sys; from helpers.__main__ import main; from helpers.runs import runs_folder; "
        "print(runs_folder('model')); sys.exit(main(['copy']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", run],
        cwd=tmp_path,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    runs, *new = done.stdout.splitlines()
    assert runs == str(home / "course" / "runs" / "model")
    assert new == [f"new in course/: {file.name}" for file in notebook_files()]
    assert {file.name for file in (home / "course").glob("*.ipynb")} == {
        file.name for file in notebook_files()
    }
    assert (home / "course" / "00_start_here.md").exists()
    assert list(tmp_path.iterdir()) == [home]


def test_jupyterlab_and_its_kernels_import_the_helpers_beside_it_and_show_figures(
    folders, monkeypatch
):
    started = []

    class Server:
        def __init__(self, command, env):
            started.append((command, env))

        def wait(self):
            return 0

    monkeypatch.setenv("GLUE_DIR", str(SAMPLE))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setattr(lab.subprocess, "Popen", Server)
    assert lab.open_lab([], folders[1]) == 0
    ((command, environment),) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]  # no script with a path in it
    assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(PROJECT)
    assert "inline" in environment["MPLBACKEND"]


def test_the_copies_come_without_the_instructors_notes():
    for file in notebook_files():
        assert "**Instructor, " in file.read_text(encoding="utf-8")
        text = copies.without_outputs(file)
        assert "**Instructor, " not in text
        assert '-slide"' not in text  # cells that stand for a paragraph on a slide


def test_jupyterlab_listens_on_this_machine_only():
    assert "--ServerApp.ip=127.0.0.1" in lab.lab_command([])


def test_root_is_allowed_only_for_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in lab.lab_command([])
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert "--allow-root" in lab.lab_command([])


def test_the_users_options_come_last(monkeypatch):
    assert lab.lab_command(["--port=9999", "--no-browser"])[-2:] == ["--port=9999", "--no-browser"]


def test_without_a_display_no_browser_is_opened(monkeypatch):
    monkeypatch.setattr(lab, "browser_can_open", lambda: False)
    assert "--no-browser" in lab.lab_command([])


def wait_for(port, seconds=120):
    """The server prints its address a moment before it listens there."""
    for _ in range(seconds * 10):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


def test_the_printed_url_opens_jupyterlab_and_nothing_opens_it_without_the_token(tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = lab.lab_command(["--no-browser", f"--port={port}"], tmp_path)
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        url = next(
            found[0] for line in server.stderr if (found := re.search(r"http://\S+token=\w+", line))
        )
        address, token = url.split("/lab?token=")
        assert address == f"http://127.0.0.1:{port}"
        wait_for(port)
        connections = psutil.Process(server.pid).net_connections("inet")
        listening = {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
        with urllib.request.urlopen(f"{address}/api/contents?token={token}", timeout=60) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{address}/api/contents", timeout=60)
    finally:
        server.terminate()
        server.wait(timeout=120)
