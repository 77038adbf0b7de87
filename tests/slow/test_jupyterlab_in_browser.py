"""JupyterLab as learners and instructors see it: a start page, notebooks that run, slides that can be edited."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from helpers.commands import lab
from helpers.commands.present import for_the_room
from helpers.commands.support.notebooks import NOTEBOOKS, slide_type
from helpers.runs import PROJECT
from helpers.sources import SAMPLE

STEMS = sorted(file.stem for file in NOTEBOOKS.glob("[0-9]*.ipynb"))
QUICK, LONG = STEMS[:5], STEMS[5:]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*\?token=\w+")


@contextmanager
def server(code: str, folder):
    """A JupyterLab that `code` starts with `options`; gives the function that makes a notebook's address.

    Without a notebook it is the address that JupyterLab printed, on which it opens.
    """
    environment = os.environ | {
        "GLUE_DIR": str(SAMPLE),
        "HF_HUB_OFFLINE": "1",
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    code = f"import sys; options = ['--no-browser', '--ServerApp.port=0']; {code}"
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 60
        while not (found := ADDRESS.search(log.read_text(encoding="utf-8", errors="replace"))):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        base, token = found[0].split("/lab")[0].split("/tree")[0], found[0].split("token=")[1]

        def address(stem=None):
            notebook = f"{base.rstrip('/')}/lab/workspaces/{stem}/tree/{stem}.ipynb?token={token}"
            return notebook if stem else found[0]

        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def learners_lab(tmp_path_factory):
    """JupyterLab as `make lab` starts it, on copies; those of 06 to 08 with their recorded outputs."""
    folder = tmp_path_factory.mktemp("lab")
    lab.copy_notebooks(target=folder / "work", text=for_the_room)
    work = str(folder / "work")
    code = f"from pathlib import Path; from helpers.commands.lab import open_lab; sys.exit(open_lab(options, Path({work!r})))"
    with server(code, folder) as address:
        yield address, folder / "work"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """JupyterLab as `make present` starts it."""
    folder = tmp_path_factory.mktemp("room")
    code = (
        "from pathlib import Path; from helpers.commands.present import present; "
        f"sys.exit(present(options, Path({str(folder / 'work')!r}), Path({str(folder / 'own')!r})))"
    )
    with server(code, folder) as address:
        yield address


def open_notebook(page, address):
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector(".jp-StatusBar-TextItem:has-text('| Idle')", timeout=60_000)


def choose(page, menu, entry):
    page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
    page.click(f".lm-Menu-itemLabel:text-is('{entry}')")


def wait_until_run(page, seconds=90):
    """Until cells that wait have been seen, and then every code cell has its number."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')]
        .some(prompt => prompt.textContent.includes('*'))"""
    )
    page.wait_for_function(
        r"""() => [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')]
        .every(prompt => /\[\d+\]/.test(prompt.textContent))""",
        timeout=seconds * 1000,
    )


def restart_and_run_all(page):
    choose(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.click(".jp-Dialog button.jp-mod-accept")
    wait_until_run(page)


def saved_cells(page, file):
    """The code cells of the notebook on the page, as JupyterLab saves them."""
    unsaved = file.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    end = time.monotonic() + 20
    while file.stat().st_mtime_ns == unsaved or not file.read_text("utf-8").endswith("}\n"):
        assert time.monotonic() < end, "not saved"
        page.wait_for_timeout(100)  # requests are answered meanwhile
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


# the names in the list of files that are cut off
CUT_OFF = """[...document.querySelectorAll('.jp-DirListing-itemText')]
.filter(name => name.scrollWidth > name.clientWidth).map(name => name.innerText)"""


def test_it_opens_on_a_rendered_start_page_whose_links_open_notebooks(learners_lab, page, pictures):
    address, _ = learners_lab
    page.goto(address())
    page.wait_for_selector(".jp-MarkdownViewer h2 a", timeout=60_000)
    page.wait_for_selector(".jp-DirListing-itemText:has-text('10_your_own_data.ipynb')")
    page.screenshot(path=pictures / "lab-start-page.png")
    assert page.evaluate(CUT_OFF) == []
    for link in (page.locator("h2 a"), page.locator("td a:has-text('2.')")):
        page.click(".lm-TabBar-tabLabel:text-is('00_start_here.md')")
        title = link.first.inner_text()
        link.first.click()
        page.wait_for_selector(f".jp-NotebookPanel:visible h1:has-text('{title[3:]}')")
    assert page.foreign == []


@pytest.mark.parametrize("stem", QUICK)
def test_restart_kernel_and_run_all_cells_ends_without_an_error(stem, learners_lab, page, pictures):
    address, work = learners_lab
    open_notebook(page, address(stem))
    restart_and_run_all(page)
    page.screenshot(path=pictures / f"lab-{stem}.png")
    for cell in saved_cells(page, work / f"{stem}.ipynb"):
        assert cell["execution_count"], cell["id"]
        kinds = [output["output_type"] for output in cell["outputs"]]
        expected = "raises-exception" in cell["metadata"].get("tags", [])
        assert ("error" in kinds) == expected, cell["id"]
    assert page.foreign == []


@pytest.mark.parametrize("stem", LONG)
def test_a_long_notebook_shows_its_recorded_figures(stem, learners_lab, page, pictures):
    address, work = learners_lab
    cells = json.loads((work / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    recorded = sum(
        "image/png" in output.get("data", {})
        for cell in cells
        for output in cell.get("outputs", [])
    )
    open_notebook(page, address(stem))
    page.wait_for_function(
        f"[...document.querySelectorAll('.jp-OutputArea-output img')].filter(i => i.naturalWidth > 300).length === {recorded}",
        timeout=30_000,
    )
    page.locator(".jp-OutputArea-output img").first.scroll_into_view_if_needed()
    page.screenshot(path=pictures / f"lab-{stem}.png")
    assert recorded and page.foreign == []


def test_the_slider_moves_and_draws_anew(learners_lab, page, pictures):
    address, _ = learners_lab
    open_notebook(page, address("05_dynamic_padding"))
    restart_and_run_all(page)
    drawn, readout = (
        page.locator(f".widget-interact {part}") for part in ("img", ".widget-readout")
    )
    drawn.scroll_into_view_if_needed()
    before = drawn.get_attribute("src")
    for _ in range(20):
        page.locator(".widget-slider .noUi-handle").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        if readout.inner_text() != "8":
            break
    assert readout.inner_text() == "16"
    page.wait_for_function(
        "before => ![before, undefined].includes(document.querySelector('.widget-interact img')?.src)",
        arg=before,
    )
    page.screenshot(path=pictures / "slider.png")


def visible_cells(page):
    return page.evaluate(
        "[...document.querySelectorAll('.jp-deck-mod-visible')].map(cell => cell.innerText)"
    )


# the positions in the notebook of the cells that the deck shows
SHOWN = """[...document.querySelectorAll('.jp-Notebook .jp-Cell')]
.flatMap((cell, position) => cell.classList.contains('jp-deck-mod-visible') ? [position] : [])"""


# the size in pixels of the smallest text of each kind that the deck shows
SMALLEST = """() => {
  const kinds = {code: '.cm-line', output: '.jp-OutputArea-output :is(pre, td)', text: '.jp-MarkdownOutput :is(p, li)'};
  const sizes = kind => [...document.querySelectorAll('.jp-deck-mod-visible :is(' + kind + ')')]
    .map(element => parseFloat(getComputedStyle(element).fontSize));
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, Math.min(...sizes(kind))]));
}"""


def press_space(page):
    """Presses the space bar, and waits until the deck shows other cells."""
    before = page.evaluate(SHOWN)
    page.keyboard.press("Space")
    page.wait_for_function(
        f"before => JSON.stringify({SHOWN}) !== JSON.stringify(before)", arg=before
    )


def start_deck(page):
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.click(".jp-NotebookPanel-toolbar [title='Toggle Deck']")
    page.wait_for_selector("body[data-jp-deck-mode='presenting'] .jp-deck-mod-visible")


def stop_deck(page):
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Escape")
    page.wait_for_selector("body:not([data-jp-deck-mode])", state="attached")


@pytest.mark.parametrize("stem", STEMS)
def test_the_space_bar_leads_through_every_cell_of_the_slides(stem, room, page):
    cells = json.loads(for_the_room(NOTEBOOKS / f"{stem}.ipynb"))["cells"]
    on_slides = [
        position for position, cell in enumerate(cells) if slide_type(cell) not in ("skip", "notes")
    ]
    open_notebook(page, room(stem))
    start_deck(page)
    seen = shown = page.evaluate(SHOWN)
    while on_slides[-1] not in shown:
        press_space(page)
        shown = page.evaluate(SHOWN)
        seen = seen + shown
    stop_deck(page)
    assert sorted(set(seen)) == on_slides


def test_slides_can_be_edited_and_run_in_front_of_the_room(room, page, pictures):
    open_notebook(page, room("05_dynamic_padding"))
    assert page.locator(".jp-toast-message, .Toastify__toast").count() == 0, (
        "no prompt covers the buttons"
    )
    choose(page, "Run", "Run All Cells")
    wait_until_run(page)
    start_deck(page)
    for _ in range(12):
        if any("data_collator = Data" in text for text in visible_cells(page)):
            break
        press_space(page)
    page.click(".jp-deck-mod-visible .cm-content:has-text('data_collator =')")
    page.keyboard.press("Control+End")
    page.keyboard.type("\nprint('edited ' + 'in the slide')")
    page.keyboard.press("Control+Enter")
    output = page.locator(
        ".jp-deck-mod-visible .jp-OutputArea-output:has-text('edited in the slide')"
    )
    output.wait_for(timeout=20_000)
    page.screenshot(path=pictures / "present.png")
    assert page.evaluate(SMALLEST) == {"code": 20, "output": 20, "text": 26}
    stop_deck(page)
    assert page.foreign == []
