"""The checks of notebook 9, learning curves."""

import math
from collections.abc import Mapping
from statistics import fmean
from types import SimpleNamespace

from transformers import TrainerControl, TrainerState

from helpers.exercises.verdict import (
    NotAnswered,
    NotYet,
    a_number,
    agrees,
    call,
    check,
    describe,
    of_type,
    require,
    tell_apart,
)

SIGNS = {
    "healthy": "both losses fall together, below that of one answer to all",
    "overfitting": "the training loss goes to zero, while the validation loss has turned and rises",
    "underfitting": "the training loss stays high, and yet the answers differ from pair to pair",
    "collapse": "the training loss stays high, and the answers do not differ from pair to pair at all",
}


def diagnosis(training: list, validation: list, accuracies: list, spread: float) -> str:
    """A key of SIGNS, by notebook 9's questions: is the training loss low, does validation turn, is there a spread?"""
    if training[-1] > 0.6:
        return "collapse" if spread < 0.001 else "underfitting"
    return "overfitting" if validation[-1] > 1.05 * min(validation) else "healthy"


@check
def check_names_of_curves(names, curves):
    """`names`: a key of SIGNS per key of `curves`: (training losses, validation losses, accuracies, spread)."""
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
        require(
            given[run] == diagnosis(*numbers),
            f"{run} is not {given[run]}: that would mean that {SIGNS[given[run]]}. Look at its numbers again.",
        )
    signs = "; ".join(f"{run}, {given[run]}: {SIGNS[given[run]]}" for run in curves)
    return f"each has its sign. {signs}."


@check
def check_callback(callback, healthy, collapse):
    """`callback`: a TrainerCallback, or its class, that ends a training whose evaluation has a spread below 0.001.

    `healthy` and `collapse` are the notebook's Trainers; the callback is asked about their evaluations, too.
    """
    made = (
        call(callback, hints={TypeError: CANNOT_BE_MADE})
        if isinstance(callback, type)
        else callback
    )
    require(
        callable(getattr(made, "on_evaluate", None)),
        f"a callback with a method on_evaluate is asked for, and this is {of_type(made)}.",
    )

    def stops(metrics: dict, before: bool = False) -> bool:
        """What the switch for the end of the training shows after an evaluation, `before` it being as given."""
        control = TrainerControl(should_training_stop=before)
        try:
            result = made.on_evaluate(
                SimpleNamespace(), TrainerState(), control, metrics=dict(metrics), model=None
            )
        except Exception as error:
            if "ellipsis" in str(error).lower():
                raise NotAnswered from None
            hint = ""
            if isinstance(error, KeyError):
                hint = f" The names in metrics are {', '.join(metrics)}."
            if isinstance(error, TypeError):
                hint = " It is called with args, state, control, metrics=..., and more by name: keep **kwargs."
            raise NotYet(f"your method raised {describe(error)}.{hint}") from None
        other = {
            name: value
            for name, value in vars(
                result if isinstance(result, TrainerControl) else control
            ).items()
            if name != "should_training_stop" and value
        }
        require(not other, f"your method sets {', '.join(other)}, too. One switch is enough.")
        control = result if isinstance(result, TrainerControl) else control
        return bool(control.should_training_stop)

    def evaluation(spread: float, accuracy: float = 0.684, loss: float = 0.624) -> dict:
        return {"eval_loss": loss, "eval_accuracy": accuracy, "eval_spread": spread, "epoch": 0.5}

    cases = [
        (evaluation(5e-7), True),
        (evaluation(0.06), False),
        (evaluation(0.0008), True),
        (evaluation(0.002), False),
        (evaluation(2.3, accuracy=0.76, loss=0.5), False),
        (evaluation(3e-4, accuracy=0.31, loss=0.75), True),
        (evaluation(0.0), True),
        (evaluation(4.0, accuracy=0.0005, loss=0.0004), False),
    ]
    answers = [stops(metrics) for metrics, _ in cases]
    if not any(answers) and getattr(type(made), "__name__", "") and is_empty(made):
        raise NotAnswered
    require(
        any(answers),
        "the training is never ended, not even at a spread of 0. The switch is control.should_training_stop.",
    )
    require(
        not all(answers),
        "every training is ended, healthy ones too. Look at the spread first.",
    )
    opposite = [not wanted for _, wanted in cases]
    require(
        answers != opposite,
        "it is the wrong way around: a small spread is the sign of a collapse.",
    )
    for (metrics, wanted), answer in zip(cases, answers, strict=True):
        spread, accuracy = metrics["eval_spread"], metrics["eval_accuracy"]
        require(
            answer == wanted,
            f"at a spread of {spread:g}, with an accuracy of {accuracy:g} and a loss of {metrics['eval_loss']:g}, the "
            f"training should {'end' if wanted else 'go on'}. Only the spread counts, and the limit is 0.001.",
        )
    require(
        stops(evaluation(0.06), before=True),
        "your method switches off what another callback has switched on: if the spread is large, leave "
        "control.should_training_stop as it is.",
    )

    def first_stop(trainer) -> int | None:
        entries = [entry for entry in trainer.state.log_history if "eval_spread" in entry]
        return next((entry["step"] for entry in entries if stops(entry)), None)

    ended, total = first_stop(collapse), collapse.state.max_steps
    where = (
        f"it would have ended your collapsed run at step {ended} of {total}"
        if ended
        else "your collapsed run never came below this spread"
    )
    rest = "and the healthy one" if first_stop(healthy) else "and left the healthy one alone"
    return f"{where}, {rest}. Hand it over as callbacks=[StopWhenCollapsed()], beside others if you like."


CANNOT_BE_MADE = "The class is made without arguments, as in StopWhenCollapsed()."


def is_empty(callback) -> bool:
    """Whether the method that the exercise asks for is still the dots, or TrainerCallback's own, which does nothing."""
    code = getattr(type(callback).on_evaluate, "__code__", None)
    return code is not None and "should_training_stop" not in code.co_names and not code.co_names


@check
def check_pairs_needed(pairs_needed, right_answers):
    """`pairs_needed(accuracy, width)`: how many pairs make the 95% interval of an accuracy `width` wide.

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
        asked = f"for accuracy {accuracy} and a width of {width}: {given:,.6g};"
        mistakes = {
            f"{asked} that is a quarter of what is needed. The interval goes 1.96 standard errors up *and* down, "
            "so its width is twice that.": wanted / 4,
            f"{asked} the square is missing. Width falls with the root of the number of pairs: half the width "
            "takes four times as many.": math.sqrt(wanted),
            f"{asked} the root of accuracy * (1 - accuracy) is still there after squaring. Solve for pairs once "
            "more.": wanted / math.sqrt(variance),
            f"{asked} the factor is missing. The interval is 2 * 1.96 standard errors wide, "
            "not one.": variance / width**2,
            f"{asked} that is four times too many. The width goes from the lower to the upper end, which is twice 1.96 "
            "standard errors, not four times.": 4 * wanted,
            f"{asked} this is what a width in percentage points would give. Here a width is a difference of two accuracies, "
            "such as 0.01, not a percentage.": wanted / 10_000,
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
