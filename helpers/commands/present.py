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
from helpers.commands.support.copies import clear_outputs, without_notes
from helpers.commands.support.notebooks import WORK, shown_text, slide_type, source

SETTINGS = Path(__file__).resolve().parent / "present_settings"
ROOM = WORK / "present"
CONFIG = ROOM / ".jupyter"
# Minutes to run: their outputs stay, for those who cannot wait.
LONG = ("06", "07", "08", "09", "10")
IN_THE_DECK = {"subslide": "slide", "-": "fragment"}


def for_the_room(notebook: Path) -> str:
    """The text of a notebook file for a lesson.

    It has slides and fragments only, since JupyterLab's deck (jupyterlab-deck 0.2.0) leaves out a subslide that another
    one follows, and wants one press of the space bar more, at which nothing happens, for each cell without a type.
    """
    content = without_notes(notebook)
    if not notebook.name.startswith(LONG):
        clear_outputs(content)
    content["cells"] = [part for cell in content["cells"] for part in for_a_slide(cell)]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def for_a_slide(cell: dict) -> list[dict]:
    """The cell as the room sees it: hidden code is folded, and hidden prose stands in a cell of its own that is skipped."""
    kind, metadata = slide_type(cell), cell["metadata"]
    marks = metadata.setdefault("slideshow", {})
    if marks.get("input") == "hidden":
        metadata["jupyter"] = {"source_hidden": True}
    text, shown = source(cell), shown_text(cell)
    marks["slide_type"] = IN_THE_DECK.get(kind, kind)
    if shown == text:
        return [cell]
    prose = "\n\n".join(part for part in text.split("\n\n") if part not in shown)
    skipped = {"metadata": {"slideshow": {"slide_type": "skip"}}, "source": prose}
    return [{**cell, "source": shown}, {**cell, **skipped, "id": f"{cell['id']}-prose"}]


def present(options: list[str], folder: Path = ROOM, config: Path = CONFIG) -> int:
    """Opens JupyterLab on copies in `folder`, keeping its own settings in `config`; returns its exit status."""
    (config / "custom").mkdir(parents=True, exist_ok=True)
    shutil.copy(SETTINGS / "custom" / "custom.css", config / "custom")
    os.environ["JUPYTER_CONFIG_DIR"] = str(config)
    print("Run a notebook's cells once before the lesson; then its card button starts the slides.")
    options = ["--LabApp.custom_css=True", *options]
    return open_lab(options, folder, SETTINGS, for_the_room, start_page=False)


def main(arguments: list[str]) -> int:
    return present(arguments)
