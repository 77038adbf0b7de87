"""Says which exercises of your notebooks in work/ pass: python -m helpers progress

Runs, without changing it, each of your notebooks in which you have written an answer; the executed copies and all that
they write go to runs/progress (or below COURSE_RUNS). A notebook without an answer of yours is not run. Ctrl-C stops it.

Copies under other names count, too (`…-Copy1`, `…-new-1a2b`): an exercise passes if it passes in one of them. Cells are
known by their ids or, in files that other programs saved without these ids, by their checks. A copy of a notebook that
has another number now is not run: its cells have the ids of the notebook that has its number.
"""

import os
import warnings
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from helpers.commands.support.copies import renumbered
from helpers.commands.support.execution import execute_visibly, has_error, printed
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    WORK,
    UnreadableNotebookError,
    code_cells,
    notebook_files,
    read_notebook,
    tags,
    way_back,
)
from helpers.errors import CourseError
from helpers.exercises.verdict import NOT_ANSWERED, NOT_YET, RIGHT
from helpers.runs import runs_folder
from helpers.shadows import check_folder
from helpers.sources import use_mrpc

PASSES = "passes"
VERDICTS = {RIGHT: PASSES, NOT_ANSWERED: "not answered yet", NOT_YET: "wrong"}


def exercises_of(reference) -> list[tuple]:
    """The (answer cell, check cell) of each exercise of a published notebook, in order."""
    answers = [cell for cell in reference.cells if "exercise" in tags(cell)]
    checks = [cell for cell in reference.cells if "check" in tags(cell)]
    return list(zip(answers, checks, strict=True))


def with_published_ids(notebook, reference):
    """The learner's `notebook`, with the published ids on the cells of its exercises, whatever ids a program gave them.

    A check is known by its id or else by its code; its answer by its id or else as the last cell tagged as an exercise
    since the check before, or, where the tags are gone, the last code cell since then.
    """
    known = {cell.get("id") for cell in notebook.cells}
    answers = {check.id: answer.id for answer, check in exercises_of(reference)}
    by_code = {check.source.strip(): check.id for _, check in exercises_of(reference)}
    since = []
    for cell in code_cells(notebook):
        code = by_code.get(cell.source.strip())
        check = cell.get("id") if cell.get("id") in answers else code
        if check is None or (check == code and check in known and cell.get("id") != check):
            since.append(cell)
            continue
        cell.id = check
        marked = [each for each in since if "exercise" in tags(each)] or since
        if answers[check] not in known and marked:
            marked[-1].id = answers[check]
        since = []
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"own-{number}")
    notebook.nbformat_minor = max(notebook.get("nbformat_minor", 0), 5)  # the first with cell ids
    return notebook


def read_copy(file: Path):
    """The learner's notebook in `file`, as nbformat reads it. Raises UnreadableNotebookError."""
    number = read_notebook(file).get("nbformat")
    try:
        if number != 4:
            raise ValueError(f"its nbformat is {number}, not 4")
        return nbformat.read(file, as_version=4)
    except (ValueError, nbformat.ValidationError) as problem:
        raise UnreadableNotebookError(
            f"{file.parent.name}/{file.name} is no notebook: {problem}."
        ) from None


def belongs_to(file: Path, notebook, stem: str, reference) -> bool:
    """Whether the learner's `notebook` is a copy of the published notebook `stem`, by its file name or its cells."""
    published = {cell.id for pair in exercises_of(reference) for cell in pair}
    return file.stem.startswith(stem) or any(cell.get("id") in published for cell in notebook.cells)


def begun(mine, reference) -> bool:
    """Whether an answer in the learner's notebook, under the published ids, differs from the reference's."""
    sources = {cell.id: cell.source for cell in mine.cells}
    return any(
        sources.get(answer.id, answer.source) != answer.source
        for answer, _ in exercises_of(reference)
    )


