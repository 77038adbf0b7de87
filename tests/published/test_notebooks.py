"""The form of the notebooks: what nbval does not look at. make check runs these."""

import json
import re
import subprocess
import sys
from itertools import pairwise

import pytest

from helpers.commands.support.facts import facts_of, without_a_cell
from helpers.commands.support.notebooks import (
    KEY_CELLS,
    NOTEBOOKS,
    code_cells,
    number_of,
    read,
    serialized,
)
from helpers.commands.support.recording import SAMPLE_OUTPUTS, published_form
from helpers.runs import PROJECT

README = PROJECT / "README.md"
FILES = sorted(NOTEBOOKS.glob("*.ipynb"))
TAGS = {"nbval-ignore-output", "raises-exception", "exercise", "check"}
MACHINE_PATH = re.compile(r"/(?:root|home|work|tmp|Users|usr|opt)/|[A-Z]:\\\\?Users|site-packages")


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def file(request):
    return request.param


@pytest.fixture
def notebook(file):
    return read(file)


def markdown(notebook):
    return "\n\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )


def outputs_text(outputs):
    return json.dumps([output for output in outputs if "image/png" not in output.get("data", {})])


def test_there_are_notebooks_numbered_from_01_without_a_gap():
    assert [file.name[:3] for file in FILES] == [
        f"{number:02}_" for number in range(1, len(FILES) + 1)
    ]


def test_is_in_its_published_form(file):
    """Metadata, order of keys, execution counts, outputs, ids of cells: what `make tidy` writes."""
    notebook = read(file)
    published_form(notebook, number_of(file))
    assert file.read_bytes() == serialized(notebook), f"{file.name}: make tidy puts it right"


def test_stores_no_error_but_where_tagged(notebook):
    for cell in code_cells(notebook):
        if "raises-exception" not in cell["metadata"].get("tags", []):
            assert not [output for output in cell["outputs"] if output["output_type"] == "error"], (
                cell["id"]
            )


def test_outputs_hold_no_path_of_one_machine(notebook):
    for cell in code_cells(notebook):
        assert not MACHINE_PATH.search(outputs_text(cell["outputs"])), cell["id"]


def test_has_only_known_tags_and_no_id_twice(notebook):
    for cell in notebook["cells"]:
        assert set(cell["metadata"].get("tags", [])) <= TAGS, cell["id"]
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))


def test_is_under_300_kib(file):
    assert file.stat().st_size < 300 * 1024


def test_begins_with_its_title_and_says_time_and_prerequisite(file, notebook):
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    before_code = markdown({"cells": notebook["cells"][: kinds.index("code")]})
    assert before_code.startswith(f"# {int(file.name[:2])}. ")
    assert "**Time:**" in before_code and "**Before this:**" in before_code


# Every page that people read as Markdown.
PAGES = [
    *sorted(PROJECT.glob("*.md")),
    *sorted(NOTEBOOKS.glob("*.md")),
    *sorted((PROJECT / "helpers").rglob("README.md")),
]


