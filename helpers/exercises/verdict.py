"""What all checks share: guards for what an answer must be, `tell_apart`, which decides, `check`, which prints.

A check takes the learner's object, and the data that its expectation is computed from. It compares what an answer
does, not how it is written. This module loads nothing heavy: `python -m helpers progress` needs its constants.

In a kernel it also notes how each cell ended, so that no check judges an older answer after the answer's cell failed.
"""

import ast
import functools
import inspect
import re
import sys
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
            require_run(names_in_call(function.__name__, answers))
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


cells_run: list[tuple[str, str]] = []  # of each cell: its code, and the error that it ended with


def note_end(result) -> None:
    """Notes how a cell ended; IPython calls it after each cell, also after one that Python cannot read."""
    if result is not None and result.info.store_history:
        error = result.error_before_exec or result.error_in_exec
        cells_run.append((result.info.raw_cell, describe(error) if error else ""))


def kernel():
    """IPython's shell, or None outside of it."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def names_in_call(check_name: str, answers: int) -> list[str]:
    """The names in the first `answers` arguments of the check that the running cell calls; none outside a notebook."""
    if kernel() is None:
        return []
    try:
        nodes = list(ast.walk(ast.parse(kernel().user_ns["In"][-1])))
    except (SyntaxError, KeyError, IndexError):
        return []
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    given = [
        argument
        for node in calls
        if check_name in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))
        for argument in node.args[:answers]
    ]
    return [node.id for each in given for node in ast.walk(each) if isinstance(node, ast.Name)]


def sets(code: str, name: str) -> bool:
    """Whether a line of `code` assigns to `name` or defines it; the code may be such that Python cannot read it."""
    assigns = rf"^[^#()\n]*\b{name}\b[^#()=<>!\n]*=(?!=)"
    defines = rf"^\s*(?:async\s+)?(?:def|class)\s+{name}\b"
    return bool(re.search(f"{assigns}|{defines}", code, flags=re.MULTILINE))


def require_run(names: list[str]) -> None:
    """Raises NotYet if the cell that set one of `names`, or was to set it, ended with an error when it last ran."""
    for name in names:
        error = next((error for code, error in reversed(cells_run) if sets(code, name)), "")
        require(
            not error,
            f"the cell that sets {name} ended with an error when it last ran ({error}), so {name} may still be what an "
            "earlier run left. Fix that cell, run it, then run this one.",
        )


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


def require_a_value(value, what: str) -> None:
    require(
        value is not None,
        f"{what} is None: what stands to the right of its = returns nothing.",
    )


def describe(error: BaseException) -> str:
    """Type and message of an error, in one line; of a SyntaxError, the line in the cell rather than the name of its file."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}, line {error.lineno}"
    first_line = (str(error).splitlines() or [""])[0]
    text = textwrap.shorten(first_line, 320, placeholder=" ...")
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


if kernel() is not None:
    kernel().events.register("post_run_cell", note_end)
