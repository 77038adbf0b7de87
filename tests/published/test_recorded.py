"""What is shown was run: outputs belong to the code beside them, and the README's figures to a run; make check runs these."""

import re

import pytest

from helpers.commands.support.notebooks import notebook_files, number_of, read
from helpers.commands.support.recording import (
    README_PICTURE,
    RECORDED,
    readme_picture,
    unlike_recorded,
)
from helpers.runs import PROJECT

FILES = notebook_files()
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_outputs_were_recorded_from_the_code_that_stands_there(file):
    number = number_of(file)
    entry = read(RECORDED)["notebooks"].get(number, {"cells": []})
    if changes := unlike_recorded(read(file), entry):
        lines = [f"{file.name}: {change}" for change in changes]
        pytest.fail("\n".join([*lines, f"make record ONLY={number} runs it again"]), pytrace=False)


def test_the_memory_of_recordings_has_the_notebooks_that_there_are():
    assert sorted(read(RECORDED)["notebooks"]) == [number_of(file) for file in FILES]


def test_the_readmes_picture_is_the_one_that_notebook_5_recorded():
    (file,) = (file for file in FILES if number_of(file) == "05")
    assert README_PICTURE.read_bytes() == readme_picture(read(file))


def test_the_readmes_text_for_the_picture_gives_the_shares_that_the_picture_shows():
    address = README_PICTURE.relative_to(PROJECT).as_posix()
    (text,) = re.findall(rf"!\[([^]]+)\]\({address}\)", README)
    panels = read(RECORDED)["panels of the README's picture"]
    shown = [re.search(r"(\d+)% of them real", panel)[1] for panel in panels]
    assert re.findall(r"(\d+)[  ]?%", text) == shown


@pytest.mark.parametrize("name", ["speed.md", "quality.md"])
def test_the_readmes_table_of_make_bench_is_the_one_that_was_measured(name):
    measured = (PROJECT / "helpers" / "commands" / "bench_results" / name).read_text(
        encoding="utf-8"
    )
    if f"\n\n{measured}\n" not in README:
        pytest.fail(f"The README must show this table of {name}:\n\n{measured}", pytrace=False)
