"""Figures: names at the ends of lines can be read, and curves have room."""

from itertools import combinations

import matplotlib.pyplot as plt
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import plots
from helpers.commands.support.execution import environment_of_kernels


@pytest.fixture(autouse=True)
def figures_stay_open_until_looked_at(monkeypatch):
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    yield
    plt.close("all")


def names_of(axes):
    """The boxes of the names written at the ends of lines, in pixels, by name."""
    axes.figure.canvas.draw()
    texts = [text for text in axes.texts if not text.get_text().startswith("majority")]
    return {text.get_text(): text.get_window_extent() for text in texts}


def overlapping(boxes):
    return [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


@pytest.mark.parametrize("ends", [(0.5, 0.5, 0.5), (0.5, 0.501, 0.9), (0.9, 0.5, 0.499)])
def test_names_of_lines_that_end_close_together_do_not_overlap(ends):
    lines = {name: ([0, 1], [0, end]) for name, end in zip("abc", ends, strict=True)}
    plots.curves(lines, "title", "x", "y")
    boxes = names_of(plt.gca())
    assert sorted(boxes) == ["a", "b", "c"]
    assert not overlapping(boxes)


def test_a_name_far_from_the_others_stands_beside_its_point():
    plots.curves({"low": ([0, 1], [0, 0.2]), "high": ([0, 1], [0.5, 0.9])}, "title", "x", "y")
    axes = plt.gca()
    for name, height in (("low", 0.2), ("high", 0.9)):
        box = names_of(axes)[name]
        assert (box.y0 + box.y1) / 2 == pytest.approx(
            axes.transData.transform((1, height))[1], abs=3
        )


def test_learning_curves_leave_room_above_and_keep_their_names_apart():
    log = []
    for step in (10, 20, 30):
        log.append({"step": step, "loss": 0.7})
        log.append({"step": step, "eval_loss": 0.69, "eval_accuracy": 0.7})
    by_hand = {"step": 30, "eval_loss": 9.0, "eval_accuracy": 0.1}
    plots.learning_curves([*log, by_hand], "title", 0.684)
    left, right = plt.gcf().axes
    assert left.get_ylim()[0] == 0 and 0.75 < left.get_ylim()[1] < 0.9
    assert not overlapping(names_of(left))
    assert list(names_of(right)) == ["validation"]


@pytest.mark.parametrize("backend", ["Agg", "pdf", ""])
def test_a_notebook_shows_figures_whatever_the_environment_says(backend):
    """As in an editor that starts kernels by itself, without `make lab`."""
    cell = new_code_cell("from helpers import plots; plots.bars({'a': 1}, 'A title', 'an axis')")
    client = NotebookClient(new_notebook(cells=[cell]), kernel_name="python3")
    client.execute(env=environment_of_kernels() | {"MPLBACKEND": backend})
    assert any("image/png" in output.get("data", {}) for output in client.nb.cells[0].outputs)
