"""The exercises as they stand in the notebooks."""

import json
import re

import nbformat

from helpers.commands.support.notebooks import notebook_files, source

FILES = notebook_files()
FOLDED = re.compile(
    r"<details><summary>Hint</summary>\n\n(?P<hint>.+?)\n\n</details>\n\n"
    r"<details><summary>Solution</summary>\n\n```python\n(?P<solution>.+?)\n```\n\n</details>",
    flags=re.DOTALL,
)


def cells_of(file) -> dict:
    return {cell["id"]: cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]}


def exercises_of(file) -> list[str]:
    """The ids of a notebook's exercises, in order."""
    return [cell for cell in cells_of(file) if re.fullmatch(r"\d\d-exercise-\d+", cell)]


def solution_of(cells, exercise) -> str:
    return FOLDED.fullmatch(source(cells[f"{exercise}-solution"]))["solution"]


def solve(file, target) -> list[str]:
    """Writes the notebook in `file` to `target` with its solutions filled in; returns the ids of its exercises."""
    cells, exercises = cells_of(file), exercises_of(file)
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        exercise = cell.id.removesuffix("-answer")
        if exercise != cell.id and exercise in exercises:
            cell.source = solution_of(cells, exercise)
    nbformat.write(notebook, target)
    return exercises
