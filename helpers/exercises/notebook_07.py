"""The checks of notebook 7, using the model."""

import numpy as np
import torch

from helpers.exercises.verdict import (
    a_list,
    a_number,
    call,
    check,
    require,
    tell_apart,
)


def losses_of(logits, labels) -> np.ndarray:
    logits, labels = torch.as_tensor(logits), torch.as_tensor(labels)
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none").numpy()


def probabilities_of(logits) -> np.ndarray:
    """The probability of label 1 of each pair."""
    return torch.as_tensor(np.asarray(logits)).softmax(dim=-1)[:, 1].numpy()


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
    count = int((logits.argmax(axis=-1) != labels).sum())
    worst = list(map(int, positions_for(logits, labels, 5)))
    if not worst:
        return "your model makes no mistake on validation, so there is nothing to sort."
    sure = losses_of(logits[worst], labels[worst])
    return (
        f"your model makes {count} mistakes on validation. In the worst of them, at {', '.join(map(str, worst))}, it gives the "
        f"right label a probability between {np.exp(-sure.max()):.1%} and {np.exp(-sure.min()):.1%}."
    )


def precision_at(threshold, probabilities, labels) -> float:
    """The share of label 1 among the pairs whose probability is at least `threshold`; 0 where there is none."""
    called = labels[probabilities >= threshold]
    return float(called.mean()) if len(called) else 0.0


def lowest_threshold(probabilities, labels, precision) -> float | None:
    good = [p for p in probabilities if precision_at(p, probabilities, labels) >= precision]
    return min(good, default=None)


@check
def check_threshold_for(threshold_for, logits, labels):
    """`threshold_for(probabilities, labels, precision)`: the lowest threshold with at least this precision."""
    # Sorted by probability, the labels are 1 1 0 1 1 1 0 0 1 0: precision falls, rises, and falls again.
    probabilities = np.array([0.30, 0.95, 0.60, 0.90, 0.55, 0.20, 0.80, 0.35, 0.70, 0.65])
    truth = np.array([0, 1, 1, 1, 1, 0, 0, 1, 1, 0])
    hints = {
        TypeError: "It is called with two arrays and the precision as a number between 0 and 1.",
        ValueError: "Is there a threshold left to take the smallest of? Precision has to be at least the one wanted.",
    }

    def threshold(probabilities, labels, precision) -> float:
        given = call(threshold_for, probabilities.copy(), labels.copy(), precision, hints=hints)
        return a_number(given, "what your function returns")

    def answers(threshold, probabilities) -> list:
        return (probabilities >= threshold).tolist()

    highest_first = np.sort(probabilities)[::-1]
    for wanted in (0.75, 0.9):
        given = threshold(probabilities, truth, wanted)
        right = lowest_threshold(probabilities, truth, wanted)
        good = [precision_at(each, probabilities, truth) >= wanted for each in highest_first]
        first_failure = highest_first[good.index(False) - 1]
        found = precision_at(given, probabilities, truth)
        mistakes = {
            "this is a precision, not a threshold. Return the probability from which on a pair is called "
            "equivalent.": given == precision_at(right, probabilities, truth)
            and given not in probabilities,
            f"this is where precision first falls below {wanted}. Further down it reaches {wanted} again, and the lowest such "
            "threshold is asked for.": answers(given, probabilities)
            == answers(first_failure, probabilities),
            "this is the highest threshold that reaches the precision. The lowest one finds more of the equivalent "
            "pairs.": given == float(highest_first[good].max()),
            f"with this threshold, precision is {found:.2f}, less than {wanted}.": found < wanted,
        }
        otherwise = (
            f"for ten made-up pairs and a precision of {wanted}, the lowest threshold is {right}; your function "
            f"says {given:g}."
        )
        same = answers(given, probabilities) == answers(right, probabilities)
        tell_apart(given, same, mistakes, otherwise)
    chances, labels = probabilities_of(logits), np.asarray(labels)
    half = chances >= 0.5
    if not half.any() or lowest_threshold(chances, labels, 0.9) is None:
        return (
            "on ten made-up pairs. On validation, no threshold gives your model a precision of 0.9."
        )
    found = threshold(chances, labels, 0.9)
    kept = chances >= found
    positive = labels == 1
    return (
        f"on validation, a precision of 0.9 takes a threshold of {found:.3f}. The recall is then {kept[positive].mean():.2f}; "
        f"with a threshold of one half, precision is {labels[half].mean():.2f} and recall {half[positive].mean():.2f}."
    )


@check
def check_answers_for_both(answers_for_both, logits, swapped_logits, labels):
    """`answers_for_both(logits, swapped_logits)`: the class with the larger mean probability over both orders."""
    one = np.array([[2, -2], [-1, 1], [0.5, 0], [-3, 3], [1, 0], [0, 0.4]], np.float32)
    other = np.array([[1, -1], [-2, 2], [-2, 2], [0.2, 0], [0, 0.3], [3, 0]], np.float32)
    hints = {TypeError: "It is called with two arrays. softmax needs tensors: torch.tensor(...)."}

    def answers(logits, swapped) -> list:
        given = call(answers_for_both, logits.copy(), swapped.copy(), hints=hints)
        return a_list(given, "what your function returns")

    def chances(*arrays) -> np.ndarray:
        return np.mean([probabilities_of(each) for each in arrays], axis=0)

    wanted = (chances(one, other) >= 0.5).astype(int).tolist()
    given = answers(one, other)
    require(
        len(given) == len(one),
        f"your function returns {len(given)} answers for {len(one)} pairs. Each pair gets one.",
    )
    classes = [each.argmax(axis=-1) for each in (one, other)]
    either, both = (np.maximum(*classes).tolist(), np.minimum(*classes).tolist())
    flipped = [1 - answer for answer in wanted]
    mistakes = {
        "these are the answers for one order alone. Swapped, the model may say something else.": any(
            given == each.tolist() for each in classes
        ),
        "your function says equivalent if it is the answer in either order. Where the two disagree, the surer one "
        "counts: take the mean of the probabilities.": either,
        "your function says equivalent only if it is the answer in both orders. Where the two disagree, the surer one "
        "counts: take the mean of the probabilities.": both,
        "these are the answers with 0 and 1 exchanged. Column 1 belongs to equivalent.": flipped,
        "these are not classes. Asked for is 1 for equivalent and 0 otherwise.": bool(
            set(map(str, given)) - {"0", "1", "True", "False", "0.0", "1.0"}
        ),
    }
    otherwise = f"for made-up logits the answers are {wanted}; your function says {given}."
    tell_apart(given, wanted, mistakes, otherwise)
    logits, swapped_logits = np.asarray(logits), np.asarray(swapped_logits)
    labels = np.asarray(labels)
    together = (np.array(answers(logits, swapped_logits)) == labels).mean()
    alone = [(each.argmax(axis=-1) == labels).mean() for each in (logits, swapped_logits)]
    return (
        f"on validation, the accuracy is {together:.3f} for both orders together, and {alone[0]:.3f} and {alone[1]:.3f} for each "
        "alone. A difference of a point or two may be luck. What you have won for certain is that the order no longer "
        "matters."
    )
