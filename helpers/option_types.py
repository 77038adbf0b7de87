"""Types of command-line options, for argparse: a bad value is refused with a message that says what is allowed."""

import argparse
import contextlib
import re


def number(low: float, high: float):
    """The type of an option: a number from `low` to `high`, whole where `low` is."""

    def parse(text: str) -> float:
        with contextlib.suppress(ValueError):
            if low <= (value := type(low)(text)) <= high:
                return value
        kind = "whole number" if isinstance(low, int) else "number"
        raise argparse.ArgumentTypeError(f"{text!r} is not a {kind} from {low} to {high}")

    return parse


def folder_name(text: str) -> str:
    if not re.fullmatch(r"\w[\w.-]*", text, re.ASCII):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a name of letters, digits, '.', '-', '_'"
        )
    return text
