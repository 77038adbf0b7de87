"""The exercises' form in the notebooks."""

import re

import pytest

from helpers.commands.support.notebooks import source
from tests.lessons.exercises.test_checks import CHECKS
from tests.support.exercises import FILES, FOLDED, cells_of, exercises_of

EXERCISES = [(file, exercise) for file in FILES for exercise in exercises_of(file)]


def test_there_are_at_least_20_and_two_or_three_in_every_notebook():
    assert len(EXERCISES) >= 20
    assert all(len(exercises_of(file)) in (2, 3) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exercises_stand_together_under_your_turn(file):
    number = file.name[:2]
    ids = list(cells_of(file))
    wanted = [f"{number}-your-turn"]
    for position, exercise in enumerate(exercises_of(file), 1):
        assert exercise == f"{number}-exercise-{position}"
        wanted += [exercise, f"{exercise}-answer", f"{exercise}-check", f"{exercise}-solution"]
    start = ids.index(wanted[0])
    assert ids[start : start + len(wanted)] == wanted
    checks = f"from helpers.exercises import notebook_{number} as exercises"
    assert checks in "".join(map(source, cells_of(file).values()))


@pytest.mark.parametrize(("file", "exercise"), EXERCISES, ids=[e for _, e in EXERCISES])
def test_an_exercise_is_a_prompt_a_cell_with_dots_a_check_and_a_folded_solution(file, exercise):
    cells = cells_of(file)
    prompt, answer, check, solution = (
        cells[exercise + part] for part in ("", "-answer", "-check", "-solution")
    )
    assert source(prompt).startswith(f"### Exercise {exercise[-1]}: ")
    assert len(source(prompt).splitlines()) >= 3
    assert answer["metadata"]["tags"] == ["exercise"] and "..." in source(answer)
    assert check["metadata"]["tags"] == ["check"]
    assert re.fullmatch(r"exercises\.check_\w+\(.*\)", source(check), flags=re.DOTALL)
    folded = FOLDED.fullmatch(source(solution))
    assert folded, source(solution)
    assert "..." not in folded["solution"]
    compile(folded["solution"], exercise, "exec")


def test_every_check_belongs_to_one_exercise_of_its_notebook():
    used = [
        re.sub(r"exercises\.check_(\w+).*", rf"{exercise[:2]}-\1", source(cell), flags=re.DOTALL)
        for file, exercise in EXERCISES
        for cell in [cells_of(file)[f"{exercise}-check"]]
    ]
    assert sorted(used) == sorted(CHECKS)
