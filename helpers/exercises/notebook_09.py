"""The checks of notebook 9, learning curves."""

import copy
import math
from collections.abc import Mapping
from statistics import fmean

from helpers.exercises.verdict import a_number, agrees, call, check, require, tell_apart

SIGNS = {
    "healthy": "both of its losses fall, and accuracy rises with them",
    "overfitting": "its training loss goes to zero, while its validation loss has turned and rises",
    "underfitting": "its two losses lie together, near ln 2, and hardly move, though accuracy does move a little",
    "collapse": "its accuracy is the majority's to the last digit, and its loss jumped before it went flat",
}


def diagnosis(training: list, validation: list, accuracies: list, majority: float) -> str:
    """A key of SIGNS, by notebook 9's questions: do the losses fall, does validation turn, does accuracy move?"""
    if validation[-1] > 1.05 * min(validation) and training[-1] < 0.5 * min(validation):
        return "overfitting"
    stuck = all(agrees(accuracy, float(majority)) for accuracy in accuracies[1:])
    if stuck and training[0] > math.log(2):
        return "collapse"
    return "underfitting" if training[-1] > 0.6 else "healthy"


@check
def check_names_of_curves(names, curves, majority):
    """`names`: a key of SIGNS per key of `curves`, which are (training losses, validation losses, accuracies)."""
    require(
        isinstance(names, Mapping) and set(names) == set(curves),
        f"names should be a dictionary with the keys {', '.join(curves)}.",
    )

    def known(word):
        stem = str(word).lower().replace("-", "").replace(" ", "").removesuffix("d")[:8]
        return next((name for name in SIGNS if stem and name.startswith(stem)), None)

    given = {run: known(word) for run, word in names.items()}
    for run, word in names.items():
        require(given[run], f"{run} is called {word!r}. The four names are {', '.join(SIGNS)}.")
    for run, numbers in curves.items():
        sign = SIGNS[given[run]].replace("its", "the")
        require(
            given[run] == diagnosis(*numbers, majority),
            f"{run} is not {given[run]}: that would mean that {sign}. Look at its numbers again.",
        )
    signs = "; ".join(f"{run}, {given[run]}, because {SIGNS[given[run]]}" for run in curves)
    return f"each has its sign: {signs}."


@check
def check_best_step(best_step, log_history):
    """`best_step(log_history)`: the step with the lowest validation loss."""
    made_up = [
        {"step": 5, "loss": 0.70},
        {"step": 10, "loss": 0.60},
        {"step": 10, "eval_loss": 0.62, "eval_accuracy": 0.70},
        {"step": 20, "loss": 0.40},
        {"step": 20, "eval_loss": 0.51, "eval_accuracy": 0.74},
        {"step": 25, "loss": 0.10},
        {"step": 30, "loss": 0.20},
        {"step": 30, "eval_loss": 0.58, "eval_accuracy": 0.78},
        {"step": 40, "eval_loss": 0.55, "eval_accuracy": 0.76},
        {"step": 40, "train_runtime": 3.0, "train_loss": 0.4},
    ]
    hints = {
        KeyError: "Not every entry has an eval_loss: some hold the training loss, and one the run time. Keep those "
        'with "eval_loss" in entry.',
        TypeError: "The entries are dictionaries, some without eval_loss: get() gives None for these, which cannot be "
        "compared.",
    }

    def step_of(history) -> float:
        given = call(best_step, copy.deepcopy(history), hints=hints)
        require(
            not isinstance(given, Mapping),
            "your function returns the whole entry. Its step is entry['step'].",
        )
        return a_number(given, "what your function returns")

    given = step_of(made_up)
    mistakes = {
        "this is the lowest loss itself. At which step was it?": 0.51,
        "this is a position in a list. Each entry knows its step: entry['step'].": given in (1, 4),
        "this is the step with the highest accuracy. Asked for is the lowest validation loss, which is more "
        "sensitive.": 30,
        "this is the step with the lowest training loss. Take eval_loss.": 25,
        "this is the step with the highest loss. Lower is better: min(...).": 10,
        "this is the last step, and not the best one.": 40,
    }
    otherwise = f"in a made-up log the lowest validation loss, 0.51, is at step 20; your function says {given:g}."
    tell_apart(given, 20, mistakes, otherwise)
    entries = [entry for entry in log_history if "eval_loss" in entry]
    require(entries, "the log that you hand to the check has no evaluations.")
    real, wanted = step_of(log_history), min(entries, key=lambda entry: entry["eval_loss"])["step"]
    require(
        real == wanted,
        f"in a made-up log your function is right, and in the real one it says {real:g} instead of {wanted}.",
    )
    return (
        f"the overfitting run was best at step {wanted} of {entries[-1]['step']}. This is what load_best_model_at_end "
        "looks up, and whatever came after it made the model worse."
    )


@check
def check_pairs_needed(pairs_needed, right_answers):
    """`pairs_needed(accuracy, width)`: how many pairs make the 95 % interval of an accuracy `width` wide.

    The normal approximation: accuracy +- 1.96 * sqrt(accuracy * (1 - accuracy) / pairs).
    """

    def pairs_for(accuracy, width) -> float:
        return a_number(call(pairs_needed, accuracy, width), "what your function returns")

    def about(given, value) -> bool:
        return agrees(given, value, max(0.05 * value, 1))

    for accuracy, width in [(0.5, 0.1), (0.8, 0.04), (0.9, 0.02), (0.8, 0.01)]:
        given = pairs_for(accuracy, width)
        variance = accuracy * (1 - accuracy)
        wanted = (2 * 1.96) ** 2 * variance / width**2
        asked = f"for accuracy {accuracy} and a width of {width}: {given:,.0f};"
        mistakes = {
            f"{asked} that is a quarter of what is needed. The interval goes 1.96 standard errors up *and* down, "
            "so its width is twice that.": wanted / 4,
            f"{asked} the square is missing. Width falls with the root of the number of pairs: half the width "
            "takes four times as many.": math.sqrt(wanted),
            f"{asked} the root of accuracy * (1 - accuracy) is still there after squaring. Solve for pairs once "
            "more.": wanted / math.sqrt(variance),
            f"{asked} the factor is missing. The interval is 2 * 1.96 standard errors wide, "
            "not one.": variance / width**2,
        }
        otherwise = (
            f"for accuracy {accuracy} and a width of {width}: {given:,.2f} is not it. Put your number of pairs into "
            f"2 * 1.96 * sqrt(accuracy * (1 - accuracy) / pairs): it should give {width}."
        )
        tell_apart(given, wanted, mistakes, otherwise, same=about)
    accuracy, pairs = fmean(right_answers), len(right_answers)
    now = 2 * 1.96 * math.sqrt(accuracy * (1 - accuracy) / pairs)
    return (
        f"the formula gives a width of {now:.3f} for your {pairs} pairs, close to the bootstrap's; one point takes "
        f"{pairs_for(accuracy, 0.01):,.0f} pairs. Ten times as exact is a hundred times the pairs."
    )
