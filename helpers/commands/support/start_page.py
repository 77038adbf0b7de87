"""The page that a learner's JupyterLab opens on: the map of the notebooks, how far the learner is, and where to go on."""

import hashlib
import re
import warnings
from dataclasses import dataclass
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
    number_of,
    write_whole,
)

NAME = "00_start_here"
TEMPLATE = Path(__file__).with_suffix(".md")
MARK = "<!-- Written by the course ({}), anew each time it is opened, unless you have changed it. -->\n"
MINUTES = re.compile(r"\*\*Time:\*\* (.+?) minutes to read and run, (.+?) minutes with")
HEADING = re.compile(r"^##+ (.+)", re.MULTILINE)


# What one does in a notebook, in a line, by its number.
IN_A_LINE = {
    "01": "Train on two sentences, and see what one step changes",
    "02": "Load a dataset, take rows and columns, find it on your disk",
    "03": "Count labels, measure lengths, score without reading",
    "04": "Tokenize thousands of pairs without filling the memory",
    "05": "Build batches with hardly any padding",
    "06": "Train with Trainer, and find out whether it was worth it",
    "07": "Read its mistakes, ask it your own sentences, test it",
    "08": "Write the loop that Trainer runs, down to the last bit",
    "09": "See from its curves what is wrong with a training",
    "10": "Make a classifier from a CSV file, then from yours",
}


@dataclass
class Lesson:
    """A published notebook, and how far the learner is in it."""

    name: str  # of the file
    title: str
    minutes: str  # to read and run
    minutes_in_all: str  # with exercises and quiz
    exercises: int
    answered: int = 0
    right: int = 0
    cells_run: int = 0
    cells: int = 0
    last: Path | None = None  # of the copies that the learner has worked on, the one saved last
    place: str = ""  # the heading in it at which to go on

    @property
    def finished(self) -> bool:
        return self.right == self.exercises

    def so_far(self) -> str:
        """What the map says of the learner's work, empty where there is none."""
        if not self.last:
            return ""
        if self.finished:
            return f"✓ {self.right} of {self.exercises} right"
        if not self.answered:
            return f"{self.cells_run} of {self.cells} cells run"
        return f"{self.right} of {self.exercises} right"


def run_cells(notebook) -> list:
    """The code cells of the learner's notebook that have been run, in the order of their counts."""
    run = [cell for cell in code_cells(notebook) if cell.get("execution_count")]
    return sorted(run, key=lambda cell: cell.execution_count)


def lesson(reference: Path, notebooks: dict) -> Lesson:
    """The published notebook `reference`, and how far the learner is, by what is saved in their `notebooks`."""
    published = nbformat.read(reference, as_version=4)
    text = "\n".join(cell.source for cell in published.cells if cell.cell_type == "markdown")
    checks = [check.id for _, check in exercises_of(published)]
    this = Lesson(
        name=reference.name,
        title=text.partition("\n")[0].removeprefix("# "),
        minutes=MINUTES.search(text)[1],
        minutes_in_all=MINUTES.search(text)[2],
        exercises=len(checks),
    )
    answered, right = set(), set()
    for file in sorted(notebooks, key=lambda file: file.stat().st_mtime):
        mine = notebooks[file]
        if mine.cells == published.cells or not belongs_to(file, mine, reference.stem, published):
            continue  # a file of notebooks/ itself, with the instructor's notes and recorded outputs
        with_published_ids(mine, published)
        here = answered_checks(mine, published)
        if not here and not run_cells(mine):
            continue
        answered |= here
        right |= {cell.id for cell in run_cells(mine) if verdict_of(cell)[0] == PASSES} & here
        this.last = file
        this.cells_run, this.cells = len(run_cells(mine)), len(code_cells(mine))
        this.place = place(mine, [check for check in checks if check not in right])
    this.answered, this.right = len(answered), len(right)
    return this


def place(notebook, open_checks: list[str]) -> str:
    """The heading of the section in which a cell was run last or, after all of them, of the first open exercise.

    Empty where there is none.
    """
    run, heading = run_cells(notebook), ""
    at = run[-1].id if run else None
    if len(run) == len(code_cells(notebook)):
        at = next(iter(open_checks), None)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := HEADING.findall(cell.source)):
            heading = found[-1].replace("`", "")
        if cell.id == at:
            return heading
    return ""


def where_to_go_on(lessons: list[Lesson]) -> str:
    """A heading with a link to the notebook that the learner worked on last, or to the one after it, and a sentence."""
    begun = [each for each in lessons if each.last]
    if not begun:
        first = lessons[0]
        return (
            f"## Begin with [{first.title}]({first.name})\n\n"
            f"It takes {first.minutes} minutes to read and run. All you need to know is Python."
        )
    last = max(begun, key=lambda each: each.last.stat().st_mtime)
    if last.finished:
        position = lessons.index(last)
        left = [each for each in lessons[position:] + lessons[:position] if not each.finished]
        if not left:
            return "## You have solved every exercise of the course"
        return (
            f"## Go on with [{left[0].title}]({left[0].name})\n\n"
            f"You have solved all exercises of {last.title}."
        )
    stopped = f", and stopped at *{last.place}*" if last.place else ""
    return (
        f"## Go on with [{last.title}]({quote(last.last.name)})\n\nYou worked on it last{stopped}."
    )


def in_one_line(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def map_of(lessons: list[Lesson]) -> str:
    """A table with a line per notebook; how far the learner is has a column once there is something to say."""
    columns = ["Notebook", "What you do there", "Minutes", in_one_line("With exercises"), "So far"]
    if not any(each.last for each in lessons):
        columns.pop()
    rows = [
        [
            f"[{in_one_line(each.title)}]({each.name})",
            IN_A_LINE.get(number_of(Path(each.name)), ""),
            each.minutes,
            in_one_line(each.minutes_in_all),
            in_one_line(each.so_far()),
        ]
        for each in lessons
    ]
    table = [columns, [":---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(row[: len(columns)])} |" for row in table)


def so_far(lessons: list[Lesson]) -> str:
    """A sentence that says how far the learner is in all, or what the course is for a learner who has not begun."""
    begun = sum(bool(each.last) for each in lessons)
    exercises, answered, right = (
        sum(getattr(each, what) for each in lessons) for what in ("exercises", "answered", "right")
    )
    if not begun:
        return (
            "They take you from one training step on two sentences to a model trained on data of your own. "
            "Every cell runs on this machine, without a GPU."
        )
    text = f"You have worked on {begun} of {len(lessons)} notebooks, and {right} of {exercises} exercises are right"
    if not_right := answered - right:
        text += f"; {not_right} more {'has' if not_right == 1 else 'have'} an answer that is not right yet, or was not checked"
    return f"{text}."


def page(folder: Path, source: Path = NOTEBOOKS) -> str:
    """The start page for the learner's notebooks in `folder`, in Markdown."""
    with warnings.catch_warnings():
        # about cells without ids or with the same one, as other programs write them
        warnings.filterwarnings("ignore", module="nbformat")
        notebooks, problems = read_work(folder)
        lessons = [lesson(reference, notebooks) for reference in notebook_files(source)]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        next=where_to_go_on(lessons),
        so_far=so_far(lessons),
        map=map_of(lessons),
        problems="".join(f"\n\n{problem}" for problem in problems.values()),
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
