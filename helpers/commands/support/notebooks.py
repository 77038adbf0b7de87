"""The notebooks as files: where they lie, what is in them. It needs nothing but Python itself."""

import json
import os
from pathlib import Path

from helpers.errors import CourseError
from helpers.runs import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
WORK = Path(os.path.abspath(Path(os.environ.get("COURSE_WORK") or PROJECT / "work").expanduser()))


class UnreadableNotebookError(CourseError):
    """A file that should be a notebook is none; the message names it and says in what way."""


def notebook_files(folder: Path = NOTEBOOKS) -> list[Path]:
    """The numbered notebooks in `folder`, in order."""
    return sorted(folder.glob("[0-9]*.ipynb"))


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def read_notebook(file: Path) -> dict:
    """The content of a notebook file. Raises UnreadableNotebookError if it is cut short, empty or something else."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = json.loads(text)
        well_formed = all(
            isinstance(cell["source"], str | list) and isinstance(cell["metadata"], dict)
            for cell in content["cells"]
        )
        problem = "" if well_formed else "it has cells without source or metadata"
    except UnicodeDecodeError:
        problem = "it is not text in UTF-8"
    except ValueError as error:
        problem = f"it is not JSON ({error})" if text.strip() else "it is empty"
    except (KeyError, TypeError):
        problem = "its JSON is not that of a notebook with cells"
    if problem:
        raise UnreadableNotebookError(f"{file.parent.name}/{file.name} is no notebook: {problem}.")
    return content


def way_back(mine: Path) -> str:
    """What the user can do about a copy of theirs that `read_notebook` refuses, as sentences."""
    saved = mine.parent / ".ipynb_checkpoints" / f"{mine.stem}-checkpoint.ipynb"
    try:
        has_checkpoint = saved.exists() and bool(read_notebook(saved))
    except UnreadableNotebookError:
        has_checkpoint = False
    older = (
        f"JupyterLab's last checkpoint of it is whole: copy {mine.parent.name}/.ipynb_checkpoints/{saved.name} in its place. Or "
        if has_checkpoint
        else "To start it again, "
    )
    return f"It is left as it is. {older}delete it, and make lab brings a fresh copy."


def write_whole(file: Path, text: str) -> None:
    """Writes `file` whole or not at all, so that a full disk or a kill leaves no half of it."""
    draft = file.with_name(f".{file.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


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
