"""The machinery of the checks: what it takes for right, which mistake it names, and that it stays light."""

import subprocess
import sys

import numpy as np
import pytest

from helpers.commands.support.execution import execute, printed
from helpers.exercises import verdict
from helpers.exercises.verdict import NotYet
from tests.support.small_notebooks import save


@pytest.mark.parametrize(
    ("given", "right", "mistake"),
    [
        (3, 3, 3),
        (0.7, 0.7, 0.7),
        (0.684, 0.6838, True),
        ([0.333, 1], [1 / 3, 1], list),
        ({1, 2}, {1, 2}, {1, 2}),
        ("x", str, "x"),
        (3, True, 3),
    ],
)
def test_a_right_answer_that_equals_a_mistakes_value_is_right(given, right, mistake):
    verdict.tell_apart(given, right, {"a known mistake": mistake}, "something else")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (2, "the first of two with this value"),
        (0.5004, "a half"),
        (np.float64(0.5004), "a half"),
        ([1, 2], "a list"),
        ("x", "a string"),
        (9, "something else"),
        (0.502, "something else"),
    ],
)
def test_a_wrong_answer_gets_the_first_mistake_that_it_is_or_the_general_hint(given, message):
    mistakes = {
        "never": False,
        "the first of two with this value": 2,
        "the second of them": given == 2,
        "a string": str,
        "a list": isinstance(given, list),
        "a half": 0.5,
    }
    with pytest.raises(NotYet, match=f"^{message}$"):
        verdict.tell_apart(given, 1, mistakes, "something else")


def test_equality_may_be_defined_by_the_caller():
    verdict.tell_apart(-1, 1, {}, "", same=lambda given, value: abs(given) == value)
    with pytest.raises(NotYet, match="five"):
        verdict.tell_apart(-5, 1, {"five": 5}, "", same=lambda given, value: abs(given) == value)


@pytest.mark.parametrize("share", [-0.1, 1.01, 68.4, "0.5", [0.5, 0.5], None, float("nan")])
def test_a_share_lies_between_0_and_1(share):
    assert verdict.a_share(np.array([0.5]), "it") == 0.5
    with pytest.raises(NotYet, match=r"^it "):
        verdict.a_share(share, "it")


@pytest.mark.parametrize("value", [None, {}, [1], object()])
@pytest.mark.parametrize("guard", [verdict.a_dataset, verdict.a_row])
def test_a_guard_says_of_what_type_a_wrong_value_is(guard, value):
    with pytest.raises(NotYet, match=f"^it should be a .* of type {type(value).__name__}"):
        guard(value, "it")


def test_a_check_never_raises(said):
    @verdict.check
    def check(answer):
        return 1 / answer

    assert said(check, 1) == "Right: 1.0"
    assert said(check, [{"deep": ...}]).startswith(verdict.NOT_ANSWERED)
    assert said(check, 0).startswith("Not yet: this answer cannot be read (ZeroDivisionError")


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("verdict", ("numpy", "torch", "datasets", "transformers", "sklearn")),
        ("notebook_02", ("torch", "transformers", "sklearn")),
        ("notebook_03", ("torch", "transformers")),
        ("notebook_04", ("torch", "transformers", "sklearn")),
    ],
)
def test_a_notebook_loads_with_its_checks_nothing_heavy_that_they_do_not_need(module, heavy):
    code = f"import sys, helpers.exercises.{module}; print(set({heavy!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_where_dots_are_left_in_some_answers_the_verdict_names_these(capsys):
    check = verdict.check(answers=2)(lambda one, two, data: "both.")
    check(..., 2, [])
    check(1, ..., [])
    check(..., ..., [])
    check(1, 2, [])
    *left, both, right = capsys.readouterr().out.splitlines()
    assert [line.partition("dots (...) ")[2].partition(" in the")[0] for line in left] == [
        "of one",
        "of two",
    ]
    assert "dots (...) in the cell above" in both
    assert right == "Right: both."


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("answer = ...", "answer", True),
        ("first = answer = 1 +", "answer", True),
        ("first, answer = 1, (", "answer", True),
        ('answer["labels"] = 1', "answer", True),
        ("answer: int = 1", "answer", True),
        ("if True:\n    answer = [", "answer", True),
        ("def answer(x)\n    return x", "answer", True),
        ("answer == 1", "answer", False),
        ("answer >= 1", "answer", False),
        ("print(answer, end='')", "answer", False),
        ("# answer = 1", "answer", False),
        ("my_answer = 1", "answer", False),
        ("other = answer + 1", "answer", False),
        ("def answers():", "answer", False),
    ],
)
def test_which_cells_set_an_answer_is_known_from_code_that_python_may_not_read(
    code, name, expected
):
    assert verdict.sets(code, name) == expected


CHECK = """
from helpers.exercises import verdict as exercises


@exercises.check(answers=2)
def check_both(one, two, data):
    return f"{one}, {two}."


exercises.check_both = check_both
data = 0
"""
CALL = "exercises.check_both(one, two, data)"
OLD = ("one = ...; two = 2", CALL)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["one = 1\ntwo = 2", CALL], "Right: 1, 2."),
        ([*OLD, "one = 1 +", CALL], "Not yet: the cell that sets one ended with an error when it"),
        ([*OLD, "one = 1 +", CALL], "(SyntaxError: invalid syntax, line 1), so one may"),
        ([*OLD, "one = 1 +", CALL, CALL], "Not yet: the cell that sets one"),
        ([*OLD, "two = 1 / 0", "print(1)", CALL], "Not yet: the cell that sets two"),
        ([*OLD, "two = 1 / 0", CALL], "(ZeroDivisionError: division by zero)"),
        ([*OLD, "one, two = 1, 2 +", "one = 1\ntwo = 2", CALL], "Right: 1, 2."),
        ([*OLD, "one = 1", "print(nowhere)", "data = 1 / 0", CALL], "Right: 1, 2."),
        ([*OLD, "one = 1", "%%time\ntwo = 3 +", CALL], "Not yet: the cell that sets two"),
    ],
)
def test_no_check_judges_an_older_answer_after_the_answers_cell_failed(tmp_path, cells, expected):
    tags = {f"cell{number}": ["raises-exception"] for number in range(len(cells) + 1)}
    notebook = execute(save(tmp_path / "99_small.ipynb", CHECK, *cells, **tags))
    assert expected in printed(notebook.cells[-1])
