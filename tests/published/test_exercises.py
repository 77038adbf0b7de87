"""The form of the exercises; make check runs these. What the checks say is in tests/lessons/exercises/."""

import ast
import re

import pytest

from helpers.commands.support.notebooks import number_of, source
from helpers.runs import PROJECT
from tests.support.exercises import FILES, FOLDED, cells_of, exercises_of

CALL = re.compile(r"exercises\.(check_\w+)\(.*\)", flags=re.DOTALL)
EXERCISES = [(file, exercise) for file in FILES for exercise in exercises_of(file)]


def checks_of(file) -> list[str]:
    """The names of the checks that helpers/exercises has for the notebook in `file`; nothing is imported."""
    module = PROJECT / "helpers" / "exercises" / f"notebook_{number_of(file)}.py"
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for name in names if name.startswith("check_")]


def test_there_are_at_least_20_and_two_or_three_in_every_notebook():
    assert len(EXERCISES) >= 20
    assert all(len(exercises_of(file)) in (2, 3) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exercises_stand_together_under_your_turn(file):
    number = number_of(file)
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
    missing = [part for part in ("-answer", "-check", "-solution") if exercise + part not in cells]
    assert not missing, f"{exercise} has no {', '.join(missing)}"
    prompt, answer, check, solution = (
        cells[exercise + part] for part in ("", "-answer", "-check", "-solution")
    )
    assert source(prompt).startswith(f"### Exercise {exercise[-1]}: ")
    assert len(source(prompt).splitlines()) >= 3
    assert answer["metadata"]["tags"] == ["exercise"] and "..." in source(answer)
    assert check["metadata"]["tags"] == ["check"]
    call = CALL.fullmatch(source(check))
    assert call and call[1] in checks_of(file), source(check)
    folded = FOLDED.fullmatch(source(solution))
    assert folded, source(solution)
    assert "..." not in folded["solution"]
    compile(folded["solution"], exercise, "exec")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_check_belongs_to_one_exercise_of_its_notebook(file):
    calls = [CALL.match(source(cells_of(file)[f"{each}-check"])) for each in exercises_of(file)]
    assert sorted(call[1] for call in calls if call) == sorted(checks_of(file))
