"""Copies for Colab and Kaggle: what is in them, where they link to, and what their first cell says when something is amiss."""

import json
import os
import re
import subprocess
import sys
import textwrap

import nbformat
import pytest

from helpers.commands import hosted
from helpers.commands.support.copies import without_outputs
from helpers.commands.support.notebooks import notebook_files, read, source
from helpers.errors import CourseError
from helpers.runs import PROJECT
from tests.support.git import GIT

ADDRESS = "https://github.com/someone/course"
FILES = notebook_files()


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    return hosted.make_copies(f"{ADDRESS}/", tmp_path_factory.mktemp("hosted") / "copies")


def markdown(notebook):
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join(map(source, cells))


def test_each_copy_is_the_learners_notebook_with_the_set_up_cell_before_it(copies):
    assert [file.name for file in copies] == [file.name for file in FILES]
    for file, copy in zip(FILES, copies, strict=True):
        nbformat.validate(nbformat.read(copy, as_version=4))
        set_up, *cells = read(copy)["cells"]
        assert set_up["id"] == f"{file.name[:2]}-set-up" and f'ADDRESS = "{ADDRESS}"' in source(
            set_up
        )
        learners = json.loads(without_outputs(file))["cells"]
        assert [cell["id"] for cell in cells] == [cell["id"] for cell in learners]
        for cell, learner in zip(cells, learners, strict=True):
            if cell["cell_type"] == "code":
                assert cell == learner
        assert "Instructor, " not in json.dumps(cells)


def test_the_set_up_cell_is_short_enough_to_read():
    code = hosted.CELL.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= 32 and max(map(len, code.splitlines())) <= 110


def test_no_link_of_a_copy_is_relative_and_those_to_the_repository_lead_to_what_is_in_it(copies):
    found = 0
    for copy in copies:
        text = markdown(read(copy))
        links = re.findall(r"\]\(([^)]+)\)|(?:href|src)=[\"']([^\"']+)", text)
        for link in (first or second for first, second in links):
            assert re.match(r"https?://|#", link), f"{copy.name}: {link}"
            place = re.match(rf"{ADDRESS}/(?:blob|raw)/(hosted|HEAD)/([^#]+)", link)
            if place:
                found += 1
                folder = copy.parent if place[1] == "hosted" else PROJECT
                assert (folder / place[2]).exists(), f"{copy.name}: {link}"
    assert found > 20


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("[a](02_b.ipynb)", f"[a]({ADDRESS}/blob/hosted/02_b.ipynb)"),
        ("[a](02_b.ipynb#c)", f"[a]({ADDRESS}/blob/hosted/02_b.ipynb#c)"),
        ("[a](README.md)", f"[a]({ADDRESS}/blob/HEAD/notebooks/README.md)"),
        ("[a](../helpers/train.py)", f"[a]({ADDRESS}/blob/HEAD/helpers/train.py)"),
        ("![a b](c.png)", f"![a b]({ADDRESS}/raw/HEAD/notebooks/c.png)"),
        ("[a](#c) [b](https://example.org/x)", "[a](#c) [b](https://example.org/x)"),
    ],
)
def test_links_are_made_whole(text, whole):
    assert hosted.with_whole_links(text, f"{ADDRESS}.git") == whole
    assert hosted.with_whole_links(text, "file:///somewhere") == text


def test_the_addresses_of_the_services_are_those_that_they_publish():
    assert hosted.services(f"{ADDRESS}.git", FILES[0]) == {
        "Colab": "https://colab.research.google.com/github/someone/course/blob/hosted/01_one_training_step.ipynb",
        "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/someone/course/blob/hosted/01_one_training_step.ipynb",
        "Binder": "https://mybinder.org/v2/gh/someone/course/HEAD?labpath=work%2F01_one_training_step.ipynb",
    }
    assert hosted.services("https://example.org/someone/course", FILES[0]) == {}
    assert hosted.services("", FILES[0]) == {}


@pytest.mark.parametrize("address", ["", "someone/course", "git@github.com:someone/course.git"])
def test_an_address_that_a_stranger_cannot_fetch_from_is_refused_and_the_old_copies_stay(
    address, tmp_path
):
    (tmp_path / "old").touch()
    with pytest.raises(CourseError, match="Give one such as https"):
        hosted.make_copies(address, tmp_path)
    assert (tmp_path / "old").exists()


