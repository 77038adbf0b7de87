"""make fits, as far as it needs no browser; tests/slow/test_decks_in_browser.py has the looks themselves."""

import builtins

import pytest

from helpers.commands import fits
from helpers.errors import CourseError


def test_an_unknown_number_is_refused_with_those_that_exist():
    with pytest.raises(CourseError, match=r"There is no notebook '99'\. There are: 01, 02, "):
        fits.main(["99"])


def test_without_a_browser_it_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(fits, "find_chromium", lambda: None)
    with pytest.raises(CourseError, match="apt-get install chromium"):
        fits.main(["01"])


def test_without_playwright_it_says_what_installs_it(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CourseError, match="make test installs them"), fits.launched("chromium"):
        pass
