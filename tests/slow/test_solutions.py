"""The folded solutions, run in the notebooks that hold them; those of notebooks 1 to 5 are run in test_any_order.py."""

import pytest

from helpers.commands.record import environment
from helpers.commands.support.execution import execute, printed
from helpers.commands.support.notebooks import number_of
from helpers.exercises.verdict import RIGHT
from tests.slow.test_any_order import NAMES
from tests.support.exercises import FILES, solve
from tests.support.tiny_bert import save_tiny_bert


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", [file for file in FILES if number_of(file) not in NAMES], ids=lambda file: file.stem
)
def test_with_its_solutions_every_check_of_a_notebook_says_right(file, tmp_path):
    """With a tiny BERT: what the checks say of a solution does not depend on how good a model is."""
    exercises = solve(file, tmp_path / file.name)
    with environment(COURSE_CHECKPOINT=str(save_tiny_bert(tmp_path / "tiny"))):
        executed = {cell.id: cell for cell in execute(tmp_path / file.name).cells}
    for exercise in exercises:
        assert printed(executed[f"{exercise}-check"]).startswith(RIGHT), exercise
