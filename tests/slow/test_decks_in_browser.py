"""The decks, opened from files: every slide fits its page, and nothing is asked of another machine."""

import io
import json
import re

import pytest
from PIL import Image

from helpers.commands.slides import make_slides, slides_of
from helpers.commands.support.notebooks import NOTEBOOKS

STEMS = sorted(file.stem for file in NOTEBOOKS.glob("[0-9]*.ipynb"))
ACROSS = 4  # slides in a row of a contact sheet

# Shows slide h, v with all its fragments, and says what is wrong with it.
FAULTS = """([h, v]) => {
  Reveal.slide(h, v);
  const page = Reveal.getCurrentSlide().querySelector('.page'), faults = [];
  page.querySelectorAll('.fragment').forEach(part => part.classList.add('visible'));
  const fits = ({left, top, right, bottom}) => left >= -1 && top >= -1 && right <= 1281 && bottom <= 680;
  const content = [...page.querySelectorAll('*')].filter(element => !element.closest('aside'));
  for (const element of content) {
    const name = element.tagName.toLowerCase() + ' "' + element.innerText?.slice(0, 40) + '"';
    if (!fits(element.getBoundingClientRect())) faults.push('beyond the page: ' + name);
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) faults.push('cut off: ' + name);
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (own && parseFloat(getComputedStyle(element).fontSize) < 18) faults.push('under 18 px: ' + name);
    if (element.tagName === 'IMG') {
      const scale = Math.min(element.clientWidth / element.naturalWidth, element.clientHeight / element.naturalHeight);
      if (scale < 0.75) faults.push('picture shrunk to ' + scale.toFixed(2));
    }
  }
  if (page.scrollHeight > 721) faults.push('higher than the page by ' + (page.scrollHeight - 720) + ' px');
  if (!page.innerText.trim() && !page.querySelector('img')) faults.push('empty');
  return faults.slice(0, 5);
}"""
PLACES = "() => Reveal.getSlides().map(s => { const {h, v} = Reveal.getIndices(s); return [h, v || 0]; })"


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    return {file.stem: file for file in make_slides(tmp_path_factory.mktemp("slides"))}


def contact_sheet(shots: list[bytes]) -> Image.Image:
    """All slides of a deck on one picture, in rows."""
    small = [Image.open(io.BytesIO(shot)).resize((640, 360)) for shot in shots]
    rows = -(-len(small) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * 650, rows * 370), "#777777")
    for number, shot in enumerate(small):
        sheet.paste(shot, (number % ACROSS * 650 + 5, number // ACROSS * 370 + 5))
    return sheet


@pytest.mark.parametrize("stem", STEMS)
def test_every_slide_fits_its_page_and_asks_nothing_of_another_machine(stem, decks, page, pictures):
    page.goto(decks[stem].as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    faults, shots = {}, []
    for place in page.evaluate(PLACES):
        if found := page.evaluate(FAULTS, place):
            faults[f"slide {len(shots) + 1}"] = found
        shots.append(page.screenshot())
    contact_sheet(shots).save(pictures / f"{stem}.png")
    assert faults == {}
    assert (page.foreign, page.complaints) == ([], [])


def test_the_first_page_leads_to_every_deck(decks, page, pictures):
    page.goto((next(iter(decks.values())).parent / "index.html").as_uri())
    page.screenshot(path=pictures / "decks.png")
    for stem in STEMS:
        page.click(f"a[href='{stem}.html']")
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        page.go_back()
    assert (page.foreign, page.complaints) == ([], [])


def test_space_shows_every_slide_and_every_fragment_in_turn(decks, page):
    page.goto(decks["05_dynamic_padding"].as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
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
    page.goto(decks["05_dynamic_padding"].as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    for place in page.evaluate(PLACES):
        page.evaluate("([h, v]) => Reveal.slide(h, v)", place)
        here = page.evaluate("Reveal.getSlideNotes()")
        assert "Instructor, " in here
    opened.value.wait_for_function(
        "text => document.querySelector('.speaker-controls-notes').innerText.includes(text)",
        arg=re.search(r"Instructor, \d+ min", here)[0],
    )


def test_a_deck_prints_a_page_a_slide(decks, page, pictures):
    page.goto(decks["05_dynamic_padding"].as_uri() + "?print-pdf")
    page.wait_for_selector(".pdf-page")
    slides = page.evaluate("document.querySelectorAll('.pdf-page').length")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    (pictures / "05_dynamic_padding.pdf").write_bytes(pdf)
    notebook = json.loads((NOTEBOOKS / "05_dynamic_padding.ipynb").read_text(encoding="utf-8"))
    assert slides == len(slides_of(notebook)) == len(re.findall(rb"/Type /Page\b", pdf))
