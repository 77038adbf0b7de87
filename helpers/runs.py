"""Where the course writes: training output, executed notebooks, figures to look at."""

import os
from pathlib import Path

from helpers.errors import CourseError

PROJECT = Path(__file__).resolve().parent.parent


class OutputFolderError(CourseError):
    """A folder for outputs cannot be made."""


def runs_folder(name: str) -> Path:
    """The folder `name` below COURSE_RUNS, or without it below runs/ in the project; made if it is not there.

    Raises OutputFolderError if it cannot be made.
    """
    runs = Path(os.environ.get("COURSE_RUNS") or PROJECT / "runs").expanduser()
    folder = Path(os.path.abspath(runs)) / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFolderError(
            f"{folder} cannot be made ({error.strerror or error}), and output goes there. Set COURSE_RUNS to a folder that "
            f"you may write to."
        ) from None
    return folder
