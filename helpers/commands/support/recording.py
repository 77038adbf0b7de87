"""The published form of a notebook, and its recorded outputs: what `make record` writes and the tests compare."""

import base64
import hashlib
import io
import json
from pathlib import Path

from PIL import Image

from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    code_cells,
    notebook_files,
    number_of,
    read,
    slide_type,
    source,
    write,
)
from helpers.runs import PROJECT

SAMPLE_OUTPUTS = PROJECT / "tests" / "sample_outputs.json"
RECORDED = PROJECT / "tests" / "recorded.json"
README_PICTURE = NOTEBOOKS / "05_dynamic_padding.png"
PICTURE_CELL = "05-picture"

# Progress bars are outputs that a second, cached run does not have; a learner keeps his, tests and recording do not.
QUIET = {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def published_form(notebook: dict, number: str) -> None:
    """Puts a notebook, as nbclient or JupyterLab leaves it, into the form in which it is published; `number` is its own.

    Metadata is what another machine would record too; code cells count from 1; outputs are without stderr and widgets;
    every id begins with the number. An empty cell goes, unless it has outputs. What is in this form already stays as it is.
    """
    notebook["metadata"] = json.loads(json.dumps(METADATA))
    notebook["cells"] = [
        cell for cell in notebook["cells"] if source(cell).strip() or cell.get("outputs")
    ]
    for cell in notebook["cells"]:
        cell["metadata"] = {
            key: value
            for key, value in cell["metadata"].items()
            if key in ("tags", "slideshow") and value
        }
        if slide_type(cell) in ("", "-"):  # JupyterLab's words for "no mark"
            del_mark(cell["metadata"])
    for position, cell in enumerate(code_cells(notebook), start=1):
        cell["execution_count"] = position
        cell["outputs"] = joined([output for output in cell["outputs"] if keep(output)])
        for output in cell["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = position
            if picture := output.get("data", {}).get("image/png"):
                output["data"]["image/png"] = smaller("".join(picture))
    name_cells(notebook["cells"], number)


def del_mark(metadata: dict) -> None:
    """Removes a slide type that marks nothing; other marks stay."""
    marks = {k: v for k, v in metadata.pop("slideshow", {}).items() if k != "slide_type"}
    if marks:
        metadata["slideshow"] = marks


def name_cells(cells: list[dict], number: str) -> None:
    """Gives a cell whose id is not its own, or does not begin with the notebook's number, one that says where it stands.

    The first new cell behind 06-load is 06-after-load-1, the next 06-after-load-2.
    """
    taken = {cell["id"] for cell in cells}
    seen, place = set(), "start"
    for cell in cells:
        if cell["id"].startswith(f"{number}-") and cell["id"] not in seen:
            place = cell["id"].removeprefix(f"{number}-")
        else:
            count = 1
            while (name := f"{number}-after-{place}-{count}") in taken:
                count += 1
            cell["id"] = name
            taken.add(name)
        seen.add(cell["id"])


def smaller(picture: str) -> str:
    """A figure with a palette of 128 colors, in base64 as notebooks store it: a third of the bytes, and the same to the eye."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    if image.mode == "P":
        return picture
    file = io.BytesIO()
    image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def keep(output) -> bool:
    is_widget = "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    return not is_widget and output.get("name") != "stderr"


def joined(outputs: list[dict]) -> list[dict]:
    """The outputs, with a text that a slow kernel sent in pieces put together again."""
    whole = []
    for output in outputs:
        before = whole[-1] if whole and output["output_type"] == "stream" else {}
        if before.get("name") == output.get("name", ""):
            text = "".join([*before["text"], *output["text"]])
            before["text"] = text if isinstance(before["text"], str) else text.splitlines(True)
        else:
            whole.append(output)
    return whole


def compared(outputs: list) -> list:
    """The outputs without pictures, as nbval compares them."""
    plain = json.loads(json.dumps(outputs))
    for output in plain:
        output.get("data", {}).pop("image/png", None)
        output.pop("execution_count", None)
    return plain


# What tests/recorded.json remembers: of each code cell, what was run and what came of it.


def digest(content) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def fingerprints(notebook: dict) -> dict[str, tuple[str, str]]:
    """(fingerprint of the code, fingerprint of the outputs) of each code cell, by cell id, in the notebook's order."""
    found = {}
    for cell in code_cells(notebook):
        outputs = [{**output, "execution_count": None} for output in cell["outputs"]]
        found[cell["id"]] = (digest(source(cell)), digest(outputs))
    return found


def remembered(notebook: dict, seconds: float | None) -> dict:
    """The entry of a notebook in tests/recorded.json; `seconds` is what recording it took, None where nobody measured."""
    cells = [f"{cell} {code} {outputs}" for cell, (code, outputs) in fingerprints(notebook).items()]
    return {"seconds": seconds and round(seconds), "cells": cells}


def unlike_recorded(notebook: dict, entry: dict) -> list[str]:
    """What has changed in a notebook since it was recorded, a line per cell; `entry` is what `remembered` returned then.

    Markdown may change at will. Code counts to the letter: what was not run has no outputs to show.
    """
    before = {cell: (code, outputs) for cell, code, outputs in map(str.split, entry["cells"])}
    now, lines = fingerprints(notebook), []
    for cell, (code, outputs) in now.items():
        if cell not in before:
            lines.append(f"cell {cell} is new and has not been run")
        elif code != before[cell][0]:
            lines.append(f"the code of cell {cell} has changed since its outputs were recorded")
        elif outputs != before[cell][1]:
            lines.append(f"the outputs of cell {cell} are not the ones that were recorded")
    gone = [cell for cell in before if cell not in now]
    lines += [f"cell {cell} is gone; the cells after it ran with it" for cell in gone]
    if not lines and list(now) != list(before):
        lines.append("the cells stand in another order than the one in which they were run")
    return lines


def take_as_recorded(files: list[Path] | None = None) -> None:
    """Writes tests/recorded.json for notebooks whose outputs are known to come from the code that they hold now.

    `make record` is the way to know. This is for a change of the fingerprints themselves, and no command calls it.
    """
    memory = read(RECORDED) if RECORDED.exists() else {"notebooks": {}}
    for file in files or notebook_files():
        seconds = memory["notebooks"].get(number_of(file), {}).get("seconds")
        memory["notebooks"][number_of(file)] = remembered(read(file), seconds)
    write(RECORDED, memory)


def readme_picture(notebook: dict) -> bytes:
    """The picture that notebook 5 has recorded of four ways to pad, as PNG."""
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == PICTURE_CELL)
    return base64.b64decode("".join(cell["outputs"][0]["data"]["image/png"]))
