"""The page that a learner's JupyterLab opens on: the map of the notebooks, how far the learner is, and where to go on."""

import hashlib
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from urllib.parse import quote

import nbformat

from helpers.commands.support.answers import (
    PASSES,
    answered_checks,
    belongs_to,
    exercises_of,
    read_work,
    verdict_of,
    with_published_ids,
)
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    code_cells,
    notebook_files,
    write_whole,
)

NAME = "00_start_here"
TEMPLATE = Path(__file__).with_suffix(".md")
MARK = "<!-- Written by the course ({}), anew each time it is opened, unless you have changed it. -->\n"
ABOUT = re.compile(r"After this notebook you can (.+)")
MINUTES = re.compile(r"\*\*Time:\*\* (.+?) minutes to read and run, (.+?) minutes with")
HEADING = re.compile(r"^##+ (.+)", re.MULTILINE)


@dataclass
class Lesson:
    """A published notebook, and how far the learner is in it."""

    name: str  # of the file
    title: str
    about: str  # what one can do after it, a sentence
    minutes: str  # to read and run
    minutes_in_all: str  # with exercises and quiz
    exercises: int
    answered: int = 0
    right: int = 0
    cells_run: int = 0
    cells: int = 0
    last: Path | None = (
        None  # the copy that was saved last, of those that the learner has worked on
    )
    mine: object = field(default=None, repr=False)  # the notebook in it

    @property
    def finished(self) -> bool:
        return self.right == self.exercises

    def so_far(self) -> str:
        if self.finished:
            return f"✓ {self.right} of {self.exercises} exercises right"
        if not self.last:
            return f"{self.exercises} exercises"
        done = f"{self.cells_run} of {self.cells} cells run"
        if not self.answered:
            return done
        return (
            f"{done}<br>{self.answered} of {self.exercises} exercises answered, {self.right} right"
        )


def run_cells(notebook) -> list:
    """The code cells of the learner's notebook that have been run, in the order of their counts."""
    run = [cell for cell in code_cells(notebook) if cell.get("execution_count")]
    return sorted(run, key=lambda cell: cell.execution_count)


def lesson(reference: Path, notebooks: dict) -> Lesson:
    """The published notebook `reference`, and how far the learner is, by what is saved in their `notebooks`."""
    published = nbformat.read(reference, as_version=4)
    text = "\n".join(cell.source for cell in published.cells if cell.cell_type == "markdown")
    about = ABOUT.search(text)[1].replace("**", "")
    checks = {check.id for _, check in exercises_of(published)}
    this = Lesson(
        name=reference.name,
        title=text.partition("\n")[0].removeprefix("# "),
        about=about[0].upper() + about[1:],
        minutes=MINUTES.search(text)[1],
        minutes_in_all=MINUTES.search(text)[2],
        exercises=len(checks),
    )
    answered, right = set(), set()
    for file in sorted(notebooks, key=lambda file: file.stat().st_mtime):
        mine = notebooks[file]
        if mine.cells == published.cells or not belongs_to(file, mine, reference.stem, published):
            continue  # not run by the learner: what is published holds recorded outputs
        with_published_ids(mine, published)
        here = answered_checks(mine, published)
        if not here and not run_cells(mine):
            continue
        answered |= here
        right |= {cell.id for cell in run_cells(mine) if verdict_of(cell)[0] == PASSES} & here
        this.last, this.mine = file, mine
        this.cells_run, this.cells = len(run_cells(mine)), len(code_cells(mine))
    this.answered, this.right = len(answered), len(right)
    return this


def place(notebook) -> str:
    """The heading of the section in which the learner ran the last cell; empty where that is not known."""
    if not run_cells(notebook):
        return ""
    last, heading = run_cells(notebook)[-1], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := HEADING.findall(cell.source)):
            heading = found[-1]
        if cell is last:
            return heading.replace("`", "")
    return ""


def where_to_go_on(lessons: list[Lesson]) -> str:
    """The sentence with the link to the notebook that the learner worked on last, or to the one after it."""
    begun = [each for each in lessons if each.last]
    if not begun:
        first = lessons[0]
        return (
            f"**Begin with [{first.title}]({first.name}).** It takes {first.minutes} minutes to read and run. "
            "All you need to know is Python."
        )
    last = max(begun, key=lambda each: each.last.stat().st_mtime)
    if not last.finished:
        link, heading = quote(last.last.name), place(last.mine)
        if not heading:
            return f"**Go on with [{last.title}]({link})**, the notebook that you worked on last."
        # JupyterLab's own name of a heading, in all its notebooks
        link += f"#{quote(heading.replace(' ', '-'))}"
        return f"**Go on with [{last.title}]({link})**, where you stopped: *{heading}*."
    position = lessons.index(last)
    left = [each for each in lessons[position:] + lessons[:position] if not each.finished]
    if not left:
        return "**You have solved every exercise of the course.** What is next is [your own data](10_your_own_data.ipynb#Then-your-own)."
    return f"You have solved the exercises of {last.title}. **Go on with [{left[0].title}]({left[0].name}).**"


def page(folder: Path, source: Path = NOTEBOOKS) -> str:
    """The start page for the learner's notebooks in `folder`, in Markdown."""
    with warnings.catch_warnings():
        # about cells without ids or with the same one, as other programs write them
        warnings.filterwarnings("ignore", module="nbformat")
        notebooks, problems = read_work(folder)
        lessons = [lesson(reference, notebooks) for reference in notebook_files(source)]
    begun = sum(bool(each.last) for each in lessons)
    so_far = (
        f"You have worked on {begun} of {len(lessons)}; of {sum(each.exercises for each in lessons)} exercises, "
        f"{sum(each.answered for each in lessons)} are answered and {sum(each.right for each in lessons)} right."
        if begun
        else ""
    )
    rows = [
        f"| **[{each.title}]({each.name})**<br>{each.about} "
        f"| {each.minutes}; with exercises {each.minutes_in_all} | {each.so_far()} |"
        for each in lessons
    ]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        next=where_to_go_on(lessons),
        so_far=so_far,
        map="\n".join(rows),
        problems="".join(f"\n- {problem}" for problem in problems.values()),
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_ours(file: Path) -> bool:
    """Whether `file` is a start page that nobody has changed since it was written."""
    if not file.is_file():
        return False
    first, _, rest = file.read_bytes().decode(errors="replace").partition("\n")
    return f"{first}\n" == MARK.format(digest(rest))


def write_start_page(folder: Path, source: Path = NOTEBOOKS) -> Path:
    """Writes the start page into `folder` and returns its file.

    A file of this name that the learner wrote or changed is left alone; the page then gets the next name that is free.
    """
    text, file, number = page(folder, source), folder / f"{NAME}.md", 1
    while file.exists() and not is_ours(file):
        number += 1
        file = folder / f"{NAME}-{number}.md"
    write_whole(file, MARK.format(digest(text)) + text)
    return file
