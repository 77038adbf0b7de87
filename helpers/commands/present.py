"""Opens the course in JupyterLab ready to present: python -m helpers present [--port=N] [JupyterLab's own options]

The card button above a notebook turns it into slides that can be edited and run. The copies in work/present are yours;
they are without the instructor's notes, and without outputs where running takes seconds. Settings are the project's
own (larger text, news prompt off): nothing is read from or written to the settings in your home folder.
"""

import json
import os
import shutil
from pathlib import Path

from helpers.commands.lab import open_lab
from helpers.commands.support.copies import for_learners, without_outputs
from helpers.commands.support.notebooks import WORK

SETTINGS = Path(__file__).resolve().parent / "present_settings"
ROOM = WORK / "present"
CONFIG = ROOM / ".jupyter"
LONG = ("06", "07", "08")  # minutes to run: their outputs stay, for those who do not want to wait


def for_the_room(notebook: Path) -> str:
    """The text of a notebook file for a lesson."""
    if notebook.name.startswith(LONG):
        return json.dumps(for_learners(notebook), indent=1, ensure_ascii=False) + "\n"
    return without_outputs(notebook)


def present(options: list[str], folder: Path = ROOM, config: Path = CONFIG) -> int:
    """Opens JupyterLab on copies in `folder`, keeping its own settings in `config`; returns its exit status."""
    (config / "custom").mkdir(parents=True, exist_ok=True)
    shutil.copy(SETTINGS / "custom" / "custom.css", config / "custom")
    os.environ["JUPYTER_CONFIG_DIR"] = str(config)
    print("Run a notebook's cells once before the lesson; then its card button starts the slides.")
    return open_lab(["--LabApp.custom_css=True", *options], folder, SETTINGS, for_the_room)


def main(arguments: list[str]) -> int:
    return present(arguments)
