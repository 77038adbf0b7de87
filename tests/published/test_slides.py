"""The marks that make slides of the notebooks, and the decks made of them; tests/browser looks at the decks."""

import json
import re

import pytest

from helpers.commands.lab import without_outputs
from helpers.commands.slides import make_slides, slide_type, slides_of
from helpers.commands.support.notebooks import NOTEBOOKS

FILES = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
MOST_WORDS, MOST_WORDS_WITH_TABLE, MOST_LINES = 60, 85, 12
NOTE = re.compile(r"> \*\*Instructor, \d+ min\.\*\* \S")


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def source(cell) -> str:
    return "".join(cell["source"])


def shown_code(cell) -> int:
    """The lines of code that a cell puts on a slide."""
    hidden = cell["metadata"].get("slideshow", {}).get("input") == "hidden"
    code = cell["cell_type"] == "code" and not hidden
    return len([line for line in source(cell).splitlines() if line.strip()]) if code else 0


def shown_words(cell) -> int:
    """The words of text that a cell puts on a slide, without the marks of Markdown."""
    if cell["cell_type"] != "markdown" or slide_type(cell) == "notes":
        return 0
    plain = re.sub(r"\]\([^)]*\)|[#*`>|_-]+", " ", source(cell))
    return len([word for word in plain.split() if re.search(r"\w", word)])


def test_marks_are_those_that_both_decks_know(notebook):
    kinds = {"slide", "subslide", "fragment", "skip", "notes", "-"}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("slideshow", {})
        assert slide_type(cell) in kinds, cell["id"]
        assert marks.get("slide_type") != "-", (
            f"{cell['id']}: the live deck hides cells with this mark"
        )
        assert set(marks) <= {"slide_type", "input", "output_lines"}, cell["id"]
        assert marks.get("input", "hidden") == "hidden", cell["id"]


def test_a_slide_holds_one_idea(notebook):
    for cells in slides_of(notebook):
        name = cells[0]["id"]
        table = any("\n|--" in source(cell) for cell in cells if shown_words(cell))
        most_words = MOST_WORDS_WITH_TABLE if table else MOST_WORDS
        assert sum(map(shown_words, cells)) <= most_words, name
        assert sum(map(shown_code, cells)) <= MOST_LINES, name
        headings = sum(
            len(re.findall(r"^#+ ", source(c), re.MULTILINE))
            for c in cells
            if c["cell_type"] == "markdown"
        )
        assert headings <= 1, name


def test_the_title_comes_first_what_is_next_last_and_exercises_and_quiz_do_not_come(notebook):
    assert slide_type(notebook["cells"][0]) == "slide"
    # The last cell is the active one after Run All Cells: marked skip, it would start the live deck with an empty page.
    assert slide_type(notebook["cells"][-1]) == "subslide"
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


def test_a_learners_copy_is_without_the_instructors_notes():
    for file in FILES:
        assert "**Instructor, " in file.read_text(encoding="utf-8")
        assert "**Instructor, " not in without_outputs(file)


def test_a_deck_is_one_file_without_addresses_to_fetch_from(tmp_path):
    decks = make_slides(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*decks, tmp_path / "index.html"])
    for page in decks:
        html = page.read_text(encoding="utf-8")
        elements = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
        assert not re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["'](?!data:)""", elements)
        assert not re.findall(r"@import|url\((?!['\"]?(?:data:|#))[^)]*\)", elements)
        assert "MathJax" not in html and "require.js" not in html and "jupyter-widgets" not in html
        assert all(
            "Figure of the section: " in image for image in re.findall("<img[^>]*>", elements)
        )
        links = re.findall(r'<a[^>]*href="([^"#]+)"', elements)
        assert all(re.match("https://", link) or (tmp_path / link).exists() for link in links)
        assert f'href="{page.name}"' in (tmp_path / "index.html").read_text(encoding="utf-8")
