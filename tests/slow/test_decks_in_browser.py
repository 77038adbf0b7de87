"""The decks, opened from files: every slide fills its page and can be read from the back, without another machine."""

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
def test_every_slide_fills_its_page_and_asks_nothing_of_another_machine(
    stem, decks, page, pictures
):
    faults = look_at(page, decks[stem], read(NOTEBOOKS[stem]), pictures / f"{stem}.png")
    assert faults == {}
    assert (page.foreign, page.complaints) == ([], [])


# what to do to the slide with a cell of deck 2, and what must then be said of it
DAMAGES = {
    "02-what": (".body { top: 700px }", 'beyond the page: p "A paraphrase says'),
    "02-load-ask": (".page { --code: 15px !important }", "15 px, under 20: "),
    "02-load-splits": (".page { --text: 20px !important }", "20 px, under 24: li"),
    "02-row-ask": ("pre { white-space: pre !important }", "cut off: div"),
    "02-row-read": (".page { --text: 60px !important }", "higher than the page by"),
    "02-arrow-ask": (".page { --text: 24px !important }", "uses 16 % of the page"),
    "02-big-all-ask": (
        ".body { justify-content: start; font-size: 24px }",
        "all in the upper part",
    ),
    "02-big-lists-ask": ("img { height: 200px !important }", "picture 200 px high"),
}


def test_a_slide_that_does_not_fit_is_named_with_the_reason(decks, page, tmp_path):
    styles = "".join(
        f"section section:has([id='cell-id={cell}']) {style}\n"
        for cell, (style, _) in DAMAGES.items()
    )
    html = decks["02_loading_mrpc"].read_text(encoding="utf-8")
    html = html.replace("</head>", f"<style>{styles}</style></head>", 1)
    (tmp_path / "deck.html").write_text(html, encoding="utf-8")
    faults = look_at(page, tmp_path / "deck.html", read(NOTEBOOKS["02_loading_mrpc"]))
    found = {re.search(r"\((.*)\)", slide)[1]: "\n".join(each) for slide, each in faults.items()}
    assert list(found) == list(DAMAGES)
    assert [cell for cell, (_, fault) in DAMAGES.items() if fault not in found[cell]] == [], found


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
