"""Where the course writes: training output, executed notebooks, figures to look at."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def runs_folder(name: str) -> Path:
    """The folder `name` below COURSE_RUNS, or without it below runs/ in the project; made if it is not there."""
    folder = Path(os.path.abspath(os.environ.get("COURSE_RUNS") or PROJECT / "runs")) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
