"""The decks, opened from files: every slide fits its page, and nothing is asked of another machine."""

import re

import pytest

from helpers.commands.fits import READY, look_at, open_deck
from helpers.commands.slides import make_slides
from helpers.commands.support.notebooks import notebook_files, read, slides_of

NOTEBOOKS = {file.stem: file for file in notebook_files()}


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    return {file.stem: file for file in make_slides(tmp_path_factory.mktemp("slides"))}


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_every_slide_fits_its_page_and_asks_nothing_of_another_machine(stem, decks, page, pictures):
    faults = look_at(page, decks[stem], read(NOTEBOOKS[stem]), pictures / f"{stem}.png")
    assert faults == {}
    assert (page.foreign, page.complaints) == ([], [])


def test_a_slide_that_does_not_fit_is_named_with_what_sticks_out(decks, page, tmp_path):
    html = decks["02_loading_mrpc"].read_text(encoding="utf-8")
    (tmp_path / "deck.html").write_text(
        html.replace(
            "<h2>What MRPC is", "<h2 style='position: relative; top: 700px'>What MRPC is", 1
        ),
        encoding="utf-8",
    )
    notebook = read(NOTEBOOKS["02_loading_mrpc"])
    faults = look_at(page, tmp_path / "deck.html", notebook, tmp_path / "sheet.png")
    assert list(faults) == ["slide 3 (02-what)"]
    assert 'beyond the page: h2 "What MRPC is"' in faults["slide 3 (02-what)"]


def test_the_first_page_leads_to_every_deck(decks, page, pictures):
    page.goto((next(iter(decks.values())).parent / "index.html").as_uri())
    page.screenshot(path=pictures / "decks.png")
    for stem in NOTEBOOKS:
        page.click(f"a[href='{stem}.html']")
        page.wait_for_function(READY)
        page.go_back()
    assert (page.foreign, page.complaints) == ([], [])


def test_space_shows_every_slide_and_every_fragment_in_turn(decks, page):
    open_deck(page, decks["05_dynamic_padding"])
    steps = page.evaluate(
        "Reveal.getSlides().length + document.querySelectorAll('.fragment').length"
    )
    for _ in range(steps - 1):
        assert not page.evaluate(
            "Reveal.isLastSlide() && !document.querySelector('.present .fragment:not(.visible)')"
        )
        page.keyboard.press("Space")
    assert page.evaluate("Reveal.isLastSlide()")


def test_the_speakers_view_shows_the_notes(decks, page):
    places = open_deck(page, decks["05_dynamic_padding"])
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    for place in places:
        page.evaluate("([h, v]) => Reveal.slide(h, v)", place)
        here = page.evaluate("Reveal.getSlideNotes()")
        assert "Instructor, " in here
    opened.value.wait_for_function(
        "text => document.querySelector('.speaker-controls-notes').innerText.includes(text)",
        arg=re.search(r"Instructor, \d+ min", here)[0],
    )


def test_a_deck_prints_one_page_per_slide(decks, page, pictures):
    page.goto(decks["05_dynamic_padding"].as_uri() + "?print-pdf")
    page.wait_for_selector(".pdf-page")
    slides = page.evaluate("document.querySelectorAll('.pdf-page').length")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    (pictures / "05_dynamic_padding.pdf").write_bytes(pdf)
    notebook = read(NOTEBOOKS["05_dynamic_padding"])
    assert slides == len(slides_of(notebook)) == len(re.findall(rb"/Type /Page\b", pdf))
