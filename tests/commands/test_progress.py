"""make progress: what it says of a learner's notebooks, and that it leaves them alone."""

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from helpers.commands import progress
from helpers.errors import CourseError
from helpers.runs import runs_folder
from helpers.sources import SAMPLE

CHECK = """
if answer is ...:
    print("Not answered yet: put a number in the place of the dots.")
elif answer == 4:
    print("Right: two and two.")
else:
    print("Not yet: count again.")
    print("A second line.")
"""


def notebook(number, *answers):
    """A notebook with an exercise for each of `answers`, the source of its cell to fill in."""
    cells = []
    for place, answer in enumerate(answers, start=1):
        name = f"{number}-exercise-{place}"
        cells.append(new_code_cell(answer, id=f"{name}-answer", metadata={"tags": ["exercise"]}))
        cells.append(new_code_cell(CHECK, id=f"{name}-check", metadata={"tags": ["check"]}))
    return new_notebook(cells=cells)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """(reference, work), empty, in the place of notebooks/ and work/."""
    reference, work = tmp_path / "notebooks", tmp_path / "work"
    reference.mkdir()
    work.mkdir()
    monkeypatch.setattr(progress, "NOTEBOOKS", reference)
    monkeypatch.setattr(progress, "WORK", work)
    monkeypatch.setenv("GLUE_DIR", str(SAMPLE))
    monkeypatch.setenv("COURSE_RUNS", str(tmp_path / "runs"))
    return reference, work


def test_each_exercise_passes_is_wrong_unanswered_or_raised(folders, capsys):
    reference, work = folders
    dots = "answer = ..."
    answers = {
        "01_three.ipynb": ["answer = 4", "answer = 5", dots],
        "02_raises.ipynb": ["answer = 4", "answer = four", "answer = 4"],
    }
    for name, mine in answers.items():
        write(notebook(name[:2], *[dots] * len(mine)), reference / name)
        write(notebook(name[:2], *mine), work / name)
    before = {file: file.read_bytes() for file in work.iterdir()}

    assert progress.main([]) == 0

    out = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert out == [
        "01_three",
        "exercise 1 passes Right: two and two.",
        "exercise 2 wrong Not yet: count again.",
        "exercise 3 not answered yet Not answered yet: put a number in the place of the dots.",
        "02_raises",
        "exercise 1 passes Right: two and two.",
        "exercise 2 error cell 02-exercise-2-answer raised NameError: name 'four' is not defined",
        "exercise 3 not reached the run ended at cell 02-exercise-2-answer",
        "",
        "2 of 6 exercises pass.",
    ]
    assert {file: file.read_bytes() for file in work.iterdir()} == before


def test_it_reads_what_a_real_check_prints(folders):
    check = (
        "from helpers.exercises.notebook_09 import check_pairs_needed\n"
        "check_pairs_needed(answer, [1, 0, 1])"
    )
    answers = {
        "passes": "answer = lambda p, width: (2 * 1.96 / width) ** 2 * p * (1 - p)",
        "wrong": "answer = lambda p, width: 408",
        "not answered yet": "answer = ...",
    }
    lesson = notebook("08", *answers.values())
    for cell in lesson.cells[1::2]:
        cell.source = check
    write(lesson, folders[1] / "08_real.ipynb")
    results = progress.run_checks(folders[1] / "08_real.ipynb", lesson).values()
    assert [word for word, _ in results] == list(answers)


def test_a_notebook_without_an_answer_is_not_run(folders, capsys, monkeypatch):
    reference, work = folders
    write(notebook("01", "answer = ..."), reference / "01_small.ipynb")
    copy = notebook("01", "answer = ...")
    copy.cells[1].source += "# a note of mine, in no answer"
    write(copy, work / "01_small.ipynb")
    monkeypatch.setattr(progress, "execute_visibly", lambda file: pytest.fail("it was run"))
    assert progress.main([]) == 0
    assert "01_small: not begun\n\n0 of 1 exercises pass." in capsys.readouterr().out


def test_what_a_notebook_trains_does_not_replace_what_the_learner_trained(folders):
    reference, work = folders
    code = (
        "from helpers.runs import runs_folder\n(runs_folder('model') / 'weights').write_text('new')"
    )
    write(notebook("01", "answer = ..."), reference / "01_small.ipynb")
    write(notebook("01", f"answer = 4\n{code}"), work / "01_small.ipynb")
    mine = runs_folder("model") / "weights"
    mine.write_text("mine")
    progress.main([])
    assert mine.read_text() == "mine"
    assert (mine.parent.parent / "progress" / "model" / "weights").read_text() == "new"


