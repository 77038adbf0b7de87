"""Answers to the exercises of notebook 7, using the model: with dots, right, and wrong by what the check says."""

import numpy as np
import torch

LOGITS = np.array([[1.0, -1], [-1, 1], [0.3, 0], [-2, 2]], dtype=np.float32)
SWAPPED = np.array([[0.8, -1], [1.2, 1], [0.3, 0.9], [-1, 2]], dtype=np.float32)
LABELS = np.array([0, 0, 1, 1])


def for_confident_mistakes(course):
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
        return function, LOGITS, LABELS

    return {
        "dots": [whole(lambda logits, labels, count: ...)],
        "right": [
            whole(wrong_first),
            whole(lambda *given: wrong_first(*given).tolist()),
            whole(lambda *given: torch.tensor(wrong_first(*given))),
            whole(lambda *given: tuple(wrong_first(*given))),
            (wrong_first, LOGITS, LOGITS.argmax(axis=-1)),  # a model without a mistake
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
            "returns nothing": whole(lambda a, b, n: None),
        },
    }


def for_threshold_for(course):
    def precision_at(threshold, probabilities, labels):
        return labels[probabilities >= threshold].mean()

    def good(probabilities, labels, precision):
        return [t for t in probabilities if precision_at(t, probabilities, labels) >= precision]

    def lowest(*given):
        return min(good(*given))

    def until_it_fails(probabilities, labels, precision):
        found = 1.0
        for threshold in np.sort(probabilities)[::-1]:
            if precision_at(threshold, probabilities, labels) < precision:
                break
            found = threshold
        return found

    def between(probabilities, labels, precision):
        found = lowest(probabilities, labels, precision)
        below = probabilities[probabilities < found]
        return (found + below.max()) / 2 if len(below) else found

    def by_counting(probabilities, labels, precision):
        order = np.argsort(-probabilities, kind="stable")
        precisions = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
        return probabilities[order][np.nonzero(precisions >= precision)[0][-1]]

    def whole(function):
        return function, LOGITS, LABELS

    return {
        "dots": [whole(lambda probabilities, labels, precision: ...)],
        "right": [
            whole(lowest),
            whole(lambda *given: torch.tensor(lowest(*given))),
            whole(lambda *given: np.array([lowest(*given)])),
            whole(between),
            whole(by_counting),
            (lowest, LOGITS, np.zeros(4, int)),  # a split in which no threshold is good enough
        ],
        "wrong": {
            "first falls below": whole(until_it_fails),
            "the highest threshold": whole(lambda *given: max(good(*given))),
            "precision is": whole(lambda *given: 0.5),
            "precision is 0.60": whole(lambda probabilities, *_: probabilities.min()),
            "a precision, not a threshold": whole(
                lambda p, labels, wanted: precision_at(lowest(p, labels, wanted), p, labels)
            ),
            "the lowest threshold is": whole(lambda *given: sorted(good(*given))[1]),
            "should be one number": whole(good),
            "returns nothing": whole(lambda *given: None),
            "is a string": whole(lambda *given: f"{lowest(*given):.2f}"),
            "TypeError": whole(lambda probabilities, labels: 0.5),
            "ValueError": whole(lambda *given: min([])),
            "NameError": whole(lambda p, labels, wanted: min(thresholds)),  # noqa: F821
        },
    }


def for_answers_for_both(course):
    def chances(logits):
        return torch.tensor(logits).softmax(dim=-1)[:, 1]

    def mean(logits, swapped):
        return (chances(logits) + chances(swapped)) / 2

    def right(logits, swapped):
        return (mean(logits, swapped) >= 0.5).int()

    def whole(function):
        return function, LOGITS, SWAPPED, LABELS

    def either(logits, swapped):
        return np.maximum(logits.argmax(axis=-1), swapped.argmax(axis=-1))

    def both(logits, swapped):
        return np.minimum(logits.argmax(axis=-1), swapped.argmax(axis=-1))

    return {
        "dots": [whole(lambda logits, swapped: ...)],
        "right": [
            whole(right),
            whole(lambda *given: right(*given).tolist()),
            whole(lambda *given: mean(*given) >= 0.5),  # true and false count as 1 and 0
            whole(lambda logits, swapped: (logits + swapped).argmax(axis=-1)),
            whole(lambda *given: right(*given).float().numpy()),
            whole(lambda *given: [round(float(value)) for value in mean(*given)]),
        ],
        "wrong": {
            "one order alone": whole(lambda logits, swapped: logits.argmax(axis=-1)),
            "in either order": whole(either),
            "in both orders": whole(both),
            "exchanged": whole(lambda *given: 1 - right(*given)),
            "not classes": whole(mean),
            "for made-up logits": whole(lambda *given: np.ones(len(given[0]), int)),
            "for 6 pairs": whole(lambda *given: right(*given)[:1]),
            "should be a list": whole(lambda *given: 1),
            "returns nothing": whole(lambda *given: None),
            "softmax needs tensors": whole(lambda logits, swapped: torch.softmax(logits, dim=-1)),
            "AttributeError": whole(lambda logits, swapped: logits.softmax(dim=-1)),
        },
    }
