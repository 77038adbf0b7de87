"""make check: it finds what it is there for, and needs neither PyTorch nor a kernel."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from helpers.commands.support.notebooks import read, write
from helpers.runs import PROJECT

# Runs make check in a process that notes what it imports and which programs it starts.
WATCHED = """
import json, sys
started = []
sys.addaudithook(lambda event, about: started.append(about[1]) if event == "subprocess.Popen" else None)
from helpers.commands import check
status = check.main(sys.argv[1:])
print(json.dumps([int(status), sorted(sys.modules), [list(map(str, command)) for command in started]]))
"""
HEAVY = {"torch", "transformers", "datasets", "pyarrow", "jupyter_client", "nbclient", "nbval"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of everything that make check looks at, without what git ignores."""
    copy = tmp_path_factory.mktemp("course") / "course"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in ("helpers", "notebooks", "tests"):
        shutil.copytree(PROJECT / part, copy / part, ignore=ignored)
    for part in ("README.md", "CONTRIBUTING.md", "LICENSE", "NOTICE.md", "pyproject.toml"):
        shutil.copy(PROJECT / part, copy)
    return copy


def run_check(course):
    """(status, output, names of imported modules, commands of started programs) of make check in `course`."""
    run = subprocess.run(
        [sys.executable, "-c", WATCHED, "-p", "no:cacheprovider"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(course), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    *output, last = run.stdout.splitlines()
    return *json.loads(last), "\n".join(output)


def test_the_published_course_passes_without_pytorch_and_without_a_kernel(course):
    status, modules, commands, output = run_check(course)
    assert status == 0, output
    assert HEAVY.isdisjoint(modules)
    assert commands and all(command[1:3] == ["-m", "ruff"] for command in commands)


def edit(course, number, cell, change):
    """Changes the source of a cell with the function `change`."""
    (file,) = (course / "notebooks").glob(f"{number}_*.ipynb")
    notebook = read(file)
    (found,) = (each for each in notebook["cells"] if each["id"] == cell)
    change(found)
    write(file, notebook)


def test_each_mistake_of_an_author_is_named_with_its_place(course, tmp_path):
    copy = tmp_path / "course"
    shutil.copytree(course, copy)

    def text(old, new):
        def change(cell):
            source = "".join(cell["source"])
            assert old in source
            cell["source"] = source.replace(old, new, 1).splitlines(keepends=True)

        return change

    edit(copy, "01", "01-logits", text("with torch", "x = 1\nwith torch"))  # its output is ignored
    edit(
        copy,
        "02",
        "02-load-ask",
        lambda cell: cell["metadata"]["slideshow"].update(slide_type="sldie"),
    )
    edit(copy, "03", "03-quiz", lambda cell: cell.update(source=without_an_explanation(cell)))
    edit(copy, "04", "04-exercise-1-solution", text("```python\n", "```python\n(\n"))
    edit(copy, "05", "05-exercise-2-check", text("check_", "chek_"))
    edit(copy, "06", "06-title", text("\n", "  \n\n![](a.png)\n"))
    (copy / "tests" / "facts").mkdir(exist_ok=True)
    with (copy / "tests" / "facts" / "notebook_09.py").open("a", encoding="utf-8") as file:
        file.write("\n\n# %% 09-gone\nassert 1 + 1 == 2\n")
    readme = (copy / "README.md").read_text(encoding="utf-8")
    readme = readme.replace("11 % of what", "12 % of what").replace("1.69 times", "1.96 times")
    readme = readme.replace("since_2021.md", "since_2020.md")
    (copy / "README.md").write_text(readme, encoding="utf-8")

    status, _, _, output = run_check(copy)
    assert status == 1
    for message in (
        "01_one_training_step.ipynb: the code of cell 01-logits has changed",
        "make record ONLY=01 runs it again",
        "AssertionError: 02-load-ask",
        "test_has_a_quiz_whose_answers_explain_every_choice[03_inspecting_features]",
        "04-exercise-1",
        "exercises.chek_",
        "test_every_picture_has_alternative_text[notebooks-06_fine_tuning]",
        "notebook_09.py:",
        "names the cell 09-gone, which does not exist",
        "test_the_readmes_text_for_the_picture",
        "the README quotes the page of benchmarks",
        "README.md: notebooks/since_2020.md",
    ):
        assert message in output, f"{message!r} is not in:\n{output}"


def without_an_explanation(cell):
    """The lines of a quiz without the first that explains a wrong choice."""
    lines = cell["source"]
    first = next(line for line in lines if re.match(r"- \*\*[a-d]\*\*: ", line))
    return [line for line in lines if line is not first]
