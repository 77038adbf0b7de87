"""The decks, opened from files: every slide fits its page, and nothing is asked of another machine."""

import io

import pytest
from PIL import Image

from helpers.run_course import NOTEBOOKS
from helpers.slides import make_slides

STEMS = sorted(file.stem for file in NOTEBOOKS.glob("[0-9]*.ipynb"))
ACROSS = 4  # slides in a row of a contact sheet

# Shows slide h, v with all its fragments, and says what is wrong with it.
FAULTS = """([h, v]) => {
  Reveal.slide(h, v);
  const page = Reveal.getCurrentSlide().querySelector('.page'), faults = [];
  page.querySelectorAll('.fragment').forEach(part => part.classList.add('visible'));
  const fits = ({left, top, right, bottom}) => left >= -1 && top >= -1 && right <= 1281 && bottom <= 721;
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
  return faults;
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
