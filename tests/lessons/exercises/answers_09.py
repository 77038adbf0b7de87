"""Answers to the exercises of notebook 9, learning curves: with dots, right, and wrong by what the check says."""

import numpy as np

from tests.support.exercises import FILES, cells_of, solution_of


def for_names_of_curves(course):
    file = next(file for file in FILES if file.name.startswith("09"))
    given = {}
    exec(solution_of(cells_of(file), "09-exercise-1"), given)
    names, curves = given["names"], given["curves"]

    def named(**other):
        return {**names, **other}, curves, 0.684

    return {
        "dots": [(dict.fromkeys(curves, ...), curves, 0.684), named(B=...)],
        "right": [
            named(),
            ({run: name.upper() for run, name in names.items()}, curves, 0.684),
            named(A="overfit", D="underfitted", B="collapsed"),
        ],
        "wrong": {
            "A is not healthy": named(A="healthy", C="overfitting"),
            "B is not underfitting": named(B="underfitting", D="collapse"),
            "D is not healthy": named(D="healthy"),
            "C is not overfitting": named(C="overfitting"),
            "The four names are": named(A="memorising"),
            "should be a dictionary": (list(names.values()), curves, 0.684),
        },
    }


def for_best_step(course):
    log = [
        {"step": 10, "loss": 0.5},
        {"step": 20, "eval_loss": 0.6, "eval_accuracy": 0.7},
        {"step": 40, "eval_loss": 0.5, "eval_accuracy": 0.7},
        {"step": 60, "eval_loss": 0.9, "eval_accuracy": 0.8},
    ]

    def evaluations(history):
        return [entry for entry in history if "eval_loss" in entry]

    def by(name, choose=min, step=lambda entry, history: entry["step"]):
        def best(history):
            chosen = choose(
                [entry for entry in history if name in entry], key=lambda entry: entry[name]
            )
            return step(chosen, history)

        return best, log

    return {
        "dots": [(lambda log_history: ..., log)],
        "right": [
            by("eval_loss"),
            by("eval_loss", step=lambda entry, _: float(entry["step"])),
            (
                lambda history: sorted((e["eval_loss"], e["step"]) for e in evaluations(history))[
                    0
                ][1],
                log,
            ),
        ],
        "wrong": {
            "the lowest loss itself": by("eval_loss", step=lambda entry, _: entry["eval_loss"]),
            "a position": by("eval_loss", step=lambda entry, h: evaluations(h).index(entry)),
            "highest accuracy": by("eval_accuracy", max),
            "lowest training loss": by("loss"),
            "the highest loss": by("eval_loss", max),
            "the last step": (lambda history: history[-1]["step"], log),
            "the whole entry": by("eval_loss", step=lambda entry, _: entry),
            "KeyError": (lambda h: min(h, key=lambda entry: entry["eval_loss"])["step"], log),
            "cannot be compared": (
                lambda h: min(h, key=lambda entry: entry.get("eval_loss"))["step"],
                log,
            ),
            "in the real one": (lambda history: 20, log),
            "no evaluations": (by("eval_loss")[0], log[:1]),
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
        ],
        "wrong": {
            "a quarter": formula(lambda p, w: (1.96 / w) ** 2 * p * (1 - p)),
            "the square is missing": formula(lambda p, w: 2 * 1.96 * np.sqrt(p * (1 - p)) / w),
            "the root of": formula(lambda p, w: (2 * 1.96 / w) ** 2 * np.sqrt(p * (1 - p))),
            "the factor is missing": formula(lambda p, w: p * (1 - p) / w**2),
            "Put your number": formula(lambda p, w: 408),
            "TypeError": formula(lambda p: 408),
            "NameError": formula(lambda p, w: sqrt(p)),  # noqa: F821
        },
    }
