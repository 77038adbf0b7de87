"""The terms that the notebooks explain: a term stands in bold where it first appears, and the sentence around it explains it."""

import re
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from helpers.commands.support.notebooks import read, slide_type, source

BOLD = re.compile(r"\*\*(?![\s*])(.+?)(?<![\s*])\*\*")
TASKS = re.compile(r"-(exercise-\d.*|your-turn|quiz)$")  # ids of cells that explain nothing new
LIST_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")
MOST_WORDS = 3
CODE_OR_HEADING = re.compile(r"(?s:```.*?```)|`[^`\n]+`|^#.*", re.MULTILINE)
# A sentence that begins with one of these is understood only after the one before it.
POINTS_BACK = re.compile(
    r"\W*(this|that|these|those|such|it|its|they|their|both|yours|the (first|second|other)s?)\b",
    re.IGNORECASE,
)


@dataclass
class Term:
    name: str  # as the glossary lists it; a name in code keeps its backticks
    sentence: str  # Markdown without bold; where it points back, after the sentence before it
    notebook: Path
    cell: str  # the id of its cell
    bold: str  # as it stands in the cell, asterisks included

    @property
    def anchor(self) -> str:
        return "term-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")


def explaining_cells(notebook: dict) -> list[dict]:
    """The Markdown cells that explain: neither the instructor's notes nor exercises nor the quiz."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
        and slide_type(cell) != "notes"
        and not TASKS.search(cell["id"])
    ]


def sentences(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line begin and end; the mark of a list item belongs to none."""
    mark = LIST_ITEM.match(line)
    breaks = [found.span() for found in re.finditer(r"(?<=[.?!])\s+(?=[A-Z`*(\"])", line)]
    starts = [mark.end() if mark else 0, *[end for _, end in breaks]]
    spans = list(zip(starts, [*[start for start, _ in breaks], len(line)], strict=True))
    return [(start, end) for start, end in spans if start < end]


def labels(texts: list[str]) -> set[str]:
    """What stands in bold with a colon, such as Predict and Time: it says what kind of text follows, and names no term."""
    return {bold[:-1].lower() for text in texts for bold in BOLD.findall(text) if bold[-1] == ":"}


def names_a_term(bold: str, before: str, after: str = "") -> bool:
    """Whether a phrase in bold can be a term; `before` and `after` are what stands around it on its line.

    A term is a short phrase that neither begins with a function word, as emphasized words and sentences do, nor ends like a
    sentence. A list explains the term that an item begins with, or that a colon follows; other bold in it emphasizes.
    """
    words = bold.strip("`").split()
    inside_item = LIST_ITEM.match(before) and LIST_ITEM.sub("", before, count=1)
    if before.startswith((">", "#")) or (inside_item and not after.startswith(":")):
        return False
    return (
        len(words) <= MOST_WORDS
        and words[0].lower() not in ENGLISH_STOP_WORDS
        and bold[-1] not in ".,:;?!"
        and re.search("[^\\W\\d]", bold) is not None
    )


def explanation(line: str, position: int, name: str) -> str:
    """The sentence of `line` at `position`, without bold; after the one before it where it points back.

    Where the next sentence says what "a `name`" is, that one.
    """
    spans = sentences(line)
    number = next(n for n, (start, end) in enumerate(spans) if position < end)
    start, end = spans[number]
    defined = re.compile(rf"(?:An?|The) {re.escape(name)} (?:is|are)\b", re.IGNORECASE)
    if number + 1 < len(spans) and defined.match(line[spans[number + 1][0] :]):
        start, end = spans[number + 1]
    elif number and POINTS_BACK.match(line[start:]):
        start = spans[number - 1][0]
    return re.sub(r":$", ".", BOLD.sub(r"\1", line[start:end]).strip())


def known(key: str, seen: set[str]) -> bool:
    """Whether a phrase names a term that was explained before: the same, its plural, or its last words alone."""
    return bool({key, key.removesuffix("s"), key.removesuffix("es")} & seen) or any(
        name.endswith(f" {key}") for name in seen
    )


def terms_of(files: list[Path]) -> list[Term]:
    """The terms of all notebooks, each where it is in bold for the first time, in the order in which they appear."""
    cells = [(file, cell) for file in files for cell in explaining_cells(read(file))]
    no_terms = labels([source(cell) for _, cell in cells])
    texts = [
        cell
        for file in files
        for cell in read(file)["cells"]
        if cell["cell_type"] == "markdown" and slide_type(cell) != "notes"
    ]
    prose = CODE_OR_HEADING.sub("", "\n".join(map(source, texts)))
    terms, seen = [], set()
    for file, cell in cells:
        for line in re.sub(r"```.*?```", "", source(cell), flags=re.DOTALL).splitlines():
            for found in BOLD.finditer(line):
                name = found[1]
                key = name.lower()
                if key in no_terms or known(key, seen):
                    continue
                if not names_a_term(name, line[: found.start()], line[found.end() :]):
                    continue
                seen.add(key)
                small = name[0].lower() + name[1:]
                if re.search(rf"(?<![\w-]){re.escape(small.split()[0])}(?![\w-])", prose):
                    name = small  # a capital only where a sentence begins
                terms.append(
                    Term(name, explanation(line, found.start(), name), file, cell["id"], found[0])
                )
    return terms
