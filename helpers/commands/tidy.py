"""Puts notebooks saved by JupyterLab into their published form: python -m helpers tidy

Nothing is run, and no output is lost but stderr and widgets, which are never published. Code cells are formatted by ruff; a
new cell gets an id that says where it stands (06-after-load-1). Cells that nobody changed stay as they are, to the byte.
"""

import subprocess
import sys
from pathlib import Path

from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    notebook_files,
    number_of,
    read_notebook,
    serialized,
    write_all,
)
from helpers.commands.support.recording import published_form
from helpers.errors import CourseError
from helpers.runs import PROJECT


def format_code(files: list[Path]) -> str:
    """Formats the code cells of `files` in place; returns what ruff says against code that it cannot read, or ""."""
    command = [sys.executable, "-m", "ruff", "format", "--no-cache"]
    command += ["--config", str(PROJECT / "pyproject.toml"), *map(str, files)]
    ruff = subprocess.run(command, capture_output=True, text=True)
    return "" if ruff.returncode == 0 else ruff.stderr.strip()


def write_changed(contents: dict[Path, bytes]) -> None:
    """Writes what differs from the files; JupyterLab asks about every open notebook that was written, changed or not."""
    write_all({file: new for file, new in contents.items() if file.read_bytes() != new})


def tidy(folder: Path = NOTEBOOKS) -> list[str]:
    """Puts the notebooks in `folder` into their published form; returns the names of those that were not in it.

    Raises CourseError where a file is no notebook, or a cell no Python; all that can be put right is, even then.
    """
    files = notebook_files(folder)
    before = {file: file.read_bytes() for file in files}
    published = {}
    for file in files:
        notebook = read_notebook(file)
        published_form(notebook, number_of(file))
        published[file] = serialized(notebook)
    write_changed(published)
    refused = format_code(files)
    write_changed(
        {file: serialized(read_notebook(file)) for file in files}
    )  # in our order of keys, not ruff's
    if refused:
        raise CourseError(refused)
    return [file.name for file in files if file.read_bytes() != before[file]]


def main(arguments: list[str]) -> None:
    changed = tidy()
    for name in changed:
        print(f"tidied {name}")
    if not changed:
        print("every notebook was in its published form")