def test_a_copy_that_is_missing_incomplete_or_unreadable_is_named(folders, capsys):
    reference, work = folders
    for number in "123":
        write(notebook(f"0{number}", "answer = ..."), reference / f"0{number}_small.ipynb")
    older = notebook("02", "answer = 5")
    older.cells[1].id = "02-check"
    older.cells[1].source += "# as it was then"
    write(older, work / "02_small.ipynb")
    (work / "03_small.ipynb").write_text("half of a note")
    progress.main([])
    out = capsys.readouterr().out
    assert "01_small: not in work/; make lab brings it" in out
    assert "missing           your copy has no cell 02-exercise-1-check" in out
    assert "work/03_small.ipynb is no notebook: it is not JSON" in out


def without_ids(notebook):
    """As a program writes it that knows nothing of cell ids (nbformat 4.0 to 4.4)."""
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def with_new_ids(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.id = f"new-{number}"


def without_tags(notebook):
    with_new_ids(notebook)
    for cell in notebook.cells:
        cell.metadata = {}


def pasted_answers(notebook):
    """The check keeps its id, and the answer stands in a new cell."""
    for cell in notebook.cells[::2]:
        cell.id, cell.metadata = f"pasted-{cell.id[3:]}", {}


def no_change(notebook):
    pass


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (without_ids, "01_small"),
        (with_new_ids, "01_small"),
        (without_tags, "01_small"),
        (pasted_answers, "01_small"),
        (no_change, "01_small-Copy1"),
        (no_change, "01_small-new-1a2b"),
        (no_change, "my answers"),
        (with_new_ids, "01_small-Copy1"),
    ],
)
def test_answers_count_whatever_program_saved_them_and_under_whatever_name(
    folders, capsys, change, name
):
    reference, work = folders
    dots = ["answer = ..."] * 3
    published = notebook("01", *dots)
    for number, cell in enumerate(published.cells[1::2]):
        cell.source += f"# check {number}"
    write(published, reference / "01_small.ipynb")
    mine = notebook("01", "answer = 4", "answer = ...", "answer = 5")
    for mine_cell, cell in zip(mine.cells[1::2], published.cells[1::2], strict=True):
        mine_cell.source = cell.source
    mine.cells.insert(4, new_code_cell("a_cell_of_mine = 1", id="mine"))
    mine.cells[4], mine.cells[5] = mine.cells[5], mine.cells[4]
    mine.cells.insert(0, new_code_cell("another = 1", id="another"))
    change(mine)
    if name != "01_small":
        write(published, work / "01_small.ipynb")
    write(mine, work / f"{name}.ipynb")
    assert progress.main([]) == 0
    out = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert out[:2] == [name, "exercise 1 passes Right: two and two."]
    assert out[2].startswith("exercise 2 not answered yet")
    assert out[3:] == ["exercise 3 wrong Not yet: count again.", "", "1 of 3 exercises pass."]


def test_an_exercise_passes_if_it_passes_in_one_of_the_copies(folders, capsys):
    reference, work = folders
    write(notebook("01", "answer = ...", "answer = ..."), reference / "01_small.ipynb")
    write(notebook("01", "answer = 4", "answer = 5"), work / "01_small.ipynb")
    write(notebook("01", "answer = 4", "answer = 4"), work / "01_small-Copy1.ipynb")
    assert progress.main([]) == 0
    assert capsys.readouterr().out.endswith("\n2 of 2 exercises pass.\n")


@pytest.mark.parametrize("name", ["07_training_loop", "07_training_loop-Copy1"])
def test_a_copy_under_a_number_of_before_is_no_copy_of_the_notebook_that_has_it_now(
    folders, capsys, monkeypatch, name
):
    reference, work = folders
    for stem in ("07_using_the_model", "08_training_loop"):
        write(notebook(stem[:2], "answer = ..."), reference / f"{stem}.ipynb")
        write(notebook(stem[:2], "answer = ..."), work / f"{stem}.ipynb")
    write(notebook("07", "answer = 4"), work / f"{name}.ipynb")
    monkeypatch.setattr(progress, "execute_visibly", lambda file: pytest.fail("it was run"))
    assert progress.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "07_using_the_model: not begun",
        "08_training_loop: not begun",
        f"{name}: not run; the exercises of this lesson are now in 08_training_loop",
        "",
        "0 of 2 exercises pass.",
    ]


@pytest.mark.parametrize(
    "content", ["", "half of a note", "[]", "{}", '{"cells": 3}', '{"cells": [], "nbformat": 3}']
)
def test_a_file_that_is_no_notebook_is_named_with_the_way_back(folders, capsys, content):
    reference, work = folders
    write(notebook("01", "answer = ..."), reference / "01_small.ipynb")
    (work / "01_small.ipynb").write_text(content)
    assert progress.main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("01_small: work/01_small.ipynb is no notebook: it")
    assert "delete it, and make lab brings a fresh copy." in out


def test_without_work_it_says_what_makes_it(folders, monkeypatch):
    monkeypatch.setattr(progress, "WORK", folders[1] / "none")
    with pytest.raises(CourseError, match="make lab makes it"):
        progress.main([])
