"""The notebooks as files: where they lie, what is in them, how they are marked. It needs nothing but Python itself."""

import json
import os
from pathlib import Path

from helpers.errors import CourseError
from helpers.runs import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
WORK = PROJECT / "work"
BEGINS = ("slide", "subslide")

# The cells whose printed results sum the course up: what make run shows at its end.
KEY_CELLS = {
    "02-load": "The data",
    "03-balance": "Labels of the training pairs",
    "03-f1": "The majority baseline, on validation",
    "05-shapes": "A batch of eight pairs",
    "05-strategies": "Tokens computed for the training split, batches of 8",
    "06-table": "Four methods on validation",
    "06-test": "The fine-tuned model on test",
    "07-eval-run": "The training loop by hand, on validation",
    "08-bootstrap": "How sure that is: accuracy of a short training on validation",
}


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
    """The content of a notebook or of another JSON file. Raises CourseError if it is not JSON."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise CourseError(
            f"{file.name} cannot be read: line {error.lineno}: {error.msg}."
        ) from None


def serialized(content) -> bytes:
    """JSON as the project stores it: indented by one and sorted, so that a change of one cell is one of its lines."""
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def write(file: Path, content) -> None:
    """Writes JSON as the notebooks are published."""
    write_all({file: serialized(content)})


def write_all(contents: dict[Path, bytes]) -> None:
    """Writes files that belong together. Where this is interrupted, no file is left half-written."""
    drafts = {file.with_name(f"{file.name}.draft"): file for file in contents}
    try:
        for draft, file in drafts.items():
            draft.write_bytes(contents[file])
        for draft, file in drafts.items():
            os.replace(draft, file)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def source(cell) -> str:
    return "".join(cell["source"])


def tags(cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def code_cells(notebook) -> list:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def slide_type(cell) -> str:
    """How a cell is marked: slide, subslide, fragment, skip, notes; "-" is no mark, and continues the slide before it."""
    return cell.get("metadata", {}).get("slideshow", {}).get("slide_type", "-")


def slides_of(notebook) -> list[list]:
    """The cells of each slide, notes among them; what is skipped is on none."""
    slides = []
    for cell in notebook["cells"]:
        if slide_type(cell) in BEGINS:
            slides.append([])
        if slide_type(cell) != "skip":
            slides[-1].append(cell)
    return slides
