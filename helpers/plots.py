"""Every figure of the course, in one style (course.mplstyle). Each function draws one figure and shows it.

They draw the numbers that the notebook hands over. The only ones computed here are the totals in the titles of `padding`.
"""

import itertools
import sys
import textwrap
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.backends.registry import BackendFilter, backend_registry
from matplotlib.ticker import MaxNLocator


def show_in_notebooks() -> None:
    """In a notebook, figures appear below their cells even where MPLBACKEND names a backend that only writes files."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    writes_files = backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE)
    if hasattr(shell, "kernel") and matplotlib.get_backend().lower() in writes_files:
        shell.enable_matplotlib("inline")


show_in_notebooks()
plt.style.use(Path(__file__).parent / "course.mplstyle")

# Okabe and Ito's colours, told apart by colour-blind readers and, blue dark and orange light, in grey.
FIRST, SECOND = "#0072B2", "#E69F00"


def bars(values: dict[str, float], title: str, axis: str, form: str = "{:,}") -> None:
    """Horizontal bars from top to bottom, each with its value written at its end by the format `form`."""
    figure, axes = plt.subplots(figsize=(9, 1.3 + 0.5 * len(values)))
    drawn = axes.barh(list(values), list(values.values()), color=FIRST)
    axes.bar_label(drawn, [form.format(value) for value in values.values()], padding=5)
    axes.set(title=title, xlabel=axis)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    plt.show()


def curve(values: list[float], title: str, x: str, y: str, form: str = "{:.2f}") -> None:
    """A line through `values`, the first at step 0; the first and the last value are written beside it."""
    figure, axes = plt.subplots()
    axes.plot(values, marker="o" if len(values) < 30 else None)
    for step in (0, len(values) - 1):
        axes.annotate(
            form.format(values[step]), (step, values[step]), (10, 4), textcoords="offset points"
        )
    axes.set(title=title, xlabel=x, ylabel=y, ylim=(0, 1.15 * max(values)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.08)
    plt.show()


def label_ends(axes, ends: dict[str, tuple[float, float]]) -> None:
    """Writes each name beside the last point (x, y) of its line, and moves names up that would cover another.

    The order of the names from bottom to top is that of the points. Call it when the limits of `axes` are set.
    """
    figure = axes.figure
    figure.draw_without_rendering()  # the layout decides how many points (1/72 inch) a unit of y is
    lowest = axes.bbox.y0 * 72 / figure.dpi + plt.rcParams["font.size"]  # clear of the axis
    for name, (x, y) in sorted(ends.items(), key=lambda end: end[1][1]):
        place = axes.transData.transform((x, y))[1] * 72 / figure.dpi
        height = max(place, lowest)
        axes.annotate(
            name,
            (x, y),
            (8, height - place),
            textcoords="offset points",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
        lowest = height + 1.2 * plt.rcParams["font.size"]


def curves(
    lines: dict[str, tuple[list[float], list[float]]],
    title: str,
    x: str,
    y: str,
    level: tuple[str, float] | None = None,
) -> None:
    """Named lines, each as (x values, y values), with its name written at its end; `level` is a named horizontal line.

    With up to ten points a line has a marker at each.
    """
    figure, axes = plt.subplots()
    ends = {}
    for style, (name, (places, values)) in zip(
        itertools.cycle(["-", "--", "-.", ":"]), lines.items()
    ):
        places, values = list(places), list(values)
        axes.plot(places, values, style, marker="o" if len(values) <= 10 else None)
        ends[name] = (places[-1], values[-1])
    if level:
        axes.axhline(level[1], color="black", linestyle=":", linewidth=1.5)
        axes.text(axes.get_xlim()[0], level[1], f" {level[0]} {level[1]:.2f}", va="bottom")
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.margins(x=0.15)
    label_ends(axes, ends)
    plt.show()


def learning_curves(curves, title: str, majority: float) -> None:
    """Loss (left) and validation accuracy (right) of one training.

    `curves` holds, by name, one value per evaluation: step, training loss, validation loss, accuracy; a DataFrame does.
    `majority` is the majority class's accuracy, a horizontal line.
    """
    names = ("step", "training loss", "validation loss", "accuracy")
    steps, train, validation, accuracy = (list(curves[name]) for name in names)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 3.8))
    left.plot(steps, train, "-o", color=FIRST)
    left.plot(steps, validation, "--s", color=SECOND)
    right.plot(steps, accuracy, "--s", color=SECOND)
    right.axhline(majority, color="black", linestyle=":", linewidth=1.5)
    left.set(xlabel="step", ylabel="loss (cross-entropy)", ylim=(0, 1.15 * max(train + validation)))
    right.set(xlabel="step", ylabel="accuracy", ylim=(0.3, 1))
    for axes in (left, right):
        axes.margins(x=0.22)
    right.annotate(
        f"majority {majority:.3f}",
        (right.get_xlim()[0], majority),
        (4, -5),
        textcoords="offset points",
        va="top",
    )
    figure.suptitle(title)
    label_ends(
        left, {"training": (steps[-1], train[-1]), "validation": (steps[-1], validation[-1])}
    )
    label_ends(right, {"validation": (steps[-1], accuracy[-1])})
    plt.show()


def histogram(values: list[int], title: str, x: str, y: str, marks: dict[str, float]) -> None:
    """How often each range of `values` occurs, with the named `marks` as labelled vertical lines."""
    figure, axes = plt.subplots()
    axes.hist(values, bins=range(min(values), max(values) + 2), color=FIRST)
    top = axes.get_ylim()[1]
    for row, (name, value) in enumerate(marks.items()):
        axes.axvline(value, color="black", linestyle="--", linewidth=1.5)
        axes.text(value, top * (1 - 0.12 * row), f" {name} {value:g}", va="top")
    axes.set(title=title, xlabel=x, ylabel=y)
    plt.show()


def tokens(words: list[str], segments: list[int], title: str, per_row: int = 12) -> None:
    """Tokens as boxes in reading order; segment 0 is blue with white text, segment 1 orange with black text.

    `segments` holds one token_type_id (0 or 1) a token; it is also written under each box.
    """
    rows = -(-len(words) // per_row)
    figure, axes = plt.subplots(figsize=(12, 0.6 + 0.95 * rows))
    for place, (word, segment) in enumerate(zip(words, segments, strict=True)):
        x, y = place % per_row, -(place // per_row)
        ground, ink = ((FIRST, "white"), (SECOND, "black"))[segment]
        size = 12 if len(word) < 8 else 10
        axes.text(
            x,
            y,
            word,
            ha="center",
            va="center",
            size=size,
            color=ink,
            bbox=dict(facecolor=ground, edgecolor="white", pad=6),
        )
        axes.text(x, y - 0.42, str(segment), ha="center", va="center", size=11)
    axes.set(title=title, xlim=(-0.6, min(len(words), per_row) - 0.4), ylim=(0.6 - rows, 0.5))
    axes.axis("off")
    plt.show()


def padding(panels: dict[str, list[tuple[list[int], int]]]) -> None:
    """Real and padded tokens, batch by batch: a panel a strategy, a bar a pair, a gap between two batches, one scale.

    `panels` gives for each strategy its batches as (lengths of the pairs, padded length), all in tokens.
    """
    figure, panel = plt.subplots(
        len(panels), sharex=True, squeeze=False, figsize=(11, 0.9 + 1.75 * len(panels))
    )
    for axes, (strategy, batches) in zip(panel[:, 0], panels.items(), strict=True):
        row = 0
        for lengths, width in batches:
            rows = range(row, row + len(lengths))
            pads = [width - length for length in lengths]
            axes.barh(rows, lengths, height=1, color=FIRST)
            axes.barh(
                rows,
                pads,
                left=lengths,
                height=1,
                color="#FBE3B5",
                edgecolor=SECOND,
                hatch="///",
                linewidth=0,
            )
            row += len(lengths) + 3
        real = sum(sum(lengths) for lengths, _ in batches)
        computed = sum(len(lengths) * width for lengths, width in batches)
        axes.set_title(
            f"{strategy}: {computed:,} tokens computed, {real / computed:.0%} of them real", size=13
        )
        axes.set(yticks=[])
        axes.invert_yaxis()
    panel[-1, 0].set_xlabel("tokens (blue: real, hatched orange: padding)")
    figure.supylabel("pairs, batch by batch", size=13)
    plt.show()


def matrix(counts, names: list[str], title: str) -> None:
    """A confusion matrix: a row a true label, a column a predicted one, `counts[true][predicted]` written inside.

    It grows with the number of classes; long names are wrapped.
    """
    many = len(names) > 8
    side = (0.45 if many else 1.2) * len(names)
    size = (6.5, 4) if len(names) == 2 else (3 + side, 1.8 + 0.65 * side)
    figure, axes = plt.subplots(figsize=size)
    axes.imshow(counts, cmap="Blues", aspect="equal" if len(names) == 2 else "auto")
    for true, row in enumerate(counts):
        for predicted, count in enumerate(row):
            ink = "white" if count > counts.max() / 2 else "black"
            size = 9 if many else 18
            axes.text(predicted, true, count, ha="center", va="center", size=size, color=ink)
    wrapped = [textwrap.fill(name, 24 if many else 13) for name in names]
    axes.set_xticks(range(len(names)), wrapped, rotation=90 if many else 0)
    axes.set_yticks(range(len(names)), wrapped)
    axes.set(title=title, xlabel="the model says", ylabel="the label says")
    axes.spines[:].set_visible(False)
    plt.show()
