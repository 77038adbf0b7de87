"""axe-core looks at the decks and the README; tests/slow/test_site_in_browser.py lets it look at the reading edition."""

import pytest
from nbconvert.filters import markdown2html

from helpers.commands.slides import make_slides
from helpers.commands.support.notebooks import notebook_files
from helpers.runs import PROJECT
from tests.support.accessibility import serious


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    return make_slides(tmp_path_factory.mktemp("slides"))[0].parent


@pytest.mark.parametrize("stem", ["index", *[file.stem for file in notebook_files()]])
def test_the_decks_keep_nobody_out(stem, decks, page):
    """All slides at once, as they are laid out for printing."""
    page.set_default_timeout(120_000)
    page.goto((decks / f"{stem}.html").as_uri() + "?print-pdf")
    if stem != "index":
        page.wait_for_selector(".pdf-page")
    assert serious(page) == []


def test_the_readme_keeps_nobody_out(page, tmp_path):
    body = markdown2html((PROJECT / "README.md").read_text(encoding="utf-8"))
    head = f'<html lang="en"><head><title>README</title><base href="{PROJECT.as_uri()}/"></head>'
    file = tmp_path / "readme.html"
    file.write_text(f"<!DOCTYPE html>{head}<body><main>{body}</main></body></html>", "utf-8")
    page.goto(file.as_uri())
    assert page.locator("h2").count() >= 6 and page.locator("table").count() == 1
    assert page.evaluate("[...document.images].every(image => image.naturalWidth)")
    assert serious(page) == []
    assert (page.foreign, page.complaints) == ([], [])


def test_what_keeps_people_out_is_found(page):
    page.set_content('<html lang="en"><title>A page</title><img src="data:," width=9 height=9>')
    assert [each.split(":")[0] for each in serious(page)] == ["image-alt"]
