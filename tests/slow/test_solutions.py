"""The folded solutions, run in the notebooks that hold them."""

import nbformat
import pytest

from helpers.commands.support.execution import execute, printed
from helpers.exercises.verdict import RIGHT
from tests.support.exercises import FILES, cells_of, exercises_of, solution_of


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_with_its_solutions_every_check_of_a_notebook_says_right(file, tmp_path):
    cells = cells_of(file)
    notebook = nbformat.read(file, as_version=4)
    answers = {f"{exercise}-answer": exercise for exercise in exercises_of(file)}
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = solution_of(cells, answers[cell.id])
    nbformat.write(notebook, tmp_path / file.name)
    executed = {cell.id: cell for cell in execute(tmp_path / file.name).cells}
    for exercise in answers.values():
        assert printed(executed[f"{exercise}-check"]).startswith(RIGHT), exercise
