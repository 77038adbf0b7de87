"""The notebooks as files: where they lie, what is in them. It needs nothing but Python itself."""

import json
from pathlib import Path

from helpers.runs import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
WORK = PROJECT / "work"


def notebook_files(folder: Path = NOTEBOOKS) -> list[Path]:
    """The numbered notebooks in `folder`, in order."""
    return sorted(folder.glob("[0-9]*.ipynb"))


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def write(file: Path, content) -> None:
    """Writes JSON as the notebooks are published: indented by one, sorted, so that a change of one cell is one of its lines."""
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def source(cell) -> str:
    return "".join(cell["source"])


def tags(cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def code_cells(notebook) -> list:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
