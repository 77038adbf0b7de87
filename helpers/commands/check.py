"""Checks in seconds what needs no kernel and no PyTorch: python -m helpers check [options of pytest]

The form of notebooks, exercises, slides and quizzes, the cells that facts name, recorded outputs against the code that made
them, the README's figures, and the style of all code. `make test` runs the same tests, among others.
"""

import os

from helpers.errors import CourseError
from helpers.runs import PROJECT

QUICK = [
    f"tests/published/test_{name}.py" for name in ("notebooks", "exercises", "slides", "recorded")
]


def main(arguments: list[str]) -> int:
    try:
        import pytest
    except ImportError:
        raise CourseError(
            "make check needs pytest and ruff: requirements-dev.txt has them."
        ) from None
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # nbval among them
    os.chdir(PROJECT)
    settings = ["-c", "pyproject.toml", "-o", "addopts=--strict-markers"]
    return pytest.main([*settings, "-q", "--no-header", "--tb=short", *QUICK, *arguments])
