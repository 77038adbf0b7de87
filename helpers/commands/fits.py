"""Says which slides do not fit their page, by a look in a real browser: python -m helpers fits [number ...]

Makes the decks of the notebooks with the given numbers, or of all, in build/slides, opens every slide in Chromium, and says
of each what sticks out, is too small for the back row, or leaves the page empty. A contact sheet of every deck goes to runs/browser (or below COURSE_RUNS).
"""

import io
import shutil
from contextlib import contextmanager
from pathlib import Path

from helpers.commands.slides import SLIDES, deck
from helpers.commands.support.notebooks import chosen, read, slides_of
from helpers.errors import CourseError
from helpers.runs import PROJECT, runs_folder

PROJECTOR = {"width": 1280, "height": 720}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ACROSS = 4  # slides in a row of a contact sheet
NEEDS = "make fits needs playwright and pillow: requirements-dev.txt has them, and make test installs them."

READY = "window.Reveal && Reveal.isReady()"
PLACES = "() => Reveal.getSlides().map(s => { const {h, v} = Reveal.getIndices(s); return [h, v || 0]; })"

# Shows slide h, v with all its fragments, and says what is wrong with it. Sizes are pixels of a page of 1280 by 720.
FAULTS = """([h, v]) => {
  Reveal.slide(h, v);
  const page = Reveal.getCurrentSlide().querySelector('.page'), body = page.querySelector('.body'), faults = [];
  page.querySelectorAll('.fragment').forEach(part => part.classList.add('visible'));
  const fits = ({left, top, right, bottom}) => left >= -1 && top >= -1 && right <= 1281 && bottom <= 680;
  const parts = [...body.children].filter(part => !part.matches('aside') && part.offsetHeight);
  const [tops, bottoms] = [parts.map(part => part.offsetTop), parts.map(part => part.offsetTop + part.offsetHeight)];
  const over = Math.max(body.scrollHeight - body.clientHeight, -Math.min(...tops));
  const used = parts.reduce((sum, part) => sum + part.offsetHeight, 0) / body.clientHeight;
  if (!parts.length) faults.push('empty');
  else if (over > 1) faults.push(`higher than the page by ${over} px`);
  else if (used < LEAST_USED) faults.push(`uses ${Math.round(100 * used)} % of the page below its heading`);
  if (Math.max(...bottoms) < 0.6 * body.clientHeight) faults.push('all in the upper part of the page');
  for (const element of page.querySelectorAll(':not(aside, aside *)')) {
    const name = element.tagName.toLowerCase() + ' "' + element.innerText?.slice(0, 40) + '"';
    if (!fits(element.getBoundingClientRect())) faults.push('beyond the page: ' + name);
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) faults.push('cut off: ' + name);
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const least = element.closest('pre, code, .output') ? 20 : 24;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (own && element.getClientRects().length && size < least) faults.push(`${size} px, under ${least}: ` + name);
    if (element.tagName === 'IMG') {
      const scale = Math.min(element.clientWidth / element.naturalWidth, element.clientHeight / element.naturalHeight);
      const height = Math.round(scale * element.naturalHeight);
      if (height < 360) faults.push(`picture ${height} px high, less than half the page`);
    }
  }
  return faults.slice(0, 5);
}""".replace("LEAST_USED", "0.33")


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def launched(executable: str):
    """The browser. Raises CourseError where the package that drives it is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise CourseError(NEEDS) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


def open_deck(page, file: Path) -> list[list[int]]:
    """Opens the deck in `file` on `page`; returns the places of its slides, in order, each as [h, v]."""
    page.goto(file.as_uri())
    page.wait_for_function(READY)
    return page.evaluate(PLACES)


def look_at(page, file: Path, notebook: dict, sheet: Path | None = None) -> dict[str, list[str]]:
    """What is wrong with the slides of the deck in `file`, by "slide N (id of its first cell)"; no key where all is well.

    `notebook` is the one that the deck was made of; `page` has the size PROJECTOR. Writes a contact sheet to `sheet`, if
    one is asked for.
    """
    faults, shots = {}, []
    places = open_deck(page, file)
    for number, (place, cells) in enumerate(zip(places, slides_of(notebook), strict=True), start=1):
        if found := page.evaluate(FAULTS, place):
            faults[f"slide {number} ({cells[0]['id']})"] = [
                " ".join(each.split()) for each in found
            ]
        if sheet:
            shots.append(page.screenshot(type="jpeg", quality=90))
    if sheet:
        contact_sheet(shots).save(sheet)
    return faults


def contact_sheet(shots: list[bytes]):
    """All slides of a deck on one picture (a PIL image), in rows."""
    from PIL import Image

    small = [Image.open(io.BytesIO(shot)).resize((640, 360)) for shot in shots]
    rows = -(-len(small) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * 650, rows * 370), "#777777")
    for number, shot in enumerate(small):
        sheet.paste(shot, (number % ACROSS * 650 + 5, number // ACROSS * 370 + 5))
    return sheet


def main(arguments: list[str]) -> int:
    """Returns 1 where a slide does not fit."""
    notebooks = chosen(arguments)
    executable = find_chromium()
    if not executable:
        raise CourseError("There is no Chromium on the PATH. On Debian: apt-get install chromium.")
    SLIDES.mkdir(parents=True, exist_ok=True)
    any_fault = False
    with launched(executable) as browser:
        page = browser.new_page(viewport=PROJECTOR)
        for notebook in notebooks:
            file = SLIDES / f"{notebook.stem}.html"
            file.write_text(deck(notebook), encoding="utf-8")
            sheet = runs_folder("browser") / f"{notebook.stem}.png"
            content = read(notebook)
            faults = look_at(page, file, content, sheet)
            any_fault = any_fault or bool(faults)
            for slide, found in faults.items():
                print(f"{notebook.stem}, {slide}:", *found, sep="\n  ")
            verdict = f"{len(faults)} do not fit" if faults else "all fit"
            print(f"{notebook.stem}: {len(slides_of(content))} slides, {verdict}; all on {sheet}")
            print(f"  the deck: {file.relative_to(PROJECT)}", flush=True)
    return int(any_fault)
