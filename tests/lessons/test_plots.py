"""Figures: what each function draws, as numbers and texts; names at the ends of lines can be read, and curves have room."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
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


def labels(axes):
    """The title and the labels of the two axes."""
    title = axes.get_title(plt.rcParams["axes.titlelocation"])
    return title, axes.get_xlabel(), axes.get_ylabel()


def texts(axes):
    return [text.get_text().strip() for text in axes.texts]


def points(line):
    """The points that a line joins, as lists of x and of y."""
    return [list(map(float, values)) for values in line.get_data()]


def test_bars_stand_from_top_to_bottom_with_their_values_written_at_their_ends():
    plots.bars({"one": 1000, "two": 250}, "title", "tokens", "{:,} tokens")
    axes = plt.gca()
    assert [bar.get_width() for bar in axes.patches] == [1000, 250]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    assert axes.yaxis_inverted()
    assert texts(axes) == ["1,000 tokens", "250 tokens"]
    assert labels(axes) == ("title", "tokens", "")


def test_a_curve_begins_at_step_0_and_names_its_first_and_its_last_value():
    plots.curve([0.7, 0.5, 0.25], "title", "step", "loss")
    axes = plt.gca()
    (line,) = axes.lines
    assert points(line) == [[0, 1, 2], [0.7, 0.5, 0.25]]
    assert [(text.get_text(), text.xy) for text in axes.texts] == [
        ("0.70", (0, 0.7)),
        ("0.25", (2, 0.25)),
    ]
    assert axes.get_ylim() == pytest.approx((0, 1.15 * 0.7))
    assert labels(axes) == ("title", "step", "loss")


def test_curves_are_the_given_points_told_apart_without_color_and_a_named_level():
    lines = {"one": ([0, 1, 2], [3, 4, 5]), "two": (range(20), range(20))}
    plots.curves(lines, "title", "step", "loss", level=("chance", 0.5))
    axes = plt.gca()
    one, two, level = axes.lines
    assert points(one) == [[0, 1, 2], [3, 4, 5]]
    assert points(two) == [list(range(20))] * 2
    assert set(level.get_ydata()) == {0.5}
    assert one.get_linestyle() != two.get_linestyle()
    assert (one.get_marker(), two.get_marker()) == ("o", "None")
    assert sorted(texts(axes)) == ["chance 0.50", "one", "two"]
    assert {text.get_text(): text.xy for text in axes.texts if hasattr(text, "xy")} == {
        "one": (2, 5),
        "two": (19, 19),
    }
    assert labels(axes) == ("title", "step", "loss")


def test_learning_curves_are_losses_on_the_left_and_accuracy_and_majority_on_the_right():
    curves = {
        "step": [10, 20],
        "training loss": [0.7, 0.4],
        "validation loss": [0.65, 0.5],
        "accuracy": [0.6, 0.75],
    }
    plots.learning_curves(curves, "title", 0.684)
    left, right = plt.gcf().axes
    training, validation = left.lines
    assert points(training) == [[10, 20], [0.7, 0.4]]
    assert points(validation) == [[10, 20], [0.65, 0.5]]
    accuracy, majority = right.lines
    assert points(accuracy) == [[10, 20], [0.6, 0.75]]
    assert set(majority.get_ydata()) == {0.684}
    assert sorted(texts(left)) == ["training", "validation"]
    assert sorted(texts(right)) == ["majority 0.684", "validation"]
    assert labels(left)[1:] == ("step", "loss (cross-entropy)")
    assert labels(right)[1:] == ("step", "accuracy")
    assert plt.gcf().get_suptitle() == "title"


def test_a_histogram_has_a_bar_for_each_whole_number_and_its_marks_in_place():
    plots.histogram([3, 3, 5], "title", "tokens", "pairs", {"median": 3, "mean": 3.67})
    axes = plt.gca()
    assert {(bar.get_x(), bar.get_width()): bar.get_height() for bar in axes.patches} == {
        (3, 1): 2,
        (4, 1): 0,
        (5, 1): 1,
    }
    assert [line.get_xdata()[0] for line in axes.lines] == [3, 3.67]
    assert texts(axes) == ["median 3", "mean 3.67"]
    assert [text.get_position()[0] for text in axes.texts] == [3, 3.67]
    heights = [text.get_position()[1] for text in axes.texts]
    assert heights[0] > heights[1]
    assert labels(axes) == ("title", "tokens", "pairs")


def test_tokens_stand_in_reading_order_in_the_color_of_their_segment():
    plots.tokens(["[CLS]", "a", "b"], [0, 0, 1], "title", per_row=2)
    axes = plt.gca()
    words, segments = axes.texts[::2], axes.texts[1::2]
    assert [text.get_text() for text in words] == ["[CLS]", "a", "b"]
    assert [text.get_text() for text in segments] == ["0", "0", "1"]
    assert [text.get_position() for text in words] == [(0, 0), (1, 0), (0, -1)]
    grounds = [to_hex(text.get_bbox_patch().get_facecolor()).upper() for text in words]
    assert grounds == [plots.FIRST, plots.FIRST, plots.SECOND]
    assert all(
        under.get_position()[1] < word.get_position()[1]
        for word, under in zip(words, segments, strict=True)
    )
    assert labels(axes)[0] == "title"


def test_padding_draws_one_bar_per_pair_of_text_and_padding_and_sums_them_up():
    plots.padding({"to 8": [([2, 4], 8), ([6], 8)], "longest": [([2, 4], 4), ([6], 6)]})
    upper, lower = plt.gcf().axes
    for axes, pads in ((upper, [6, 4, 2]), (lower, [2, 0, 0])):
        drawn = [bar for container in axes.containers for bar in container]
        text = [bar for bar in drawn if bar.get_x() == 0 and not bar.get_hatch()]
        filled = [bar for bar in drawn if bar.get_hatch()]
        assert [bar.get_width() for bar in text] == [2, 4, 6]
        assert [(bar.get_x(), bar.get_width()) for bar in filled] == list(
            zip([2, 4, 6], pads, strict=True)
        )
        middles = [bar.get_y() + bar.get_height() / 2 for bar in text]
        assert middles[1] - middles[0] == 1 and middles[2] - middles[1] > 2  # a gap between batches
        assert axes.yaxis_inverted()
    assert labels(upper)[0] == "to 8: 24 tokens computed, 50% of them real"
    assert labels(lower)[0] == "longest: 14 tokens computed, 86% of them real"
    assert upper.get_xlim() == lower.get_xlim()
    assert "blue: real" in lower.get_xlabel()


def test_a_matrix_has_true_labels_down_and_predicted_ones_across():
    plots.matrix(np.array([[50, 7], [3, 90]]), ["no", "yes"], "title")
    axes = plt.gca()
    assert {text.get_position(): text.get_text() for text in axes.texts} == {
        (0, 0): "50",
        (1, 0): "7",
        (0, 1): "3",
        (1, 1): "90",
    }
    assert axes.images[0].get_array().tolist() == [[50, 7], [3, 90]]
    colors = {text.get_text(): text.get_color() for text in axes.texts}
    assert colors == {"50": "white", "7": "black", "3": "black", "90": "white"}
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [tick.get_text() for tick in ticks] == ["no", "yes"]
    assert labels(axes) == ("title", "the model says", "the label says")


@pytest.mark.parametrize("number", [3, 5, 12])
def test_a_matrix_of_more_classes_grows_and_its_names_do_not_overlap(number):
    names = [f"Vehicles and stops {place}" for place in range(number)]
    plots.matrix(np.eye(number, dtype=int) * 1000, names, "title")
    axes = plt.gca()
    axes.figure.canvas.draw()
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [" ".join(tick.get_text().split()) for tick in ticks] == names
        assert not overlapping({tick: tick.get_window_extent() for tick in ticks})
    assert not overlapping({text: text.get_window_extent() for text in axes.texts})


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
    curves = {
        "step": [10, 20, 30],
        "training loss": [0.7] * 3,
        "validation loss": [0.69] * 3,
        "accuracy": [0.7] * 3,
    }
    plots.learning_curves(curves, "title", 0.684)
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
