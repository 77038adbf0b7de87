"""Re-makes recorded outputs by running: python -m helpers record [number ...]

Runs each notebook on the full MRPC and writes the outputs into notebooks/, then on the bundled sample and writes what
differs into tests/sample_outputs.json, by cell id; the README's picture is one of the outputs. Refuses to start where
the full MRPC is out of reach.
"""

import base64
import json
import os
from contextlib import contextmanager
from pathlib import Path

import nbformat

from helpers.commands.support.execution import execute
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    code_cells,
    notebook_files,
    read,
    tags,
    write,
)
from helpers.commands.support.recording import QUIET, SAMPLE_OUTPUTS, compared, normalise
from helpers.errors import CourseError
from helpers.sources import SAMPLE, find_mrpc

README_PICTURE = NOTEBOOKS / "05_dynamic_padding.png"


@contextmanager
def environment(**values: str):
    """`os.environ` with `values` in it, for the kernels that are started inside."""
    saved = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def record(file: Path, full_mrpc: str) -> dict[str, list]:
    """Records one notebook in place; returns the outputs that differ on the sample, by cell id."""
    with environment(**QUIET, GLUE_DIR=full_mrpc):
        on_full = execute(file)
    with environment(**QUIET, GLUE_DIR=str(SAMPLE)):
        on_sample = execute(file)
    normalise(on_full)
    normalise(on_sample)
    write(file, json.loads(nbformat.v4.writes(on_full)))
    differing = {}
    for cell, other in zip(code_cells(on_full), code_cells(on_sample), strict=True):
        ignored = "nbval-ignore-output" in tags(cell)
        if not ignored and compared(cell.outputs) != compared(other.outputs):
            differing[cell.id] = compared(other.outputs)
    return differing


def readme_picture() -> bytes:
    """The picture that notebook 5 has recorded of four ways to pad."""
    cells = read(NOTEBOOKS / "05_dynamic_padding.ipynb")["cells"]
    picture = next(cell for cell in cells if cell["id"] == "05-picture")["outputs"][0]["data"]
    return base64.b64decode(picture["image/png"])


def main(arguments: list[str]) -> None:
    mrpc = find_mrpc()
    if mrpc.kind != "full":
        raise CourseError(
            f"Recording needs the full MRPC, not {mrpc.kind} ({mrpc.origin}). Set GLUE_DIR to a folder with it."
        )
    files = notebook_files()
    if arguments:
        files = [file for file in files if file.name.startswith(tuple(arguments))]
    recorded = read(SAMPLE_OUTPUTS) if SAMPLE_OUTPUTS.exists() else {}
    for file in files:
        print(f"recording {file.name} ...", flush=True)
        others = {
            cell: outputs
            for cell, outputs in recorded.items()
            if not cell.startswith(f"{file.name[:2]}-")
        }
        recorded = others | record(file, mrpc.path)
        write(SAMPLE_OUTPUTS, recorded)
    README_PICTURE.write_bytes(readme_picture())
    print(f"recorded {len(files)} notebooks, on MRPC ({mrpc.origin}) and on the sample")
