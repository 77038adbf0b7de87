"""An author's edit in a real JupyterLab: after make tidy, the notebook differs by what was edited, and by nothing else."""

import re
import shutil

import pytest

from helpers.commands.support.notebooks import notebook_files, read, source
from helpers.commands.tidy import tidy
from tests.slow.test_jupyterlab_in_browser import open_notebook, saved_cells, server

STEM = "02_loading_mrpc"


@pytest.fixture
def notebooks(tmp_path):
    """A copy of the published notebooks."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for file in notebook_files():
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def editor(notebooks, tmp_path):
    """JupyterLab as `make edit` starts it, on the copy; gives the function that makes a notebook's address."""
    code = (
        "from pathlib import Path; from helpers.commands.edit import edit; "
        f"sys.exit(edit(options, Path({str(notebooks)!r}), Path({str(tmp_path / 'own')!r})))"
    )
    with server(code, tmp_path) as address:
        yield address


def test_an_edited_sentence_and_a_new_cell_are_all_that_changes(editor, notebooks, page, pictures):
    before = {file.name: file.read_bytes() for file in notebook_files(notebooks)}
    file = notebooks / f"{STEM}.ipynb"
    published = read(file)["cells"]
    place = [cell["id"] for cell in published].index("02-load-read")

    open_notebook(page, editor(STEM))
    words = max(re.findall(r"[A-Za-z ,]+", source(published[place])), key=len).strip()
    sentence = page.locator(f'.jp-MarkdownCell:has-text("{words}")').first
    sentence.scroll_into_view_if_needed()
    sentence.locator(".jp-RenderedMarkdown").dblclick()
    sentence.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" It has keys.")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("b")  # a new cell below
    page.keyboard.press("Enter")
    page.keyboard.type("len(raw_datasets )")
    page.screenshot(path=pictures / "edit.png")
    saved_cells(page, file)
    assert file.read_bytes() != before[file.name]

    assert tidy(notebooks) == [file.name]
    cells = read(file)["cells"]
    edited, new = cells[place : place + 2]
    assert source(edited) == source(published[place]) + " It has keys."
    assert {**edited, "source": published[place]["source"]} == published[place]
    assert (new["id"], source(new)) == ("02-after-load-read-1", "len(raw_datasets)")
    others = cells[:place] + cells[place + 2 :]
    for cell, as_published in zip(others, published[:place] + published[place + 1 :], strict=True):
        assert without_counts(cell) == without_counts(as_published)
    assert all(
        each.read_bytes() == before[each.name] for each in notebook_files(notebooks) if each != file
    )
    assert page.foreign == []


def without_counts(cell):
    """A cell without its execution count: those behind a new code cell count one more."""
    outputs = [{**output, "execution_count": None} for output in cell.get("outputs", [])]
    return {**cell, "execution_count": None, "outputs": outputs}