@pytest.fixture
def small_course(tmp_path):
    """A repository whose set_up says that it was called."""
    course = tmp_path / "small course"
    (course / "helpers").mkdir(parents=True)
    (course / "helpers/__init__.py").touch()
    (course / "helpers/set_up.py").write_text("def set_up():\n    print('set up')\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "A course"]):
        subprocess.run([*GIT, *command], cwd=course, check=True)
    return course


def run_cell(address, folder, **variables):
    """What the set-up cell for `address` prints, or the last lines of its error, in a process of its own in `folder`."""
    folder.mkdir(exist_ok=True)
    code = source(hosted.hosted_copy(FILES[0], address)["cells"][0])
    command = [sys.executable, "-c", code]
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ
    }
    done = subprocess.run(
        command, cwd=folder, env=environment | variables, capture_output=True, text=True
    )
    return done.stdout + done.stderr.partition("RuntimeError: ")[2]


def test_the_cell_fetches_the_course_once_and_leaves_what_is_there_as_it_is(small_course, tmp_path):
    folder = tmp_path / "alone"
    address = hosted.checked(str(small_course))
    assert run_cell(address, folder) == f"Fetching the course from {address}\nset up\n"
    (folder / "mrpc-course/mine.txt").touch()
    small_course.rename(tmp_path / "gone")
    assert run_cell(address, folder) == "set up\n"
    assert (folder / "mrpc-course/mine.txt").exists()
    assert [file.name for file in folder.iterdir()] == ["mrpc-course"]


def test_without_git_or_without_a_network_the_cell_says_so(tmp_path):
    said = run_cell(ADDRESS, tmp_path / "alone", PATH=str(tmp_path))
    assert "The course could not be fetched: git is not installed on this machine" in said
    said = run_cell("https://127.0.0.1:1/course.git", tmp_path / "alone")
    assert "The course could not be fetched: fatal: unable to access 'https://127.0.0.1:1/" in said
    assert "This needs git and a network" in said
    assert not any((tmp_path / "alone").iterdir())


def test_a_folder_of_that_name_with_other_things_in_it_is_left_alone_and_named(
    small_course, tmp_path
):
    mine = tmp_path / "alone/mrpc-course/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    said = run_cell(hosted.checked(str(small_course)), tmp_path / "alone")
    assert "already exists" in said and f"If {mine.parent} is there already, rename it" in said
    assert [file.read_text() for file in mine.parent.iterdir()] == ["mine"]


def test_the_command_needs_nothing_but_python_itself(tmp_path):
    """The workflow runs it where nothing is installed, because what it has made is pushed from there."""
    command = [sys.executable, "-S", "-m", "helpers", "hosted", "--repository", "nowhere"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.stderr.startswith("--repository 'nowhere' is no address")


@pytest.mark.skipif(sys.platform == "win32", reason="the step is a script of Linux's shell")
def test_the_workflow_makes_the_branch_of_the_copies_anew_as_one_commit(tmp_path):
    workflow = (PROJECT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    step = re.search(
        r"name: put them into the branch hosted\n +run: \|\n((?: {10}.*\n)+)", workflow
    )
    subprocess.run([*GIT, "init", "-q", "--bare", "course.git"], cwd=tmp_path, check=True)
    variables = {
        "TOKEN": "secret",
        "GITHUB_SHA": "abc",
        "GITHUB_ACTOR": "someone",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "someone/course",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'course.git').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://x-access-token:secret@github.com/someone/course.git",
    }
    for _ in range(2):
        hosted.make_copies(ADDRESS, tmp_path / "build/hosted")
        script = ["bash", "-e", "-c", textwrap.dedent(step[1])]
        subprocess.run(script, cwd=tmp_path, env=os.environ | variables, check=True)
    ask = ["git", "--git-dir=course.git"]
    names = subprocess.check_output(
        [*ask, "ls-tree", "--name-only", hosted.BRANCH], cwd=tmp_path, text=True
    )
    commits = subprocess.check_output(
        [*ask, "rev-list", "--all", "--count"], cwd=tmp_path, text=True
    )
    assert names.split() == [file.name for file in FILES] and commits == "1\n"
