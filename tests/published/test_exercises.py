"""The form of the exercises; make check runs these. What the checks say is in tests/lessons/test_exercises.py."""

import ast
import re

import pytest

from helpers.commands.support.notebooks import code_cells, notebook_files, number_of, read, source
from helpers.runs import PROJECT

FILES = notebook_files()
FOLDED = re.compile(
    r"<details><summary>Hint</summary>\n\n(?P<hint>.+?)\n\n</details>\n\n"
    r"<details><summary>Solution</summary>\n\n```python\n(?P<solution>.+?)\n```\n\n</details>",
    flags=re.DOTALL,
)
CALL = re.compile(r"exercises\.(check_\w+)\(.*\)", flags=re.DOTALL)


def cells_of(file) -> dict:
    return {cell["id"]: cell for cell in read(file)["cells"]}


def exercises_of(file) -> list[str]:
    """The ids of a notebook's exercises, in order."""
    return [cell for cell in cells_of(file) if re.fullmatch(r"\d\d-exercise-\d+", cell)]


EXERCISES = [(file, exercise) for file in FILES for exercise in exercises_of(file)]


def checks_defined() -> set[str]:
    """The names of the functions in helpers/exercises that begin with check_; nothing is imported."""
    trees = [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in (PROJECT / "helpers" / "exercises").glob("*.py")
    ]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {function.name for function in functions if function.name.startswith("check_")}


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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_imports_its_own_checks(file):
    code = "\n".join(map(source, code_cells(read(file))))
    assert f"from helpers.exercises import notebook_{number_of(file)} as exercises" in code


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
    assert call and call[1] in checks_defined(), source(check)
    folded = FOLDED.fullmatch(source(solution))
    assert folded, source(solution)
    assert "..." not in folded["solution"]
    compile(folded["solution"], exercise, "exec")


def test_every_check_belongs_to_one_exercise():
    used = [
        CALL.match(source(cells_of(file)[f"{exercise}-check"]))[1] for file, exercise in EXERCISES
    ]
    assert sorted(used) == sorted(checks_defined())
