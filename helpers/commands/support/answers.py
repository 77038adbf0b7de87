"""What a learner has answered, as the files of their notebooks say it. Nothing is run."""

from pathlib import Path

import nbformat

from helpers.commands.support.copies import renumbered
from helpers.commands.support.execution import printed
from helpers.commands.support.notebooks import (
    UnreadableNotebookError,
    code_cells,
    read_notebook,
    tags,
    way_back,
)
from helpers.exercises.verdict import NOT_ANSWERED, NOT_YET, RIGHT

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


def answered_checks(mine, reference) -> set[str]:
    """The ids of the checks whose answers in the learner's notebook, under the published ids, differ from the reference's."""
    sources = {cell.id: cell.source for cell in mine.cells}
    return {
        check.id
        for answer, check in exercises_of(reference)
        if sources.get(answer.id, answer.source) != answer.source
    }


def verdict_of(cell) -> tuple[str, str]:
    """(verdict, first line of the message) of an executed check."""
    first, *_ = printed(cell).splitlines() or [""]
    for beginning, word in VERDICTS.items():
        if first.startswith(beginning):
            return word, first
    return "no verdict", first


def read_work(folder: Path) -> tuple[dict[Path, object], dict[Path, str]]:
    """The learner's notebooks by file, and what is wrong with those that cannot be read; none with a number of before."""
    notebooks, problems = {}, {}
    for file in sorted(set(folder.glob("*.ipynb")) - set(renumbered(folder))):
        try:
            notebooks[file] = read_copy(file)
        except UnreadableNotebookError as problem:
            problems[file] = f"{problem} {way_back(file)}"
    return notebooks, problems
