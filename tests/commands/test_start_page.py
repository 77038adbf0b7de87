"""The page that make lab opens on: what it says of a learner's notebooks, and that it never takes the place of a file of theirs."""

import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.commands import lab
from helpers.commands.support import start_page
from helpers.commands.support.copies import copy_notebooks
from helpers.commands.support.notebooks import notebook_files, number_of
from helpers.exercises.verdict import NOT_ANSWERED, NOT_YET, RIGHT
from helpers.sources import SAMPLE

DOTS = "answer = ..."


def published(number, exercises=2):
    """A small notebook as it is published, run and with notes: a section with one cell, and exercises."""
    cells = [
        new_markdown_cell(f"# {number}. Lesson {number}", id=f"0{number}-title"),
        new_markdown_cell(
            "**Time:** 7 minutes to read and run, 19 to 21 minutes with the exercises."
        ),
        new_markdown_cell("Notes.", metadata={"slideshow": {"slide_type": "notes"}}),
        new_markdown_cell("## A section with `code`"),
        new_code_cell("1 + 1", id=f"0{number}-sum"),
        new_markdown_cell("## Your turn"),
    ]
    for place in range(1, exercises + 1):
        name = f"0{number}-exercise-{place}"
        cells.append(new_markdown_cell(f"### Exercise {place}"))
        cells.append(new_code_cell(DOTS, id=f"{name}-answer", metadata={"tags": ["exercise"]}))
        cells.append(
            new_code_cell(f"check_{place}()", id=f"{name}-check", metadata={"tags": ["check"]})
        )
    code = [cell for cell in cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
    return new_notebook(cells=cells)


@pytest.fixture
def folders(tmp_path):
    """(reference, work): three notebooks, and the learner's copies of them."""
    reference, work = tmp_path / "notebooks", tmp_path / "work"
    reference.mkdir()
    for number in (1, 2, 3):
        nbformat.write(published(number), reference / f"0{number}_lesson.ipynb")
    copy_notebooks(reference, work)
    return reference, work


def work_on(file, cells=99, verdicts=(), seconds=0):
    """Runs the first `cells` code cells of a copy, as it were; each of `verdicts` is what the check of an answer printed."""
    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code[:cells], start=1):
        cell.execution_count = count
    answers = [cell for cell in code if cell.id.endswith("-answer")]
    checks = [cell for cell in code if cell.id.endswith("-check")]
    for answer, check, verdict in zip(answers, checks, verdicts, strict=False):
        if verdict != NOT_ANSWERED:
            answer.source = "answer = 4"
        check.outputs = [new_output("stream", name="stdout", text=f"{verdict} and why.\n")]
    nbformat.write(notebook, file)
    os.utime(file, (seconds, seconds))


def page(folders):
    reference, work = folders
    return start_page.page(work, reference).replace("\N{NO-BREAK SPACE}", " ")


def row_of(text, number):
    return next(line for line in text.splitlines() if line.startswith(f"| [{number}. "))


def test_a_new_learner_is_sent_to_the_first_notebook_and_sees_the_map(folders):
    text = page(folders)
    assert "## Begin with [1. Lesson 1](01_lesson.ipynb)\n\nIt takes 7 minutes" in text
    assert row_of(text, 3).startswith("| [3. Lesson 3](03_lesson.ipynb) | ")
    assert row_of(text, 3).endswith(" | 7 | 19 to 21 |")
    assert "So far" not in text and "$" not in text


def test_every_published_notebook_has_a_line_of_its_own_and_its_minutes(tmp_path):
    text = start_page.page(tmp_path)
    assert set(start_page.IN_A_LINE) == {number_of(file) for file in notebook_files()}
    for file in notebook_files():
        (row,) = (line for line in text.splitlines() if f"]({file.name}) |" in line)
        _, _, line, minutes, in_all, _ = (part.strip() for part in row.split("|"))
        assert len(line) > 20 and int(minutes) < int(in_all.split()[0])


def test_the_learner_is_led_back_to_the_notebook_that_was_saved_last(folders):
    work = folders[1]
    work_on(work / "02_lesson.ipynb", cells=1, seconds=2000)
    work_on(work / "01_lesson.ipynb", cells=2, seconds=1000)
    text = page(folders)
    link = "## Go on with [2. Lesson 2](02_lesson.ipynb)"
    assert f"{link}\n\nYou worked on it last, and stopped at *A section with code*." in text
    os.utime(work / "01_lesson.ipynb", (3000, 3000))
    text = page(folders)
    assert "## Go on with [1. Lesson 1](01_lesson.ipynb)" in text
    assert "stopped at *Exercise 1*" in text
    assert "You have worked on 2 of 3 notebooks, and 0 of 6 exercises are right." in text
    assert row_of(text, 1).endswith(" | 2 of 5 cells run |")
    assert row_of(text, 3).endswith(" |  |")


def test_a_copy_that_was_only_opened_and_saved_is_not_work(folders):
    file = folders[1] / "02_lesson.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.metadata["language_info"] = {"name": "python"}  # as JupyterLab adds it
    nbformat.write(notebook, file)
    assert "## Begin with" in page(folders)


