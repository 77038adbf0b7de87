"""The notebooks as files: where they lie, what is in them, how they are marked. It needs nothing but Python itself."""

import json
import os
from pathlib import Path

from helpers.errors import CourseError
from helpers.runs import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
WORK = Path(os.path.abspath(Path(os.environ.get("COURSE_WORK") or PROJECT / "work").expanduser()))
BEGINS = ("slide", "subslide")
PREDICT = "**Predict:**"

# The cells whose printed results sum the course up: what make run shows at its end.
KEY_CELLS = {
    "02-load": "The data",
    "03-balance": "Labels of the training pairs",
    "03-f1": "The majority baseline, on validation",
    "05-shapes": "A batch of eight pairs",
    "05-strategies": "Tokens computed for the training split, batches of 8",
    "06-table": "Three baselines, the fine-tuned model, and BERT-base on validation",
    "07-test": "A shorter fine-tuning, on test",
    "08-eval-run": "The training loop by hand, on validation",
    "09-bootstrap": "How sure that is: accuracy of a short training on validation",
    "10-train-results": "Passengers' messages in five categories, on validation",
}


class UnreadableNotebookError(CourseError):
    """A file that should be a notebook is none; the message names it and says in what way."""


def notebook_files(folder: Path = NOTEBOOKS) -> list[Path]:
    """The numbered notebooks in `folder`, in order."""
    return sorted(folder.glob("[0-9]*.ipynb"))


def number_of(file: Path) -> str:
    """The two digits that a notebook's name and its cells' ids begin with."""
    return file.name[:2]


def chosen(numbers: list[str], folder: Path = NOTEBOOKS) -> list[Path]:
    """The notebooks in `folder` with these numbers ("06" or "6"), in order; all of them where none is given.

    Raises CourseError for a number that no notebook has.
    """
    files = {number_of(file): file for file in notebook_files(folder)}
    for number in numbers:
        if number.zfill(2) not in files:
            raise CourseError(f"There is no notebook {number!r}. There are: {', '.join(files)}.")
    wanted = {number.zfill(2) for number in numbers} or set(files)
    return [file for number, file in files.items() if number in wanted]


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def serialized(content) -> bytes:
    """JSON as the project stores it: indented by one and sorted, so that a change of one cell is one of its lines."""
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


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


def write(file: Path, content) -> None:
    """Writes JSON as the notebooks are published."""
    write_all({file: serialized(content)})


def write_all(contents: dict[Path, bytes]) -> None:
    """Writes files that belong together. Where this is interrupted, no file is left half-written."""
    drafts = {file.with_name(f".{file.name}.draft"): file for file in contents}
    try:
        for draft, file in drafts.items():
            draft.write_bytes(contents[file])
        for draft, file in drafts.items():
            os.replace(draft, file)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def write_whole(file: Path, text: str) -> None:
    """Writes `file` whole or not at all, so that a full disk or a kill leaves no half of it."""
    write_all({file: text.encode()})


def source(cell) -> str:
    return "".join(cell["source"])


def tags(cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def code_cells(notebook) -> list:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def slide_type(cell) -> str:
    """How a cell is marked: slide, subslide, fragment, skip, notes; "-" is no mark, and continues the slide before it."""
    return cell.get("metadata", {}).get("slideshow", {}).get("slide_type", "-")


def shown_text(cell) -> str:
    """What a Markdown cell says on a slide: all, or its heading and its prediction where its prose is hidden."""
    if cell["metadata"].get("slideshow", {}).get("prose") != "hidden":
        return source(cell)
    parts = source(cell).split("\n\n")
    return "\n\n".join(part for part in parts if part.startswith("#") or PREDICT in part)


def slides_of(notebook) -> list[list]:
    """The cells of each slide, notes among them; what is skipped is on none."""
    slides = []
    for cell in notebook["cells"]:
        if slide_type(cell) in BEGINS:
            slides.append([])
        if slide_type(cell) != "skip":
            slides[-1].append(cell)
    return slides
