"""A real browser: Debian's Chromium, driven by Playwright, cut off from every host but this machine."""

import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from helpers.commands.fits import PROJECTOR, find_chromium, launched
from helpers.runs import runs_folder


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium():
    """The browser. Without one its tests are skipped, or fail where REQUIRE_BROWSER is set."""
    executable = find_chromium()
    if not executable:
        reason = "no Chromium on this machine; on Debian: apt-get install chromium"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(reason)
    with launched(executable) as browser:
        yield browser


@contextmanager
def watched_page(chromium):
    """A page the size of a projector's picture; `page.foreign` and `page.complaints` note requests elsewhere and errors.

    Requests to any other host are noted and refused.
    """
    context = chromium.new_context(viewport=PROJECTOR)
    foreign, complaints = [], []

    def allow(route):
        address = urlsplit(route.request.url)
        if address.scheme in ("file", "data", "blob", "about") or address.hostname == "127.0.0.1":
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    context.route("**/*", allow)
    page = context.new_page()
    page.foreign, page.complaints = foreign, complaints
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()


@pytest.fixture
def page(chromium):
    with watched_page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def pictures():
    """runs/browser, where screenshots go for a person to look at."""
    return runs_folder("browser")
