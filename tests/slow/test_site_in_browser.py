"""The reading edition, opened from files on a phone and on a laptop: it fits, it is whole, it asks nothing of another machine."""

import pytest

from helpers.commands.site import APPENDIX, make_site
from helpers.commands.support.notebooks import notebook_files
from tests.support.accessibility import serious

WIDTHS = {"phone": {"width": 390, "height": 844}, "laptop": {"width": 1280, "height": 800}}
PAGES = ["index", *[file.stem for file in notebook_files()], "glossary", *APPENDIX]

# What sticks out of the page: elements beyond its right edge that no box around them lets the reader scroll to.
STICKING_OUT = """() => {
  const scrolls = element => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
  const reached = element => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (scrolls(box) && box.getBoundingClientRect().right <= innerWidth) return true;
    return false;
  };
  return [...document.querySelectorAll('.bd-article-container *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !reached(element))
    .filter(element => !element.closest('math'))
    .map(element => element.tagName.toLowerCase() + ' "' + element.innerText?.slice(0, 40) + '"').slice(0, 5);
}"""
WHOLE = "() => [...document.images].every(image => image.complete && image.naturalWidth && image.alt.length > 10)"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return make_site(tmp_path_factory.mktemp("site")).parent


@pytest.fixture(autouse=True)
def time_enough(page):
    """The chapters are long, and a busy machine draws them slowly; colors do not fade while axe-core looks at them."""
    page.set_default_timeout(120_000)
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stem", PAGES)
def test_every_page_fits_is_accessible_and_asks_nothing_of_another_machine(
    stem, width, site, page, pictures
):
    page.set_viewport_size(WIDTHS[width])
    page.goto((site / f"{stem}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]["width"]
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(WHOLE)
    assert serious(page) == []
    page.screenshot(path=pictures / f"site_{stem}_{width}.png", full_page=True)
    assert (page.foreign, page.complaints) == ([], [])


def test_the_dark_pages_are_accessible_too(site, page, pictures):
    page.emulate_media(color_scheme="dark")
    for stem in ("index", "05_dynamic_padding", "06_fine_tuning"):
        page.goto((site / f"{stem}.html").as_uri())
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, background[4:-1].split(", "))) < 64, background
        assert serious(page) == []
        page.screenshot(path=pictures / f"site_{stem}_dark.png")
    assert page.complaints == []


def test_the_pages_turn_dark_and_light_again_and_remember_it(site, page):
    page.goto((site / "index.html").as_uri())
    for theme in ("dark", "light"):
        page.click("button.theme-switch-button:visible")
        page.click(f".dropdown-menu.show [data-mode='{theme}']")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == theme


@pytest.mark.parametrize("width", WIDTHS)
def test_the_search_finds_the_chapter_from_files_alone(width, site, page):
    page.set_viewport_size(WIDTHS[width])
    page.goto((site / "index.html").as_uri())
    page.click("button.search-button:visible, button.search-button-field:visible")
    page.keyboard.type("collator")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    found = page.eval_on_selector_all("#search-results li a", "links => links.map(a => a.href)")
    assert any("05_dynamic_padding.html" in link for link in found), found
    page.click("#search-results li a[href*='05_dynamic_padding.html']")
    assert page.title().startswith("5. Dynamic padding")
    assert serious(page) == []
    assert (page.foreign, page.complaints) == ([], [])


def test_hints_solutions_and_answers_are_folded_and_open_with_a_click(site, page):
    page.goto((site / "05_dynamic_padding.html").as_uri())
    folded = page.locator("details")
    assert folded.count() > 10
    assert not page.locator("details[open]").count()
    solution = page.locator("details", has_text="Solution").first
    assert not solution.locator("pre").is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").is_visible()


def test_a_reader_goes_from_chapter_to_chapter_and_from_the_glossary_to_where_a_term_is_explained(
    site, page
):
    page.goto((site / "index.html").as_uri())
    for stem in PAGES[1:]:
        page.click("a.right-next")
        assert page.url.endswith(f"/{stem}.html")
    page.click("a.left-prev")
    assert page.url.endswith(f"/{PAGES[-2]}.html")
    page.goto((site / "glossary.html").as_uri())
    page.click("a[href='05_dynamic_padding.html#term-collator']")
    assert page.locator("dfn:target").inner_text() == "collator"
