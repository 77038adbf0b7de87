"""A learner's own file with the name of a package is named in one line, wherever the course comes first."""

import functools
import subprocess
import sys

import pytest

from helpers.commands import lab, progress
from helpers.runs import PROJECT
from helpers.shadows import ShadowError, check_folder


def a_module(folder, name):
    (folder / f"{name}.py").write_text("ANSWER = 42\n")
    return folder / f"{name}.py"


def a_package(folder, name):
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    return folder / name


@pytest.mark.parametrize("make", [a_module, a_package])
def test_the_first_import_of_the_course_names_the_file_and_the_way_out(tmp_path, make):
    mine = make(tmp_path, "datasets")
    code = f"import sys; sys.path.append({str(PROJECT)!r}); import helpers.sources"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == (
        f"helpers.shadows.ShadowError: {mine} takes the place of the package datasets, which the notebooks import. Give it "
        f"another name, and restart the kernel."
    )


@pytest.mark.parametrize("name", ["helpers", "torch", "transformers"])
def test_a_folder_of_notebooks_can_be_checked_before_a_kernel_starts(tmp_path, name):
    mine = a_module(tmp_path, name)
    with pytest.raises(ShadowError) as raised:
        check_folder(tmp_path)
    assert f"{mine} takes the place of the package {name}," in str(raised.value)


def test_other_files_and_plain_folders_are_nobodys_business(tmp_path):
    a_module(tmp_path, "my_helpers")
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "own.csv").touch()
    check_folder(tmp_path)
    check_folder(PROJECT)
    check_folder(PROJECT / "notebooks")


@pytest.mark.parametrize("command", (lab, progress), ids=lambda command: command.__name__)
def test_a_command_names_the_file_before_it_starts_a_kernel_beside_it(
    command, tmp_path, monkeypatch
):
    (tmp_path / "datasets.py").touch()
    monkeypatch.setattr(command, "WORK", tmp_path)
    monkeypatch.setattr(lab, "open_lab", functools.partial(lab.open_lab, folder=tmp_path))
    with pytest.raises(ShadowError, match="takes the place of the package datasets"):
        command.main([])
