"""The learner's copies of the notebooks: what they leave out, and that nothing is ever overwritten. It loads nothing heavy."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    WORK,
    UnreadableNotebookError,
    notebook_files,
    read_notebook,
    way_back,
    write_whole,
)

COPIED = ".copied.json"
# The notebooks that have another number now, by what their names began with.
RENUMBERED = {"07_training_loop": "08_training_loop", "08_learning_curves": "09_learning_curves"}


def without_notes(notebook: Path) -> dict:
    """The content of a notebook file without the instructor's notes, which give answers away."""
    content = read_notebook(notebook)
    content["cells"] = [
        cell
        for cell in content["cells"]
        if cell["metadata"].get("slideshow", {}).get("slide_type") != "notes"
    ]
    return content


def for_learners(notebook: Path) -> dict:
    """The same without the cells that stand for a paragraph on a slide ("…-slide"): readers have the paragraph."""
    content = without_notes(notebook)
    content["cells"] = [
        cell for cell in content["cells"] if not cell.get("id", "").endswith("-slide")
    ]
    return content


def version(notebook: Path) -> str:
    """A short fingerprint of a notebook's text and code; outputs and the instructor's notes do not count."""
    cells = for_learners(notebook)["cells"]
    text = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def without_outputs(notebook: Path) -> str:
    """The text of a notebook file for a learner, as if it had never been run."""
    content = clear_outputs(for_learners(notebook))
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def clear_outputs(content: dict) -> dict:
    """`content`, changed: as if it had never been run."""
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return content


def renumbered(folder: Path) -> dict[Path, str]:
    """The copies in `folder` that were made under a number of before, and the name that their lesson has now."""
    return {
        file: now
        for old, now in RENUMBERED.items()
        for file in sorted(folder.glob(f"{old}*.ipynb"))
    }


def copy_notebooks(
    source: Path = NOTEBOOKS,
    target: Path = WORK,
    text: Callable[[Path], str] = without_outputs,
) -> list[str]:
    """Copies the notebooks that `target` lacks, as `text` gives them; returns what the user should know, a line each.

    A notebook that is there is left alone. If its reference has changed since it was copied, or has another number now, a
    line says so.
    """
    target.mkdir(parents=True, exist_ok=True)
    record, lines = target / COPIED, []
    copied = read_record(record)
    if copied is None:
        copied = {notebook.name: version(notebook) for notebook in notebook_files(source)}
        lines.append(
            f"{target.name}/{COPIED} could not be read and is made anew. Your notebooks are left as they are, and taken for "
            f"copies of the present versions."
        )
    for notebook in notebook_files(source):
        mine, current = target / notebook.name, version(notebook)
        if not mine.exists():
            write_whole(mine, text(notebook))
            copied[notebook.name] = current
            lines.append(f"new in {target.name}/: {notebook.name}")
            continue
        try:
            own = version(mine)
        except UnreadableNotebookError as problem:
            lines.append(f"{problem} {way_back(mine)}")
            continue
        if current not in (copied.get(notebook.name), own):
            beside = (
                f"{notebook.stem}-new-{current[:4]}.ipynb"  # never the name of a copy made before
            )
            if not (target / beside).exists():
                lines.append(
                    f"{notebook.name}: a newer version has come out. Yours is left as it is; to have the new one beside it, "
                    f"copy {source.name}/{notebook.name} to {target.name}/{beside}"
                )
    for mine, now in renumbered(target).items():
        lines.append(
            f"{mine.name}: this lesson has come out anew as {now}.ipynb. Yours is left as it is, with all that you wrote in it; "
            f"its checks no longer run, and {now}.ipynb has its own."
        )
    write_whole(record, json.dumps(copied, indent=1) + "\n")
    return lines


def read_record(record: Path) -> dict[str, str] | None:
    """Which version of each notebook was copied, by file name; None if the record cannot be read."""
    if not record.exists():
        return {}
    try:
        copied = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return copied if isinstance(copied, dict) else None
