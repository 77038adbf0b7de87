"""make lab: a learner's notebooks are his, and JupyterLab listens on this machine only."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import psutil
import pytest

from helpers.commands import lab
from helpers.commands.support.notebooks import notebook_files


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


def test_a_notebook_that_was_deleted_comes_back(folders):
    _, work = folders
    lab.copy_notebooks(*folders)
    (work / "01_first.ipynb").unlink()
    assert lab.copy_notebooks(*folders) == ["new in work/: 01_first.ipynb"]


def test_the_copies_come_without_the_instructors_notes():
    for file in notebook_files():
        assert "**Instructor, " in file.read_text(encoding="utf-8")
        assert "**Instructor, " not in lab.without_outputs(file)


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
