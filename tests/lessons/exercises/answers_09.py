"""Answers to the exercises of notebook 9, learning curves: with dots, right, and wrong by what the check says."""

from types import SimpleNamespace

import numpy as np
from transformers import TrainerCallback

from helpers.commands.support.notebooks import NOTEBOOKS
from tests.support.exercises import cells_of, solution_of


def for_names_of_curves(course):
    given = {}
    exec(solution_of(cells_of(NOTEBOOKS / "09_learning_curves.ipynb"), "09-exercise-1"), given)
    names, curves = given["names"], given["curves"]

    def named(**other):
        return {**names, **other}, curves

    return {
        "dots": [(dict.fromkeys(curves, ...), curves), named(B=...)],
        "right": [
            named(),
            ({run: name.upper() for run, name in names.items()}, curves),
            named(A="overfit", D="underfitted", B="collapsed"),
            named(A="Over-fitting", D="under fitting"),
        ],
        "wrong": {
            "A is not healthy": named(A="healthy", C="overfitting"),
            "A is not underfitting": named(A="underfitting", D="overfitting"),
            "B is not underfitting": named(B="underfitting", D="collapse"),
            "B is not healthy": named(B="healthy"),
            "D is not collapse": named(D="collapse"),
            "D is not overfitting": named(D="overfitting"),
            "C is not overfitting": named(C="overfitting"),
            "C is not underfitting": named(C="underfitting"),
            "The four names are": named(A="memorizing"),
            "should be a dictionary": (list(names.values()), curves),
            "C is called ''": named(C=""),
        },
    }


def for_callback(course):
    def trainer(*spreads):
        log = [
            {"step": 50 * at, "eval_spread": spread, "eval_accuracy": 0.7, "eval_loss": 0.6}
            for at, spread in enumerate(spreads, start=1)
        ]
        state = SimpleNamespace(log_history=[{"step": 1, "loss": 0.7}, *log], max_steps=300)
        return SimpleNamespace(state=state)

    runs = trainer(0.06, 0.5, 1.2), trainer(0.02, 4e-6, 5e-7)

    def made(on_evaluate):
        return type("Mine", (TrainerCallback,), {"on_evaluate": on_evaluate}), *runs

    def below(name="eval_spread", limit=0.001, switch="should_training_stop", value=True):
        def on_evaluate(self, args, state, control, metrics, **kwargs):
            if metrics[name] < limit:
                setattr(control, switch, value)

        return made(on_evaluate)

    def dots(self, args, state, control, metrics, **kwargs): ...

    def dots_inside(self, args, state, control, metrics, **kwargs):
        spread = ...
        if spread < 0.001:
            ...

    def returned(self, args, state, control, metrics, **kwargs):
        if metrics.get("eval_spread", 1) < 1e-3:
            control.should_training_stop = True
        return control

    def combined(self, args, state, control, **kwargs):
        spread = kwargs["metrics"]["eval_spread"]
        control.should_training_stop = control.should_training_stop or spread < 0.001

    def overwritten(self, args, state, control, metrics, **kwargs):
        control.should_training_stop = metrics["eval_spread"] < 0.001

    def always(self, args, state, control, metrics, **kwargs):
        control.should_training_stop = True

    def reverse(self, args, state, control, metrics, **kwargs):
        if metrics["eval_spread"] > 0.001:
            control.should_training_stop = True

    def without_kwargs(self, args, state, control, metrics):
        control.should_training_stop = True

    def both(self, args, state, control, metrics, **kwargs):
        if metrics["eval_spread"] < 0.001:
            control.should_training_stop = control.should_save = True

    def of_self(self, args, state, control, metrics, **kwargs):
        if metrics["eval_spread"] < 0.001:
            self.should_training_stop = True

    def needs(self, limit):
        self.limit = limit

    with_argument = type("Mine", (TrainerCallback,), {"__init__": needs, "on_evaluate": always})

    return {
        "dots": [made(dots), made(dots_inside)],
        "right": [
            below(),
            (below()[0](), *runs),
            made(returned),
            made(combined),
            (below()[0], runs[0], trainer(0.5, 0.5)),
        ],
        "wrong": {
            "never ended": made(of_self),
            "every training is ended": made(always),
            "wrong way around": made(reverse),
            "KeyError": below(name="spread"),
            "keep **kwargs": made(without_kwargs),
            "the limit is 0.001": below(limit=0.1),
            "at a spread of 0.0008": below(limit=1e-5),
            "with an accuracy of 0.684": below(name="eval_accuracy"),
            "at a spread of 0.002": below(limit=0.003),
            "sets should_epoch_stop": below(switch="should_epoch_stop"),
            "sets should_save": made(both),
            "another callback": made(overwritten),
            "made without arguments": (with_argument, *runs),
            "a callback with a method": (0.001, *runs),
        },
    }


def for_pairs_needed(course):
    answers = np.array([1.0] * 330 + [0.0] * 78)

    def formula(function):
        return function, answers

    return {
        "dots": [formula(lambda accuracy, width: ...)],
        "right": [
            formula(lambda p, w: (2 * 1.96 / w) ** 2 * p * (1 - p)),
            formula(lambda p, w: int(np.ceil(16 * p * (1 - p) / w**2))),
            formula(lambda p, w: np.float32((3.92 / w) ** 2 * (p - p**2))),
        ],
        "wrong": {
            "a quarter": formula(lambda p, w: (1.96 / w) ** 2 * p * (1 - p)),
            "the square is missing": formula(lambda p, w: 2 * 1.96 * np.sqrt(p * (1 - p)) / w),
            "the root of": formula(lambda p, w: (2 * 1.96 / w) ** 2 * np.sqrt(p * (1 - p))),
            "the factor is missing": formula(lambda p, w: p * (1 - p) / w**2),
            "four times too many": formula(lambda p, w: (4 * 1.96 / w) ** 2 * p * (1 - p)),
            "a percentage": formula(lambda p, w: (2 * 1.96 / (100 * w)) ** 2 * p * (1 - p)),
            "Put your number": formula(lambda p, w: 408),
            "TypeError": formula(lambda p: 408),
            "NameError": formula(lambda p, w: sqrt(p)),  # noqa: F821
            "is a string": formula(lambda p, w: f"{(2 * 1.96 / w) ** 2 * p * (1 - p):.0f}"),
            "(None)": formula(lambda p, w: None),
        },
    }
