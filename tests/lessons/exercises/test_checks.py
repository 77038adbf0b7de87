"""What the checks say to the answers in answers_01.py to answers_10.py, one function `for_...` per check."""

import importlib

import pytest

from helpers.exercises.verdict import NOT_ANSWERED, NOT_YET, RIGHT
from tests.support.exercises import FILES

NUMBERS = [file.name[:2] for file in FILES]


def functions(module: str, prefix: str) -> dict:
    """The functions of `module` that are named `prefix` and something, by this something."""
    members = vars(importlib.import_module(module))
    return {name[len(prefix) :]: members[name] for name in members if name.startswith(prefix)}


CHECKS, ANSWERS = (
    {
        f"{number}-{name}": function
        for number in NUMBERS
        for name, function in functions(f"{module}_{number}", prefix).items()
    }
    for module, prefix in (
        ("helpers.exercises.notebook", "check_"),
        ("tests.lessons.exercises.answers", "for_"),
    )
)


def test_every_check_has_answers():
    assert set(CHECKS) == set(ANSWERS)


@pytest.fixture(params=CHECKS)
def case(request, course):
    return CHECKS[request.param], ANSWERS[request.param](course)


def test_dots_are_not_answered_yet(case, said):
    check, answers = case
    for arguments in answers["dots"]:
        assert said(check, *arguments).startswith(NOT_ANSWERED)


def test_every_spelling_of_a_right_answer_is_right(case, said):
    check, answers = case
    assert len(answers["right"]) >= 2
    for arguments in answers["right"]:
        assert said(check, *arguments).startswith(RIGHT)


def test_each_typical_mistake_gets_a_message_of_its_own(case, said):
    check, answers = case
    assert len(answers["wrong"]) >= 2
    messages = [said(check, *arguments) for arguments in answers["wrong"].values()]
    for fragment, message in zip(answers["wrong"], messages, strict=True):
        assert message.startswith(NOT_YET) and fragment in message, (fragment, message)
        assert "cannot be read" not in message
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize("nonsense", [None, 7, "text", [], {}, object(), lambda *_: 1 / 0, len])
def test_nonsense_never_raises_and_is_never_right(case, said, nonsense):
    check, answers = case
    _, *rest = answers["right"][0]
    assert said(check, nonsense, *rest).startswith(NOT_YET)
