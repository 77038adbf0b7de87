"""What all checks share: guards for what an answer must be, `tell_apart`, which decides, `check`, which prints.

A check takes the learner's object, and the data that its expectation is computed from. It compares what an answer
does, not how it is written. This module loads nothing heavy: `python -m helpers progress` needs its constants.
"""

import functools
import inspect
import textwrap
from collections.abc import Mapping

RIGHT, NOT_YET, NOT_ANSWERED = "Right:", "Not yet:", "Not answered yet:"


class NotAnswered(Exception):
    """There are still dots in the answer."""


class NotYet(Exception):
    """The answer is wrong; the message says how, and points to the idea."""


def check(function=None, *, answers: int = 1):
    """Makes a check of a function that returns what a right answer shows, or raises NotAnswered or NotYet.

    A check prints one verdict, never raises, and returns nothing. The first `answers` arguments are the learner's: where
    dots are left in some of them only, the verdict names these.
    """
    if function is None:
        return functools.partial(check, answers=answers)
    names = list(inspect.signature(function).parameters)[:answers]

    @functools.wraps(function)
    def printing(*arguments, **named):
        try:
            if has_dots([*arguments, *named.values()]):
                raise NotAnswered
            print(RIGHT, function(*arguments, **named))
        except NotAnswered:
            left = [name for name, value in zip(names, arguments, strict=False) if has_dots(value)]
            of_which = f" of {' and '.join(left)}" if 0 < len(left) < answers else ""
            print(
                NOT_ANSWERED,
                f"replace the dots (...){of_which} in the cell above, run it, then run this one.",
            )
        except NotYet as problem:
            print(NOT_YET, problem)
        except Exception as error:
            print(
                f"{NOT_YET} this answer cannot be read ({describe(error)}). "
                "Look again at what the exercise asks for: its type, its columns, its length."
            )

    return printing


def has_dots(value) -> bool:
    """Whether `value` is `...`, or a dictionary, list or tuple with `...` somewhere in it."""
    if isinstance(value, Mapping):
        return any(has_dots(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_dots(item) for item in value)
    return value is ...


def agrees(given, value, tolerance: float = 0.0006) -> bool:
    """Whether two values are equal; floats, alone or in lists, up to `tolerance`, by default three digits."""
    if isinstance(value, list | tuple):
        return len(given) == len(value) and all(
            agrees(*pair, tolerance) for pair in zip(given, value, strict=True)
        )
    if isinstance(value, float):
        return bool(abs(given - value) <= tolerance)
    return given == value


def tell_apart(given, right, mistakes: dict, otherwise: str, same=agrees) -> None:
    """Raises NotYet unless `given` is `right`: with the message of the first mistake that it is, or `otherwise`.

    `mistakes` holds, by message, what a mistake gives: a value that `same(given, value)` compares, or a type. Like
    `right`, it may also be True or False, where a condition says more than a value.
    """

    def is_it(value) -> bool:
        if isinstance(value, bool):
            return value
        return isinstance(given, value) if isinstance(value, type) else same(given, value)

    if not is_it(right):
        known = (message for message, value in mistakes.items() if is_it(value))
        raise NotYet(next(known, otherwise))


def require(condition, message: str) -> None:
    """Raises NotYet with `message` unless `condition` holds, which every right answer meets."""
    if not condition:
        raise NotYet(message)


def describe(error: BaseException) -> str:
    first_line = (str(error).splitlines() or [""])[0]
    text = textwrap.shorten(first_line, 160, placeholder=" ...")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def of_type(value) -> str:
    return f"of type {type(value).__name__}"


def call(function, *arguments, hints: dict | None = None):
    """What the learner's function returns. Raises NotYet if it fails or returns None.

    `hints` holds, by type of error, a text, or a function that makes one from the error.
    """
    require(callable(function), f"a function is asked for, and this is {of_type(function)}.")
    usual = {
        NameError: "Is every name in it an argument, or defined before?",
        TypeError: "Does it take the arguments that the exercise names, and use them as what they are?",
    }
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        known = usual | (hints or {})
        hint = next((text for kind, text in known.items() if isinstance(error, kind)), "")
        hint = hint(error) if callable(hint) else hint
        raise NotYet(f"your function raised {describe(error)}. {hint}".rstrip()) from None
    if has_dots(result):
        raise NotAnswered
    require(result is not None, "your function returns nothing (None). Does it end with return?")
    return result


def a_number(value, what: str) -> float:
    """`value` as a float: a number, or an array or tensor that holds one."""
    require(
        not isinstance(value, str),
        f"{what} is a string. Give the number itself, without quotes or formatting.",
    )
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError):
        raise NotYet(f"{what} should be one number, and it is {of_type(value)}.") from None


def a_share(value, what: str) -> float:
    """`value` as a float between 0 and 1."""
    share = a_number(value, what)
    require(
        0 <= share <= 1,
        f"{what} is {share:g}. It should be a share, which lies between 0 and 1, not a percentage or a count.",
    )
    return share


def a_list(value, what: str) -> list:
    """The items of a list, tuple, column, array or tensor."""
    values = value.tolist() if hasattr(value, "tolist") else value
    try:
        if isinstance(values, str | Mapping):
            raise TypeError
        return [item.item() if hasattr(item, "item") else item for item in values]
    except TypeError:
        raise NotYet(f"{what} should be a list, and it is {of_type(value)}.") from None


def a_dataset(value, what: str, mistakes: dict | None = None):
    """`value` if it is a Dataset; `mistakes` as in `tell_apart`."""
    from datasets import Dataset, DatasetDict

    splits = {f"{what} has all the splits. Begin with one of them.": DatasetDict}
    otherwise = f"{what} should be a dataset, and it is {of_type(value)}."
    tell_apart(value, Dataset, splits | (mistakes or {}), otherwise)
    return value


def a_row(value, what: str) -> Mapping:
    """`value` if it is one row with two sentences."""
    from datasets import Dataset

    require(
        not isinstance(value, Dataset),
        f"{what} is a dataset, not a row. A position in brackets, as in [0], takes one row out of a split.",
    )
    require(
        isinstance(value, Mapping) and {"sentence1", "sentence2"} <= set(value),
        f"{what} should be a row, a dictionary with sentence1 and sentence2, and it is {of_type(value)}.",
    )
    require(
        isinstance(value["sentence1"], str),
        f"{what} is a dictionary of lists, which is what a slice gives. One position alone in brackets, "
        "as in [0], gives the row itself.",
    )
    return value


def a_batch(value, what: str) -> Mapping:
    """`value` if it is a batch: a dictionary, or what a tokenizer or collator returns."""
    require(
        isinstance(value, Mapping),
        f"{what} should be a batch, with names and tensors, and it is {of_type(value)}.",
    )
    return value
