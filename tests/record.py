"""Re-makes every recorded output by running: python -m tests.record [notebook name ...]

Runs each notebook on the full MRPC and writes the outputs into notebooks/, then on the bundled sample and writes what
differs into tests/sample_outputs.json, by cell id; the README's picture is one of the outputs. Refuses to start where
the full MRPC is out of reach.
"""

import base64
import io
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
from PIL import Image

from helpers.run_course import NOTEBOOKS, code_cells, execute
from helpers.sources import SAMPLE, find_mrpc
from tests.nbval_rules import QUIET, SAMPLE_OUTPUTS

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


def normalise(notebook) -> None:
    """Leaves in a notebook only what another machine would record too: no stderr, no widgets, no version of Python."""
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {
            key: value for key, value in cell.metadata.items() if key in ("tags", "slideshow")
        }
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if keep(output)]
            for output in cell.outputs:
                if picture := output.get("data", {}).get("image/png"):
                    output.data["image/png"] = smaller(picture)


def smaller(picture: str) -> str:
    """A figure with a palette of 128 colours, in base64 as notebooks store it: a third of the bytes, and the same to the eye."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    file = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def keep(output) -> bool:
    is_widget = "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    return not is_widget and output.get("name") != "stderr"


def compared(outputs: list) -> list:
    """The outputs without pictures, as nbval compares them."""
    plain = json.loads(json.dumps(outputs))
    for output in plain:
        output.get("data", {}).pop("image/png", None)
        output.pop("execution_count", None)
    return plain


def record(file: Path, full_mrpc: str) -> dict[str, list]:
    """Records one notebook in place; returns the outputs that differ on the sample, by cell id."""
    with environment(**QUIET, GLUE_DIR=full_mrpc):
        on_full = execute(file)
    with environment(**QUIET, GLUE_DIR=str(SAMPLE)):
        on_sample = execute(file)
    normalise(on_full)
    normalise(on_sample)
    write_json(file, json.loads(nbformat.v4.writes(on_full)))
    differing = {}
    for cell, other in zip(code_cells(on_full), code_cells(on_sample), strict=True):
        ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
        if not ignored and compared(cell.outputs) != compared(other.outputs):
            differing[cell.id] = compared(other.outputs)
    return differing


def readme_picture() -> bytes:
    """The picture that notebook 5 has recorded of four ways to pad."""
    cells = nbformat.read(NOTEBOOKS / "05_dynamic_padding.ipynb", as_version=4).cells
    picture = next(cell for cell in cells if cell.id == "05-picture").outputs[0].data["image/png"]
    return base64.b64decode(picture)


def write_json(file: Path, content) -> None:
    """Writes as JupyterLab does, but sorted, so that a change of one cell is a change of its lines only."""
    file.write_text(
        json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )


def main() -> None:
    source = find_mrpc()
    if source.kind != "full":
        sys.exit(
            f"Recording needs the full MRPC, not {source.kind} ({source.origin}). Set GLUE_DIR to a folder with it."
        )
    files = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    if sys.argv[1:]:
        files = [file for file in files if any(file.name.startswith(name) for name in sys.argv[1:])]
    recorded = (
        json.loads(SAMPLE_OUTPUTS.read_text(encoding="utf-8")) if SAMPLE_OUTPUTS.exists() else {}
    )
    for file in files:
        print(f"recording {file.name} ...", flush=True)
        others = {
            cell: outputs
            for cell, outputs in recorded.items()
            if not cell.startswith(f"{file.name[:2]}-")
        }
        recorded = others | record(file, source.path)
    write_json(SAMPLE_OUTPUTS, recorded)
    README_PICTURE.write_bytes(readme_picture())
    print(f"recorded {len(files)} notebooks, on MRPC ({source.origin}) and on the sample")


if __name__ == "__main__":
    main()
