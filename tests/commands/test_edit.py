"""make edit: JupyterLab on the notebooks themselves, with nothing from the author's home folder."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.commands import edit
from helpers.commands.support.notebooks import NOTEBOOKS
from helpers.errors import CourseError
from helpers.runs import PROJECT


@pytest.fixture
def started(monkeypatch):
    """What was started instead of JupyterLab: (command, environment) each."""
    calls = []

    def start(command, env):
        calls.append((command, env))
        return SimpleNamespace(wait=lambda: 0)

    monkeypatch.setattr(edit.subprocess, "Popen", start)
    return calls


def test_it_opens_the_notebooks_themselves_on_this_machine_only(started):
    assert edit.main(["--port=8899"]) == 0
    ((command, _),) = started
    assert f"--ServerApp.root_dir={NOTEBOOKS}" in command
    assert "--ServerApp.ip=127.0.0.1" in command
    assert command[-1] == "--port=8899"


def test_what_jupyterlab_keeps_stays_in_a_folder_of_the_project(started, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "the user's")
    edit.edit([], own=tmp_path)
    ((_, environment),) = started
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert Path(environment[name]).is_relative_to(tmp_path)


def test_kernels_import_this_checkouts_helpers_and_find_a_relative_glue_dir(started, monkeypatch):
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("GLUE_DIR", "helpers/sample")
    edit.main([])
    ((_, environment),) = started
    assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(PROJECT)
    assert environment["GLUE_DIR"] == str(PROJECT / "helpers" / "sample")


def test_a_port_that_is_none_is_refused(started):
    with pytest.raises(CourseError, match="'99999' is no port"):
        edit.main(["--port=99999"])
    assert started == []