@pytest.fixture(
    params=[*PAGES, *FILES], ids=lambda file: f"{file.relative_to(PROJECT).parent}-{file.stem}"
)
def prose(request):
    """The Markdown of a page or of a notebook, without its blocks of code."""
    text = request.param.read_text(encoding="utf-8")
    if request.param.suffix == ".ipynb":
        text = markdown(json.loads(text))
    return re.sub(r"^(```+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def test_headings_are_in_order(prose):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose, flags=re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def pictures_without_text(markdown):
    """The Markdown and HTML pictures whose alternative text says less than three words."""
    pictures = [(found[0], found[1]) for found in re.finditer(r"!\[(.*?)\](?:\(|\[)", markdown)]
    for found in re.finditer(r"<img\b[^>]*>", markdown):
        text = re.search(r"""\balt=(["'])(.*?)\1""", found[0])
        pictures.append((found[0], text[2] if text else ""))
    return [picture for picture, text in pictures if len(text.split()) < 3]


def test_a_picture_without_alternative_text_is_found():
    assert pictures_without_text("![](a.png)\n![plot](b.png) <img src='c.png'>") == [
        "![](",
        "![plot](",
        "<img src='c.png'>",
    ]
    assert not pictures_without_text('![Loss by step](a.png) <img alt="Loss by step" src="b.png">')


def test_every_picture_has_alternative_text(prose):
    assert not pictures_without_text(prose)


def headless_columns(markdown):
    """The header rows of tables in which a column has no text; the first may have none, above names of rows."""
    found = re.findall(r"^(\|.*\|)[ ]*\n\|[ :|-]+\|[ ]*$", markdown, flags=re.MULTILINE)
    return [row for row in found if not all(cell.strip() for cell in row[1:-1].split("|")[1:])]


def test_a_table_without_headers_is_found():
    assert headless_columns("| | |\n|---|---|\n| a | b |") == ["| | |"]
    assert headless_columns("| a | |\n|:-:|---|\n| a | b |") == ["| a | |"]
    assert not headless_columns("| | a |\n|---|---|\n| b | c |")


def test_every_table_has_headers(prose):
    assert not headless_columns(prose)
    rows = re.findall(r"^\|[ :|-]+\|[ ]*$", prose, flags=re.MULTILINE)
    tables = re.findall(r"(?:^\|.*\n?)+", prose, flags=re.MULTILINE)
    assert len(rows) == len(tables), "a table has no line under its header, or a blank line in it"
    assert "<table" not in prose, "tables are Markdown, where their headers are checked"


def test_every_code_cell_has_at_most_20_lines(notebook):
    for cell in code_cells(notebook):
        assert len([line for line in "".join(cell["source"]).splitlines() if line.strip()]) <= 20, (
            cell["id"]
        )


def test_asks_for_a_prediction_at_least_twice(notebook):
    assert markdown(notebook).count("**Predict:**") >= 2


def test_ends_with_recap_quiz_and_next(file, notebook):
    ids = [cell["id"].removeprefix(file.name[:2]) for cell in notebook["cells"]]
    last = [cell for cell in ids[ids.index("-recap") :] if cell != "-recap-notes"]
    assert last in (
        ["-recap", "-quiz", "-next"],
        ["-recap", "-since-2021", "-quiz", "-next"],
    )


QUESTION = re.compile(
    r"^\*\*(\d+)\. .+\?\*\*\n\n((?:- [a-d]\) .+\n)+)\n"
    r"<details><summary>Answer</summary>\n\n((?:.*\n)+?)\n</details>$",
    re.MULTILINE,
)


def test_has_a_quiz_whose_answers_explain_every_choice(notebook):
    (text,) = ["".join(cell["source"]) for cell in notebook["cells"] if cell["id"][2:] == "-quiz"]
    questions = QUESTION.findall(text)
    assert [int(number) for number, _, _ in questions] == list(range(1, len(questions) + 1))
    assert 4 <= len(questions) <= 6 and len(questions) == text.count("<details>")
    for number, choices, answer in questions:
        letters = re.findall(r"^- ([a-d])\)", choices, flags=re.MULTILINE)
        assert len(letters) >= 3 and letters == sorted(set(letters)), number
        assert re.match(r"\*\*[a-d]\*\* is right\. \S", answer), number
        explained = re.findall(
            r"^(?:- )?\*\*([a-d])\*\*(?: is right\.|:) \S", answer, flags=re.MULTILINE
        )
        assert sorted(explained) == letters, number


def test_links_lead_to_files_that_exist(file, notebook):
    for target in re.findall(r"\]\(([^)#]+)\)", markdown(notebook)):
        assert target.startswith("https://") or (file.parent / target).exists(), target


def anchors(markdown):
    """What GitHub calls the headings of a page in links to them."""
    headings = re.findall(r"^#+ (.+)", markdown, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def broken(page):
    """The links of a page in Markdown that lead to no file of the project, or to no heading of another page."""
    found = []
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, place = link.partition("#")
        target = page.parent / path if path else page
        if link.startswith("https://"):
            continue
        if not target.exists() or (place and place not in anchors(target.read_text("utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_of_a_page_lead_to_files_and_headings_that_exist(page):
    assert not broken(page), f"{page.relative_to(PROJECT)}: {', '.join(broken(page))}"


def test_a_link_to_no_file_or_no_heading_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One, … two\n[a](page.md#one--two) [b](#two) [c](none.md)", encoding="utf-8")
    assert broken(page) == ["#two", "none.md"]


def test_outputs_recorded_on_the_sample_belong_to_cells_that_exist_and_differ():
    cells = {cell["id"]: cell for file in FILES for cell in code_cells(read(file))}
    recorded = read(SAMPLE_OUTPUTS)
    for cell, outputs in recorded.items():
        assert "nbval-ignore-output" not in cells[cell]["metadata"].get("tags", []), cell
        assert outputs != cells[cell]["outputs"], cell
        assert not MACHINE_PATH.search(outputs_text(outputs)), cell


IN_NOTEBOOKS = [cell for file in FILES for cell in code_cells(read(file))]


def test_facts_belong_to_cells_that_exist_and_that_no_learner_fills_in():
    learners = {"exercise", "check"}
    cells = {
        cell["id"] for cell in IN_NOTEBOOKS if not learners & set(cell["metadata"].get("tags", []))
    }
    assert not without_a_cell(facts_of(), cells)


def test_every_ignored_output_has_facts():
    facts = facts_of()
    for cell in IN_NOTEBOOKS:
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            assert "assert" in facts.get(cell["id"], ""), cell["id"]


def test_no_cell_prints_whether_a_claim_holds():
    for cell in IN_NOTEBOOKS:
        assert not re.search(r"\b(True|False)\b", outputs_text(cell["outputs"])), cell["id"]


def test_the_readme_lists_every_notebook_and_is_short():
    readme = README.read_text(encoding="utf-8")
    assert all(f"(notebooks/{file.name})" in readme for file in FILES)
    assert len(readme.splitlines()) <= 120


def test_the_key_cells_of_make_run_exist():
    assert set(KEY_CELLS) <= {cell["id"] for cell in IN_NOTEBOOKS}


@pytest.mark.parametrize("command", (["check"], ["format", "--check"]), ids=" ".join)
def test_ruff_finds_nothing(command):
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=PROJECT, capture_output=True, text=True
    )
    assert ruff.returncode == 0, ruff.stdout + ruff.stderr
