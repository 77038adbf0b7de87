"""Says which exercises of your notebooks in work/ pass: python -m helpers progress

Runs, without changing it, each of your notebooks in which you have written an answer; the executed copies and all that
they write go to runs/progress (or below COURSE_RUNS). A notebook without an answer of yours is not run. Ctrl-C stops it.
"""

import os
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError
from nbformat.reader import NotJSONError

from helpers.commands.support.execution import execute_visibly, printed
from helpers.commands.support.notebooks import NOTEBOOKS, WORK, code_cells, notebook_files
from helpers.errors import CourseError
from helpers.exercises.verdict import NOT_ANSWERED, NOT_YET, RIGHT
from helpers.runs import runs_folder
from helpers.sources import use_mrpc

PASSES = "passes"
VERDICTS = {RIGHT: PASSES, NOT_ANSWERED: "not answered yet", NOT_YET: "wrong"}


def tagged(notebook, tag: str) -> dict[str, str]:
    """The sources of the cells with `tag`, by cell id."""
    return {cell.id: cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])}


def begun(mine, reference) -> bool:
    """Whether an answer in the learner's notebook differs from the reference's."""
    answers = tagged(mine, "exercise")
    return any(
        answers.get(cell, source) != source
        for cell, source in tagged(reference, "exercise").items()
    )


def verdict_of(cell) -> tuple[str, str]:
    """(verdict, first line of the message) of an executed check."""
    first, *_ = printed(cell).splitlines() or [""]
    for beginning, word in VERDICTS.items():
        if first.startswith(beginning):
            return word, first
    return "no verdict", first


def has_error(cell) -> bool:
    return any(output.output_type == "error" for output in cell.outputs)


def run_checks(file: Path) -> dict[str, tuple[str, str]]:
    """Runs the notebook in `file` and returns (verdict, first line of the message) of each check, by cell id.

    A cell that raises ends the run: the next check's message is then the error, and the checks after it are not reached.
    """
    stopped, word, message = None, "error", ""
    try:
        notebook = execute_visibly(file)
    except CellExecutionError as error:
        notebook = error.notebook
        stopped = [cell.id for cell in code_cells(notebook) if has_error(cell)][-1]
        message = f"cell {stopped} raised {error.ename}: {error.evalue}".splitlines()[0]
    nbformat.write(notebook, runs_folder("notebooks") / file.name)
    results, running = {}, True
    for cell in code_cells(notebook):
        running = running and cell.id != stopped
        if "check" in cell.metadata.get("tags", []):
            results[cell.id] = verdict_of(cell) if running else (word, message)
            if not running:
                word, message = "not reached", f"the run ended at cell {stopped}"
    return results


def report(file: Path, reference: Path) -> tuple[list[str], int, int]:
    """(lines to print, exercises that pass, exercises in all) of the learner's notebook `file`."""
    published = nbformat.read(reference, as_version=4)
    checks = list(tagged(published, "check"))
    if not file.exists():
        return [f"{file.stem}: not in {file.parent.name}/; make lab brings it"], 0, len(checks)
    try:
        mine = nbformat.read(file, as_version=4)
    except NotJSONError:
        return [f"{file.stem}: cannot be read; it is no notebook file"], 0, len(checks)
    if not begun(mine, published):
        return [f"{file.stem}: not begun"], 0, len(checks)
    results = run_checks(file)
    lines, passed = [file.stem], 0
    for number, check in enumerate(checks, start=1):
        word, message = results.get(check, ("missing", f"your copy has no cell {check}"))
        lines.append(f"  exercise {number}  {word:<16}  {message}")
        passed += word == PASSES
    return lines, passed, len(checks)


def main(arguments: list[str]) -> int:
    if not WORK.exists():
        raise CourseError(f"There is no {WORK.name}/ yet: make lab makes it.")
    use_mrpc()
    os.environ["COURSE_RUNS"] = str(runs_folder("progress"))  # what you trained in runs/ stays
    passed = total = 0
    for reference in notebook_files(NOTEBOOKS):
        lines, right, exercises = report(WORK / reference.name, reference)
        print(*lines, sep="\n", flush=True)
        passed, total = passed + right, total + exercises
    print(f"\n{passed} of {total} exercises pass.")
    return 0
