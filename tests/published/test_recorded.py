"""What is shown was run: outputs belong to the code beside them, and the README's figures and the benchmarks to a run; make check runs these."""

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
BENCHMARKS = (PROJECT / "helpers/commands/bench_results/README.md").read_text(encoding="utf-8")


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


def rows_of(section):
    """The first table of a section of the page of benchmarks: for each row, its cells by the names of their columns."""
    lines = BENCHMARKS.split(f"## {section}\n")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line[:1] == "|"]
    return {row[0]: dict(zip(cells[0], row, strict=True)) for row in cells[2:]}


def test_the_speeds_fit_each_other_and_what_is_said_of_them():
    rows = rows_of("Speed")
    speeds = {
        name: float(row["real tokens a second"].replace(",", "")) for name, row in rows.items()
    }
    limit = speeds["matrix products alone"]
    (course,) = (name for name, row in rows.items() if row["times the course's"] == "1")
    (ours,) = (name for name in rows if name.startswith("notebook 6's"))
    for name, row in rows.items():
        for column, whole in (
            ("times the course's", speeds[course]),
            ("share of the limit", limit),
        ):
            assert float(row[column]) == round(speeds[name] / whole, 2), (name, column)
    seconds = [float(rows[name]["seconds an epoch"]) for name in (ours, course)]
    (share,) = re.findall(r"recipe takes ([\d.]+) of the time", BENCHMARKS)
    assert float(share) == round(seconds[0] / seconds[1], 1)
    times = re.findall(r"notebook 6's recipe trains ([\d.]+) times as fast", README)
    assert times == [rows[ours]["times the course's"]], "the README quotes the page of benchmarks"


def test_no_score_of_the_two_recipes_differs_by_more_than_two_seeds_do():
    ours, course = (rows_of("Quality")[name] for name in ("notebook 6's", "the course's"))
    assert len(ours) == 5
    for column in list(ours)[1:]:
        scores = [
            [float(number) for number in re.findall(r"0\.\d+", row[column])]
            for row in (ours, course)
        ]
        ranges = [most - least for _, least, most in scores]
        assert abs(scores[0][0] - scores[1][0]) <= min(ranges), column
