"""Answers to the exercises of notebook 6, fine-tuning: with dots, right, and wrong by what the check says."""

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score


def for_all_metrics(course):
    def metrics(
        answers=lambda logits: logits.argmax(axis=-1), swap=False, keep=4, scale=1, **options
    ):
        def compute(eval_pred):
            logits, labels = eval_pred
            both = (answers(logits), labels) if swap else (labels, answers(logits))
            values = {
                "accuracy": accuracy_score(*both),
                "f1": f1_score(*both),
                "precision": precision_score(*both, **options),
                "recall": recall_score(*both, **options),
            }
            return {name: scale * values[name] for name in list(values)[:keep]}

        return (compute,)

    return {
        "dots": [(lambda eval_pred: ...,), (lambda eval_pred: {"accuracy": ..., "f1": 0.5},)],
        "right": [
            metrics(),
            (lambda pair: {n.upper(): round(v, 3) for n, v in metrics()[0](pair).items()},),
        ],
        "wrong": {
            "swapped": metrics(swap=True),
            "(macro)": metrics(average="macro"),
            "(weighted)": metrics(average="weighted"),
            "of label 0": metrics(pos_label=0),
            "no precision and no recall": metrics(keep=2),
            "percentage": metrics(scale=100),
            "argmax": metrics(answers=lambda logits: logits),
            "returns nothing": (lambda eval_pred: None,),
            "expects a dictionary": (lambda eval_pred: (0.5, 0.5),),
            "logits, labels = eval_pred": (lambda eval_pred: eval_pred.predictions,),
            "your function says": metrics(answers=lambda logits: logits.argmin(axis=-1)),
        },
    }


def for_shorter_overlap(course):
    def overlap(divisor, fold=str.lower, make=lambda value: {"overlap": value}):
        def function(row):
            a, b = (set(fold(row[name]).split()) for name in ("sentence1", "sentence2"))
            return make(len(a & b) / divisor(a, b))

        return function, course.raw

    def shorter(a, b):
        return min(len(a), len(b))

    return {
        "dots": [(lambda example: {"overlap": ...}, course.raw), (lambda example: ..., course.raw)],
        "right": [
            overlap(shorter),
            overlap(lambda a, b: len(sorted((a, b), key=len)[0]), str.casefold),
        ],
        "wrong": {
            "both together": overlap(lambda a, b: len(a | b)),
            "not max(...)": overlap(lambda a, b: max(len(a), len(b))),
            "number of shared words": overlap(lambda a, b: 1),
            "lower()": overlap(shorter, fold=str),
            "needs a dictionary": overlap(shorter, make=float),
            "not overlap": overlap(shorter, make=lambda value: {"share": value}),
            "divide by the fewer": overlap(lambda a, b: len(a)),
            "KeyError": (lambda row: {"overlap": row["text"]}, course.raw),
        },
    }


def for_confident_mistakes(course):
    logits = np.array([[1.0, -1], [-1, 1], [0.3, 0], [-2, 2]], dtype=np.float32)
    labels = np.array([0, 0, 1, 0])

    def ranked(logits, labels):
        chances = torch.tensor(logits).softmax(dim=-1).numpy()
        return np.argsort(chances[np.arange(len(labels)), labels])

    def wrong_first(logits, labels, count):
        order = ranked(logits, labels)
        return order[logits.argmax(axis=-1)[order] != labels[order]][:count]

    def surest(logits, labels, count):
        return np.argsort(-np.abs(logits[:, 0] - logits[:, 1]))[:count]

    def losses(logits, labels, count):
        tensors = torch.tensor(logits), torch.tensor(labels)
        return torch.nn.functional.cross_entropy(*tensors, reduction="none").tolist()[:count]

    def whole(function):
        return function, logits, labels

    return {
        "dots": [whole(lambda logits, labels, count: ...)],
        "right": [
            whole(wrong_first),
            whole(lambda *given: wrong_first(*given).tolist()),
            whole(lambda *given: torch.tensor(wrong_first(*given))),
            whole(lambda *given: tuple(wrong_first(*given))),
        ],
        "wrong": {
            "the surest answers": whole(surest),
            "all 5 mistakes": whole(lambda a, b, count: wrong_first(a, b, len(b))),
            "least confident first": whole(lambda a, b, n: wrong_first(a, b, len(b))[::-1][:n]),
            "in another order": whole(lambda a, b, n: sorted(wrong_first(a, b, n))),
            "returns right answers, too": whole(lambda a, b, n: ranked(a, b)[:n]),
            "asked for are the positions": whole(losses),
            "TypeError": whole(
                lambda a, b, n: torch.nn.functional.cross_entropy(a, b, reduction="none")
            ),
            "mistakes are at": whole(lambda a, b, n: wrong_first(a, b, n)[1:]),
            "should be a list": whole(lambda a, b, n: {"positions": 1}),
        },
    }