def test_a_new_version_that_was_copied_with_its_outputs_is_not_work(folders):
    reference, work = folders
    shutil.copy(reference / "02_lesson.ipynb", work / "02_lesson-new-1a2b.ipynb")
    assert "## Begin with" in page(folders)


def test_an_exercise_is_right_where_its_check_has_said_so_of_an_answer(folders):
    work = folders[1]
    work_on(work / "01_lesson.ipynb", verdicts=[RIGHT, NOT_YET])
    work_on(work / "02_lesson.ipynb", verdicts=[NOT_ANSWERED, RIGHT], seconds=1)
    text = page(folders)
    assert row_of(text, 1).endswith(" | 1 of 2 right |")
    assert row_of(text, 2).endswith(" | 1 of 2 right |")
    assert "2 of 6 exercises are right; 1 more has an answer that is not right yet" in text
    assert "[2. Lesson 2](02_lesson.ipynb)\n\nYou worked on it last, and stopped at *Exer" in text
    assert "stopped at *Exercise 1*" in text  # all cells have run, and this one is open


def test_a_verdict_on_an_answer_that_is_gone_does_not_count(folders):
    file = folders[1] / "01_lesson.ipynb"
    work_on(file, verdicts=[RIGHT])
    file.write_text(file.read_text("utf-8").replace("answer = 4", DOTS), "utf-8")
    assert "0 of 6 exercises are right" in page(folders)


def test_after_a_solved_notebook_comes_the_next_that_is_not(folders):
    work = folders[1]
    solved = [RIGHT, RIGHT]
    work_on(work / "02_lesson.ipynb", verdicts=solved, seconds=1)
    work_on(work / "01_lesson.ipynb", verdicts=solved, seconds=2)
    text = page(folders)
    assert "## Go on with [3. Lesson 3](03_lesson.ipynb)" in text
    assert "You have solved all exercises of 1. Lesson 1." in text
    assert row_of(text, 1).endswith(" | ✓ 2 of 2 right |")
    work_on(work / "03_lesson.ipynb", verdicts=solved)
    assert "## You have solved every exercise of the course" in page(folders)


def test_copies_under_other_names_count_and_are_linked(folders):
    work = folders[1]
    work_on(work / "01_lesson.ipynb", verdicts=[RIGHT, NOT_YET], seconds=1)
    shutil.copy(work / "01_lesson.ipynb", work / "my own (1).ipynb")
    work_on(work / "my own (1).ipynb", verdicts=[NOT_YET, RIGHT], seconds=2)
    text = page(folders)
    assert row_of(text, 1).endswith(" | ✓ 2 of 2 right |")
    work_on(work / "my own (1).ipynb", verdicts=[NOT_YET, NOT_YET], seconds=2)
    assert "## Go on with [1. Lesson 1](my%20own%20%281%29.ipynb)" in page(folders)


def test_a_copy_that_is_no_notebook_is_named_and_the_page_is_written(folders):
    (folders[1] / "02_lesson.ipynb").write_text("")
    text = page(folders)
    assert "work/02_lesson.ipynb is no notebook: it is empty." in text
    assert "brings a fresh copy" in text and "[2. Lesson 2](02_lesson.ipynb)" in text


def test_it_is_written_anew_and_is_the_first_in_the_list_of_files(folders):
    reference, work = folders
    file = start_page.write_start_page(work, reference)
    before = file.read_text("utf-8")
    work_on(work / "01_lesson.ipynb")
    assert start_page.write_start_page(work, reference) == file
    assert file.read_text("utf-8") != before
    assert min(each.name for each in work.glob("[!.]*")) == file.name == "00_start_here.md"


@pytest.mark.parametrize("change", ["added", "own", "not text", "a folder"])
def test_a_file_of_this_name_that_the_learner_wrote_or_changed_is_left_alone(folders, change):
    reference, work = folders
    file = work / "00_start_here.md"
    if change == "added":
        start_page.write_start_page(work, reference)
    contents = {"added": b"\nA note of mine.\n", "own": b"# Mine\n", "not text": b"\xff\xfe"}
    if change == "a folder":
        file.mkdir()
    else:
        with file.open("ab") as opened:
            opened.write(contents[change])
    before = file.is_file() and file.read_bytes()
    for _ in range(2):
        other = start_page.write_start_page(work, reference)
        assert other.name == "00_start_here-2.md"
        assert "## Begin with [1. Lesson 1]" in other.read_text("utf-8")
    assert (file.is_file() and file.read_bytes()) == before


def test_make_lab_opens_on_it_and_keeps_its_tabs_beside_the_notebooks(tmp_path, monkeypatch):
    started = []

    class Server:
        def __init__(self, command, env):
            started.append(command)

        def wait(self):
            return 0

    monkeypatch.setenv("GLUE_DIR", str(SAMPLE))
    monkeypatch.setattr(lab.subprocess, "Popen", Server)
    work = tmp_path / "work"
    lab.open_lab(["--LabApp.default_url=/lab"], work)
    (command,) = started
    assert command[-3:] == [
        "--LabApp.default_url=/lab/tree/00_start_here.md",
        f"--LabApp.workspaces_dir={work / '.jupyter' / 'workspaces'}",
        "--LabApp.default_url=/lab",  # the user's options come last
    ]
    assert "1. One" in (work / "00_start_here.md").read_text("utf-8").replace("\xa0", " ")
