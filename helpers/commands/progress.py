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

from helpers.commands.support.answers import (
    PASSES,
    answered_checks,
    belongs_to,
    exercises_of,
    read_work,
    verdict_of,
    with_published_ids,
)
from helpers.commands.support.copies import renumbered
from helpers.commands.support.execution import execute_visibly, has_error
from helpers.commands.support.notebooks import NOTEBOOKS, WORK, code_cells, notebook_files
from helpers.errors import CourseError
from helpers.runs import runs_folder
from helpers.shadows import check_folder
from helpers.sources import use_mrpc


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
    answered = [file for file, notebook in copies.items() if answered_checks(notebook, published)]
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
