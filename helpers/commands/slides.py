"""Makes a deck of every notebook: python -m helpers slides

What is on which slide is marked in the notebooks' own metadata (`slideshow`), so there is no second copy of the text. The
decks in build/slides are files that need nothing beside them: reveal.js, style and pictures are inside.

Four marks are this project's own, for the decks alone: `"input": "hidden"` shows a cell's output without its code,
`"output_lines": N` the first N lines of its text, `"table": "hidden"` its figure without the table below, and
`"prose": "hidden"` of a text only its heading and its **Predict**.

Where code is shown, its output comes up one step later, so that a room can guess first. How large text, code and figures
are is decided by slide_theme/fit.js when a deck is opened: as large as the slide leaves room for.
"""

import re
from html import escape
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from helpers.commands.support.notebooks import (
    BEGINS,
    NOTEBOOKS,
    notebook_files,
    shown_text,
    slide_type,
    slides_of,
)
from helpers.runs import PROJECT

THEME = Path(__file__).parent / "slide_theme"
SLIDES = PROJECT / "build" / "slides"


def with_notes_on_every_slide(cells: list) -> list:
    """The cells of a notebook, with the notes of a section behind the first cell of each of its slides.

    reveal.js shows the notes of one slide at a time, and notes behind a fragment only together with it.
    """
    sections = []
    for cell in cells:
        if slide_type(cell) == "slide":
            sections.append([])
        sections[-1].append(cell)
    arranged = []
    for section in sections:
        notes = [cell for cell in section if slide_type(cell) == "notes"]
        for cell in section:
            if slide_type(cell) != "notes":
                arranged.append(cell)
            if slide_type(cell) in BEGINS:
                arranged += [
                    nbformat.from_dict({**note, "id": f"{cell.id}-{note.id}"}) for note in notes
                ]
    return arranged


def inline_code(text: str) -> str:
    """A heading's Markdown as HTML: the only marks in headings are those of code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def title_of(notebook) -> str:
    """The text of the first heading, as in "5. Dynamic padding"."""
    return re.match(r"# (.+)", "".join(notebook["cells"][0]["source"]))[1]


def text(name: str) -> str:
    return (THEME / name).read_text(encoding="utf-8")


def is_progress(output) -> bool:
    """Whether an output is what `Trainer` shows while it works, without a log of several evaluations."""
    html = output.get("data", {}).get("text/html")
    if html is None:
        return False
    empty = not re.sub(r"<[^>]*>", "", html).strip()
    return empty or (("<progress" in html or "Training Loss" in html) and html.count("<tr") < 4)


def first_lines(text: str, count: int) -> str:
    return "".join(text.splitlines(keepends=True)[:count]).rstrip() + "\n..."


def prepare(cell, marks: dict) -> None:
    """Leaves of a cell what its `marks` put on a slide, and takes its heading out of the text, into `metadata.heading`."""
    if cell.cell_type == "code":
        cell.source = re.sub(r"\n{3,}", "\n\n", cell.source)
        cell.outputs = [each for each in cell.outputs if not is_progress(each)]
    if marks.get("table") == "hidden":
        cell.outputs = [each for each in cell.outputs if each.output_type != "execute_result"]
    if lines := marks.get("output_lines"):
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = first_lines(output.text, lines)
            else:
                output.data = {"text/plain": first_lines(output.data["text/plain"], lines)}
    if cell.cell_type == "markdown":
        linked = shown_text(cell).replace(".ipynb)", ".html)")
        cell.source = re.sub(r"\[([^]]+)\]\(\.\./[^)]+\)", r"\1", linked)  # no files beside decks
        if heading := re.match(r"(#+) (.+)\s*", cell.source):
            level, words = heading.groups()
            cell.source = cell.source[heading.end() :]
            cell.metadata.heading = {"tag": f"h{len(level)}", "text": words.strip()}


def styles() -> list[str]:
    white = re.sub(r"@import [^;]+;", "", text("reveal/white.css"))  # it would ask for a font
    return [text("reveal/reveal.css"), white, text("deck.css")]


def scripts() -> list[str]:
    return [
        re.sub(r"//# sourceMappingURL=.*", "", text(name))
        for name in ("reveal/reveal.js", "reveal/notes.js", "fit.js")
    ]


def deck(file: Path) -> str:
    """The deck of a notebook, as one page of HTML."""
    notebook = nbformat.read(file, as_version=4)
    title, section = title_of(notebook), None
    for cell in notebook.cells:
        prepare(cell, cell.metadata.get("slideshow", {}))
        if cell.metadata.get("heading") and slide_type(cell) != "skip":
            section = cell.metadata.heading["text"]
        elif slide_type(cell) == "subslide":  # without a heading: it continues the one before it
            cell.metadata.heading = {"tag": "p", "text": section}
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.metadata["alt"] = f"Figure of the section: {section.replace('`', '')}"
    notebook.cells = with_notes_on_every_slide(notebook.cells)
    exporter = SlidesExporter(
        filters={"inline_code": inline_code},
        extra_template_basedirs=[str(THEME.parent)],
        template_name=THEME.name,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    parts = {"title": title, "styles": styles(), "scripts": scripts()}
    html = exporter.from_notebook_node(notebook, resources={"deck": parts})[0]
    return re.sub(
        r"<p>(?=(?:(?!</p>).)*<strong>Predict:)", '<p class="predict">', html, flags=re.DOTALL
    )


def contents(files: list[Path]) -> str:
    """The first page: a link to every deck, and the keys that an instructor needs."""
    entries = []
    for file in files:
        notebook = nbformat.read(file, as_version=4)
        title, slides = title_of(notebook), len(slides_of(notebook))
        entries.append(f'<li><a href="{file.stem}.html">{escape(title)}</a> {slides} slides</li>')
    return text("contents.html").replace("ENTRIES", "\n".join(entries))


def make_slides(target: Path = SLIDES, source: Path = NOTEBOOKS) -> list[Path]:
    """Writes one deck per notebook and index.html into `target`; returns the decks."""
    target.mkdir(parents=True, exist_ok=True)
    files = notebook_files(source)
    decks = [target / f"{file.stem}.html" for file in files]
    for file, page in zip(files, decks, strict=True):
        page.write_text(deck(file), encoding="utf-8")
    (target / "index.html").write_text(contents(files), encoding="utf-8")
    return decks


def main(arguments: list[str]) -> None:
    for page in make_slides():
        print(page.relative_to(PROJECT))
    print(f"open {(SLIDES / 'index.html').relative_to(PROJECT)} in a browser")