def verdict_of(cell) -> tuple[str, str]:
    """(verdict, first line of the message) of an executed check."""
    first, *_ = printed(cell).splitlines() or [""]
    for beginning, word in VERDICTS.items():
        if first.startswith(beginning):
            return word, first
    return "no verdict", first


def run_checks(file: Path, reference) -> dict[str, tuple[str, str]]:
    """Runs the notebook in `file` and returns (verdict, first line of the message) of each check, by published cell id.

    A cell that raises ends the run: the next check's message is then the error, and the checks after it are not reached.
    """
    raised = None
    try:
        notebook = execute_visibly(file)
    except CellExecutionError as error:
        notebook, raised = error.notebook, f"{error.ename}: {error.evalue}"
    with_published_ids(notebook, reference)
    nbformat.write(notebook, runs_folder("notebooks") / file.name)
    checks = {check.id for _, check in exercises_of(reference)}
    results, running, word, message = {}, True, "", ""
    for cell in code_cells(notebook):
        if raised and has_error(cell):
            running, word = False, "error"
            message = f"cell {cell.id} raised {raised}".splitlines()[0]
            stopped = cell.id
        if cell.id in checks:
            results[cell.id] = verdict_of(cell) if running else (word, message)
            if not running:
                word, message = "not reached", f"the run ended at cell {stopped}"
    return results


def report(reference: Path, notebooks: dict, problems: dict) -> tuple[list[str], int, int]:
    """(lines to print, exercises that pass, exercises in all) of a published notebook, in the learner's `notebooks`.

    `problems` says of the files that cannot be read why.
    """
    published, stem = nbformat.read(reference, as_version=4), reference.stem
    checks = [check.id for _, check in exercises_of(published)]
    copies = {
        file: with_published_ids(notebook, published)
        for file, notebook in notebooks.items()
        if belongs_to(file, notebook, stem, published)
    }
    answered = [file for file, notebook in copies.items() if begun(notebook, published)]
    lines = [f"{stem}: {line}" for file, line in problems.items() if file.stem.startswith(stem)]
    if not copies and not lines:
        lines.append(f"{stem}: not in {WORK.name}/; make lab brings it")
    elif copies and not answered:
        lines.append(f"{stem}: not begun")
    passed = set()
    for file in answered:
        results = run_checks(file, published)
        lines.append(file.stem)
        for number, check in enumerate(checks, start=1):
            word, message = results.get(check, ("missing", f"your copy has no cell {check}"))
            lines.append(f"  exercise {number}  {word:<16}  {message}")
            if word == PASSES:
                passed.add(check)
    return lines, len(passed), len(checks)


def read_work(folder: Path) -> tuple[dict[Path, object], dict[Path, str]]:
    """The learner's notebooks by file, and what is wrong with those that cannot be read; none with a number of before."""
    notebooks, problems = {}, {}
    for file in sorted(set(folder.glob("*.ipynb")) - set(renumbered(folder))):
        try:
            notebooks[file] = read_copy(file)
        except UnreadableNotebookError as problem:
            problems[file] = f"{problem} {way_back(file)}"
    return notebooks, problems


def main(arguments: list[str]) -> int:
    if not WORK.exists():
        raise CourseError(f"There is no {WORK.name}/ yet: make lab makes it.")
    check_folder(WORK)
    # about cells without ids or with the same one, as other programs write them
    warnings.filterwarnings("ignore", module="nbformat")
    work = read_work(WORK)
    use_mrpc()
    os.environ["COURSE_RUNS"] = str(runs_folder("progress"))  # what you trained in runs/ stays
    passed = total = 0
    for reference in notebook_files(NOTEBOOKS):
        lines, right, exercises = report(reference, *work)
        print(*lines, sep="\n", flush=True)
        passed, total = passed + right, total + exercises
    for file, now in renumbered(WORK).items():
        print(f"{file.stem}: not run; the exercises of this lesson are now in {now}")
    print(f"\n{passed} of {total} exercises pass.")
    return 0
