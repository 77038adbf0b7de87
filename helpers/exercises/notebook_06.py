"""The checks of notebook 6, fine-tuning."""

from collections.abc import Mapping

import numpy as np
import torch
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from helpers.exercises.notebook_03 import some_rows, word_sets
from helpers.exercises.verdict import (
    a_list,
    a_number,
    a_share,
    agrees,
    call,
    check,
    of_type,
    require,
    tell_apart,
)


@check
def check_all_metrics(compute_all_metrics):
    """`compute_all_metrics((logits, labels))` returns accuracy, f1, and precision and recall of label 1."""
    labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 1])
    answers = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0])
    logits = np.stack([1.0 - 2 * answers, 0.5 * answers], axis=1)
    hints = {
        ValueError: "scikit-learn compares labels with classes, not with logits: argmax(axis=-1) gives the class.",
        AttributeError: "It gets a tuple of two arrays: logits, labels = eval_pred.",
    }
    result = call(compute_all_metrics, (logits, labels), hints=hints)
    require(
        isinstance(result, Mapping),
        f"your function returns something {of_type(result)}. Trainer expects a dictionary of names and numbers.",
    )
    result = {str(name).lower(): value for name, value in result.items()}
    names = ("accuracy", "f1", "precision", "recall")
    missing = [name for name in names if name not in result]
    require(not missing, f"there is no {' and no '.join(missing)} in what your function returns.")
    given = [a_share(result[name], name) for name in names]

    def scores(**options):
        return precision_recall_fscore_support(labels, answers, **options)[:3]

    precision, recall, f1 = scores(average="binary")
    wanted = [accuracy_score(labels, answers), f1, precision, recall]

    def has_precision(**options):
        return agrees(given[2], scores(**options)[0])

    of_label_0 = has_precision(average="binary", pos_label=0)
    wrong = next((i for i in range(4) if not agrees(given[i], wanted[i])), 0)
    mistakes = {
        "precision and recall are swapped. scikit-learn takes the labels first, "
        "then the answers.": agrees(given[2:], [recall, precision]),
        **{
            f"this precision is an average over both classes ({average}). Asked for is that of label 1, which is "
            "what scikit-learn takes by itself.": has_precision(average=average)
            for average in ("macro", "weighted")
        },
        "this is the precision of label 0. Equivalent is label 1.": of_label_0,
    }
    otherwise = f"on ten made-up pairs {names[wrong]} is {wanted[wrong]:.3f}; your function says {given[wrong]:.3f}."
    tell_apart(given, wanted, mistakes, otherwise)
    return (
        f"on ten made-up pairs precision is {precision:.2f} and recall {recall:.2f}; f1, {f1:.2f}, lies between, "
        "nearer to the lower. In a confusion matrix, precision reads the column of equivalent, recall its row."
    )


def shorter(words1: set, words2: set) -> int:
    return min(len(words1), len(words2))


def union(words1: set, words2: set) -> int:
    return len(words1 | words2)


def overlaps(rows, divisor) -> list[float]:
    """Each row's shared different words, divided by `divisor(words1, words2)`."""
    sets = map(word_sets, rows)
    return [len(words1 & words2) / divisor(words1, words2) for words1, words2 in sets]


