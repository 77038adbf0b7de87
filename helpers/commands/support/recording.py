"""The published form of a notebook, and its recorded outputs: what `make record` writes and the tests compare."""

import base64
import io
import json

from PIL import Image

from helpers.runs import PROJECT

SAMPLE_OUTPUTS = PROJECT / "tests" / "sample_outputs.json"

# Progress bars are outputs that a second, cached run does not have; a learner keeps his, tests and recording do not.
QUIET = {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


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
