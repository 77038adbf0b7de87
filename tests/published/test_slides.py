"""The marks that make slides of the notebooks; make check runs these. tests/slow looks at the decks in a browser."""

import re

import pytest

from helpers.commands.support.notebooks import (
    BEGINS,
    NOTEBOOKS,
    PREDICT,
    notebook_files,
    number_of,
    read,
    shown_text,
    slide_type,
    slides_of,
    source,
)

FILES = notebook_files()
MOST_WORDS, MOST_WORDS_WITH_TABLE, MOST_LINES = 80, 95, 13
MOST_WORDS_OF_TITLE = 90  # what you will learn stands below it
FEWEST_SLIDES, MOST_SLIDES = 12, 22
# Notebook 10 takes a file through ten stations, and then has four more tasks: another file, pairs, scores, languages.
LONGER = {"10": 30}
NOTE = re.compile(r"> \*\*Instructor, (\d+) min\.\*\* \S")


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def notebook(request):
    return read(request.param)


def shown_code(cell) -> int:
    """The lines of code that a cell puts on a slide."""
    hidden = cell["metadata"].get("slideshow", {}).get("input") == "hidden"
    code = cell["cell_type"] == "code" and not hidden
    return len([line for line in source(cell).splitlines() if line.strip()]) if code else 0


def shown_words(cell) -> int:
    """The words of text that a cell puts on a slide, without the marks of Markdown."""
    if cell["cell_type"] != "markdown" or slide_type(cell) == "notes":
        return 0
    plain = re.sub(r"\]\([^)]*\)|[#*`>|_-]+", " ", shown_text(cell))
    return len([word for word in plain.split() if re.search(r"\w", word)])


def test_marks_are_those_that_both_decks_know(notebook):
    kinds = {"slide", "subslide", "fragment", "skip", "notes", "-"}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("slideshow", {})
        assert slide_type(cell) in kinds, cell["id"]
        assert marks.get("slide_type") != "-", (
            f"{cell['id']}: the live deck hides cells with this mark"
        )
        hidden = {"input", "table", "prose"} & set(marks)
        assert set(marks) <= {"slide_type", "output_lines"} | hidden, cell["id"]
        assert all(marks[name] == "hidden" for name in hidden), cell["id"]
        if "output_lines" in marks:
            texts = [{"text/plain"} >= set(output.get("data", {})) for output in cell["outputs"]]
            assert all(texts), f"{cell['id']}: only text can be cut to some lines"
        if marks.get("prose"):
            assert shown_text(cell) not in ("", source(cell)), (
                f"{cell['id']}: hides nothing, or all"
            )


def test_a_slide_holds_one_idea(notebook):
    for cells in slides_of(notebook):
        name = cells[0]["id"]
        table = any("\n|--" in source(cell) for cell in cells if shown_words(cell))
        most_words = MOST_WORDS_WITH_TABLE if table else MOST_WORDS
        if cells[0] is notebook["cells"][0]:
            most_words = MOST_WORDS_OF_TITLE
        assert sum(map(shown_words, cells)) <= most_words, name
        assert sum(map(shown_code, cells)) <= MOST_LINES, name
        headings = sum(
            len(re.findall(r"^#+ ", source(c), re.MULTILINE))
            for c in cells
            if c["cell_type"] == "markdown"
        )
        assert headings <= 1, name


def test_a_deck_has_slides_for_one_lesson(notebook):
    number = notebook["cells"][0]["id"][:2]
    assert FEWEST_SLIDES <= len(slides_of(notebook)) <= LONGER.get(number, MOST_SLIDES)


def test_the_answer_to_a_prediction_comes_up_later_than_the_question(notebook):
    for cells in slides_of(notebook):
        asked = False
        for cell in cells:
            kind, marks = slide_type(cell), cell["metadata"].get("slideshow", {})
            if kind == "fragment" or kind in BEGINS:
                asked = False
            asked = asked or (cell["cell_type"] == "markdown" and PREDICT in source(cell))
            if asked and kind != "notes":
                question = cell["cell_type"] == "markdown" and PREDICT in source(cell)
                waits = cell["cell_type"] == "code" and marks.get("input") != "hidden"
                assert question or waits, f"{cell['id']} is shown together with the question"


def test_the_title_comes_first_what_is_next_last_and_exercises_and_quiz_do_not_come(notebook):
    assert slide_type(notebook["cells"][0]) == "slide"
    # The last cell is the active one after Run All Cells: marked skip, it would start the live deck with an empty page.
    assert slide_type(notebook["cells"][-1]) == "fragment"
    for cell in notebook["cells"]:
        if re.search(r"-(exercise-\d.*|your-turn|quiz)$", cell["id"]):
            assert slide_type(cell) == "skip", cell["id"]


def test_every_section_has_notes_with_a_time_for_the_instructor(notebook):
    section = []
    for cell in [*notebook["cells"], {"metadata": {"slideshow": {"slide_type": "slide"}}}]:
        if slide_type(cell) == "slide" and section:
            assert "notes" in map(slide_type, section), section[0]["id"]
            section = []
        section.append(cell)
    for cell in notebook["cells"]:
        if slide_type(cell) == "notes":
            assert NOTE.match(source(cell)) and cell["id"].endswith("-notes"), cell["id"]
        elif cell["cell_type"] == "markdown":
            assert "Instructor," not in source(cell), cell["id"]


def test_the_teaching_guide_adds_up_the_minutes_of_the_notes():
    guide = (NOTEBOOKS / "README.md").read_text(encoding="utf-8").splitlines()
    rows = {"notebook": [], "its sections": [], "recap and exercises": []}
    for file in FILES:
        notes = [cell for cell in read(file)["cells"] if slide_type(cell) == "notes"]
        *sections, recap = (int(NOTE.match(source(cell))[1]) for cell in notes)
        for row, value in zip(rows, (int(number_of(file)), sum(sections), recap), strict=True):
            rows[row].append(str(value))
    for row, values in rows.items():
        assert f"| {' | '.join([row, *values])} |" in guide