@check
def check_shorter_overlap(shorter_overlap, raw_datasets):
    """`shorter_overlap(example)` returns {"overlap": shared different words / those of the shorter sentence}."""

    def overlap(row):
        result = call(shorter_overlap, row, hints={KeyError: "A row has sentence1 and sentence2."})
        require(
            isinstance(result, Mapping),
            f"your function returns something {of_type(result)}. map adds columns, so it needs a dictionary: "
            '{"overlap": ...}.',
        )
        require("overlap" in result, f"the new column is called {', '.join(result)}, not overlap.")
        return a_number(result["overlap"], "overlap")

    rows = some_rows()
    given = [overlap(dict(row)) for row in rows]
    wanted = overlaps(rows, shorter)
    wrong = next((i for i in range(len(rows)) if not agrees(given[i], wanted[i])), 0)
    mistakes = {
        "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter "
        "case away.": given[3] <= 0.9,
        "your function divides by the words of both together (|). The shorter sentence has the fewer words: "
        "min(...).": overlaps(rows, union),
        "your function divides by the words of the longer sentence. "
        "Take min(...), not max(...).": overlaps(rows, lambda a, b: max(len(a), len(b))),
        "your function gives the number of shared words. Divide it, so that it does not depend on "
        "length.": overlaps(rows, lambda words1, words2: 1),
    }
    otherwise = (
        f"for {rows[wrong]['sentence1']!r} and {rows[wrong]['sentence2']!r} it should be {wanted[wrong]:.2f}, and "
        f"your function says {given[wrong]:.2f}. Count different words (set), divide by the fewer."
    )
    tell_apart(given, wanted, mistakes, otherwise)

    def best_accuracy(divisor):
        train, validation = raw_datasets["train"], raw_datasets["validation"]
        known, on_train = np.array(train["label"]), np.array(overlaps(train, divisor))
        thresholds = np.quantile(on_train, np.linspace(0, 1, 100))
        best = max(thresholds, key=lambda t: accuracy_score(known, on_train >= t))
        return accuracy_score(validation["label"], np.array(overlaps(validation, divisor)) >= best)

    return (
        f"with a threshold chosen on train, its accuracy on validation is {best_accuracy(shorter):.3f}; dividing by "
        f"all words of both gave {best_accuracy(union):.3f}. A baseline has details, too: try them before you claim "
        "that a model beats it."
    )


@check
def check_confident_mistakes(confident_mistakes, logits, labels):
    """`confident_mistakes(logits, labels, count)`: positions of the wrong answers, largest loss first."""
    made_up = np.array(
        [[3, -3], [-1, 1], [2, 0], [-2.9, 2.9], [0.2, 0], [0, 1], [-4, 4], [1.5, -1]], np.float32
    )
    truth = np.array([1, 0, 0, 0, 1, 1, 1, 1])
    hints = {
        TypeError: "It is called with three arguments: logits and labels, both arrays, and a count. cross_entropy "
        "takes tensors: torch.tensor(...)."
    }

    def positions_for(logits, labels, count) -> list:
        given = call(confident_mistakes, logits.copy(), labels.copy(), count, hints=hints)
        return a_list(given, "what your function returns")

    def losses_of(logits, labels):
        logits, labels = torch.as_tensor(logits), torch.as_tensor(labels)
        return torch.nn.functional.cross_entropy(logits, labels, reduction="none").numpy()

    worst_first = np.argsort(-losses_of(made_up, truth)).tolist()
    wrong = [position for position in worst_first if made_up[position].argmax() != truth[position]]
    surest = np.argsort(-np.abs(made_up[:, 1] - made_up[:, 0])).tolist()
    for count in (3, 2, len(truth)):
        wanted = wrong[:count]
        given = positions_for(made_up, truth, count)
        others = bool(set(given) - set(wrong))
        mistakes = {
            "your function returns losses, or nothing; asked for are the positions of the pairs: "
            "argsort(...).": not given or bool(set(given) - set(worst_first)),
            "these are the surest answers, right ones among them. A mistake is an answer that differs from the "
            "label.": surest[:count],
            f"with count={count} your function returns all {len(wrong)} mistakes. "
            "Take the first `count` of them.": wrong,
            "these are mistakes, the least confident first. "
            "The worst has the largest loss: sort downwards.": wrong[::-1][:count],
            "these are the right positions in another order. The worst, with the largest loss, "
            "comes first.": sorted(given) == sorted(wanted),
            f"with count={count}, among {len(truth)} pairs of which {len(wrong)} are mistakes, your function returns "
            "right answers, too. Drop those whose class equals the label.": others,
        }
        otherwise = f"for made-up logits the {len(wanted)} worst mistakes are at {wanted}; your function says {given}."
        tell_apart(given, wanted, mistakes, otherwise)
    logits, labels = np.asarray(logits), np.asarray(labels)
    mistakes = int((logits.argmax(axis=-1) != labels).sum())
    worst = list(map(int, positions_for(logits, labels, 5)))
    sure = losses_of(logits[worst], labels[worst])
    return (
        f"your model makes {mistakes} mistakes on validation; in the worst, at {', '.join(map(str, worst))}, it gives "
        f"the label a chance of {np.exp(-sure.max(initial=0)):.1%} to {np.exp(-sure.min(initial=99)):.1%}. Such pairs "
        "are either hard, or labeled wrongly: read them."
    )
