"""The checks of notebook 3, inspecting features."""

import numbers
from collections import Counter
from collections.abc import Mapping
from statistics import fmean

from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from helpers.exercises.notebook_02 import require_a_value, same_pair
from helpers.exercises.verdict import (
    NotYet,
    a_list,
    a_number,
    a_row,
    a_share,
    agrees,
    call,
    check,
    of_type,
    require,
    tell_apart,
)

# Training labels and labels to be judged by, in which the most frequent label is not always 1 and not always the same.
MADE_UP_LABELS = [
    ([1, 1, 1, 0], [0, 0, 0, 1, 1]),
    ([0, 0, 0, 1], [1, 1, 1, 0, 0]),
    ([1, 1, 0], [1, 1, 1, 0]),
    ([0, 0, 1, 0], [0, 1, 0, 0, 0, 0, 1]),
]


def most_frequent(labels: list[int]) -> int:
    """The most frequent label; of two that are equally frequent, the smaller one, as DummyClassifier has it."""
    return max(sorted(set(labels)), key=labels.count)


def constant_scores(answer: int, labels: list[int], f1=f1_score, **options) -> tuple[float, float]:
    """Accuracy and F1 of always giving one answer."""
    answers = [answer] * len(labels)
    second = f1(labels, answers, zero_division=0, **options)
    return float(accuracy_score(labels, answers)), float(second)


def majority_scores(train_labels: list[int], labels: list[int], **options) -> tuple[float, float]:
    return constant_scores(most_frequent(train_labels), labels, **options)


def mean_of_precision_and_recall(labels, answers, zero_division) -> float:
    return fmean(
        score(labels, answers, zero_division=zero_division)
        for score in (precision_score, recall_score)
    )


# What mistakes make of training labels and labels to be judged by, by what the check says of them.
MISTAKES_WITH_A_BASELINE = {
    "it answers with the most frequent of the labels that it is judged by. A classifier may use what it was trained on, "
    "here train_labels, and must not see the answers.": lambda train, labels: majority_scores(
        labels, labels
    ),
    "it answers 1 even where the most frequent training label is 0. Find the most frequent label inside the function, "
    "from train_labels.": lambda train, labels: constant_scores(1, labels),
    "it answers with the rarer training label.": lambda train, labels: constant_scores(
        1 - most_frequent(train), labels
    ),
    "it returns F1 first. The accuracy comes first, F1 second.": lambda train, labels: (
        majority_scores(train, labels)[::-1]
    ),
    "it is judged by the training labels. Compare its answers with labels.": lambda train, labels: (
        majority_scores(train, train)
    ),
    "the two lists have changed places: the training labels come first.": lambda train, labels: (
        majority_scores(labels, train)
    ),
    "the accuracy is right. The second number is the F1 of label 0, and that of label 1 is asked for: f1_score gives it "
    "by itself.": lambda train, labels: majority_scores(train, labels, pos_label=0),
    "the accuracy is right. The second number is the F1 of the most frequent label, and that of label 1 is asked for, "
    "which f1_score gives by itself.": lambda train, labels: majority_scores(
        train, labels, pos_label=most_frequent(train)
    ),
    "the accuracy is right. The second number is the mean of both labels' F1, and that of label 1 alone is asked for: "
    "f1_score gives it without average=....": lambda train, labels: majority_scores(
        train, labels, average="macro"
    ),
    "the accuracy is right. The second number is a weighted mean of both labels' F1, and that of label 1 alone is asked "
    "for: f1_score gives it without average=....": lambda train, labels: majority_scores(
        train, labels, average="weighted"
    ),
    "the accuracy is right. The second number is the accuracy again, not F1.": lambda train, labels: (
        (majority_scores(train, labels)[0],) * 2
    ),
    "the accuracy is right. The second number is the ordinary mean of precision and recall, and F1 is their harmonic "
    "mean.": lambda train, labels: majority_scores(train, labels, f1=mean_of_precision_and_recall),
    "the accuracy is right. The second number is the precision, not F1.": lambda train, labels: (
        majority_scores(train, labels, f1=precision_score)
    ),
    "the accuracy is right. The second number is the recall, not F1.": lambda train, labels: (
        majority_scores(train, labels, f1=recall_score)
    ),
    "the scores are right, but rounded to two digits. Return them as they are, or with three digits at least.": (
        lambda train, labels: tuple(round(score, 2) for score in majority_scores(train, labels))
    ),
}


def two_scores(value) -> list[float]:
    """Accuracy and F1, as the learner's function returned them: two numbers, or a dictionary that holds two."""
    found = f"and your function returns something {of_type(value)}"
    try:
        values = list(value.values()) if isinstance(value, Mapping) else a_list(value, "")
    except NotYet:
        raise NotYet(
            f"two numbers are asked for, the accuracy and F1, {found}. A function returns two with `return a, b`."
        ) from None
    require(len(values) == 2, f"two numbers are asked for, {found} with {len(values)} values.")
    names = ("the accuracy", "the F1")
    return [
        a_share(score, f"{name} that your function returns")
        for name, score in zip(names, values, strict=True)
    ]


@check
def check_baseline_scores(baseline_scores, raw_datasets):
    """`baseline_scores(train_labels, labels)`: accuracy and F1 of the most frequent training label on `labels`."""
    hints = {
        TypeError: "It takes two lists: the training labels, and the labels to be judged by.",
        ValueError: "scikit-learn asks for one input per label, and for as many answers as labels.",
    }

    def scores(train, labels):
        return two_scores(call(baseline_scores, list(train), list(labels), hints=hints))

    def over_all(function):
        return [score for case in MADE_UP_LABELS for score in function(*case)]

    given, wanted = over_all(scores), over_all(majority_scores)
    mistakes = {message: over_all(mistake) for message, mistake in MISTAKES_WITH_A_BASELINE.items()}
    wrong = [not agrees(*pair) for pair in zip(given, wanted, strict=True)]
    case = wrong.index(True) // 2 if any(wrong) else 0
    (train, labels), mine, right = (
        MADE_UP_LABELS[case],
        given[2 * case :][:2],
        wanted[2 * case :][:2],
    )
    otherwise = (
        f"for the training labels {train} and the labels {labels}, the baseline always answers {most_frequent(train)}, "
        f"which gives an accuracy of {right[0]:.3f} and an F1 of {right[1]:.3f}. Your function returns {mine[0]:.3f} "
        f"and {mine[1]:.3f}."
    )
    tell_apart(given, wanted, mistakes, otherwise)
    of = {split: raw_datasets[split]["label"][:] for split in ("train", "validation", "test")}
    on = {split: majority_scores(of["train"], of[split]) for split in ("test", "validation")}
    mine = scores(of["train"], of["test"])
    require(
        agrees(mine, list(on["test"])),
        f"it is right about made-up labels. On the test split it returns {mine[0]:.3f} and {mine[1]:.3f}, not "
        f"{on['test'][0]:.3f} and {on['test'][1]:.3f}.",
    )
    answer = raw_datasets["train"].features["label"].int2str(most_frequent(of["train"]))
    return (
        f"accuracy {on['test'][0]:.3f} and F1 {on['test'][1]:.3f} on test, {on['validation'][0]:.3f} and "
        f"{on['validation'][1]:.3f} on validation. The baseline always answers {answer}, so its scores depend on the "
        f"share of {answer} pairs alone: {on['test'][0]:.1%} on test, {on['validation'][0]:.1%} on validation. Compare "
        "two scores only if they come from the same split."
    )


@check(answers=2)
def check_longest_pair(longest_pair, longest_label, raw_datasets):
    """`longest_pair`: the training row with the most words in both sentences; `longest_label`: its label's name."""
    require_a_value(longest_pair, "longest_pair")
    require(
        not isinstance(longest_pair, numbers.Number),
        "longest_pair is a number. The row itself is asked for, not its length and not its position: "
        "max(rows, key=function) returns a row.",
    )
    of_pandas = type(longest_pair).__name__ == "Series"
    row = a_row(longest_pair.to_dict() if of_pandas else longest_pair, "longest_pair")
    train = raw_datasets["train"]
    texts = list(zip(train["sentence1"][:], train["sentence2"][:], strict=True))
    pair = (row["sentence1"], row["sentence2"])
    elsewhere = [
        split
        for split in ("validation", "test")
        if pair not in texts and any(same_pair(row, other) for other in raw_datasets.get(split, []))
    ]
    require(
        not elsewhere,
        f"longest_pair is a row of {' and '.join(elsewhere)}. Look for the longest pair of the training split.",
    )
    require(pair in texts, "longest_pair is no row of the training split.")

    def longest(length) -> bool:
        """Whether no pair is longer than the learner's, as `length(sentence1, sentence2)` counts."""
        return length(*pair) == max(length(*each) for each in texts)

    words = [count(one) + count(other) for one, other in texts]
    mine = count(pair[0]) + count(pair[1])
    mistakes = {
        "this is the shortest pair. max(rows, key=function) gives the row with the largest value; a sorted list ends "
        "with it.": mine == min(words),
        "this pair has the most characters. len() of a string counts characters; split() it into words first.": longest(
            lambda one, other: len(one) + len(other)
        ),
        "this pair has the longest single sentence. Add up the words of both sentences, and look for the largest "
        "sum.": longest(lambda one, other: max(count(one), count(other))),
        "this pair has the longest sentence1. Add up the words of both sentences, and look for the largest sum.": longest(
            lambda one, other: count(one)
        ),
        "this pair has the longest sentence2. Add up the words of both sentences, and look for the largest sum.": longest(
            lambda one, other: count(other)
        ),
        "this pair has the largest difference in length. Add the words of both sentences instead.": longest(
            lambda one, other: abs(count(one) - count(other))
        ),
        "this pair has the most different words. Count a word each time it occurs: a set keeps it only once.": longest(
            lambda one, other: len(set(one.split()) | set(other.split()))
        )
        or longest(lambda one, other: len(set(one.split())) + len(set(other.split()))),
    }
    otherwise = (
        f"this pair has {mine} words in its two sentences, and there is one with {max(words)}."
    )
    tell_apart(mine, mine == max(words), mistakes, otherwise)
    require_a_value(longest_label, "longest_label")
    to_name = train.features["label"].int2str
    names = [
        to_name(label) for label, each in zip(train["label"][:], texts, strict=True) if each == pair
    ]
    mistakes = {
        f"the pair is right. Its label should be a name, and it is {longest_label!r}: the type of the column has "
        "int2str.": not isinstance(longest_label, str),
        f"the pair is right. {longest_label} is the name of the other label.": longest_label
        in train.features["label"].names,
    }
    otherwise = f"the pair is right. Its label is not called {longest_label!r}; ask the column's type for the name."
    tell_apart(longest_label, longest_label in names, mistakes, otherwise)
    return (
        f"{max(words)} words, {longest_label}. That is {max(words) / fmean(words):.1f} times as many as the average pair "
        "has. Notebook 5 counts tokens instead, and shows what it costs to make every pair as long as the longest."
    )


def count(sentence: str) -> int:
    """The number of words that split() makes of a sentence."""
    return len(sentence.split())


def some_rows() -> list[dict]:
    """Made-up pairs that tell ways of counting shared words apart."""
    texts = [
        ("a b c d", "a b c e"),  # 3 of 5
        ("a b c", "a b d e"),  # 2 of 5; 2 of 3 in the shorter
        ("a b c", "a b d"),  # 2 of 4: exactly half
        ("A B c d", "a b c d"),  # the same but for letter case
        ("a a a b", "a b b"),  # 2 of 2; repeated words count once
        ("a b c d e", "a b f"),  # 2 of 6; the first sentence is the longer one
        ("a b", "c d"),  # nothing
        ("silent", "listen"),  # nothing, but for the letters
        ("a b.", "a b"),  # 1 of 3: the period belongs to its word
        ("a b c d e f", "a b c d e f"),  # everything
        ("b a", "a b"),  # everything, in another order
        ("a b c a a a", "a d e a a a"),  # 1 of 5, though most words of the lists are the same
        ("a b c d e f g h", "a b c d e f g i"),  # 7 of 9
    ]
    return [
        {"sentence1": first, "sentence2": second, "label": 1, "idx": idx}
        for idx, (first, second) in enumerate(texts)
    ]


def word_sets(row) -> list[set[str]]:
    return [set(row[name].lower().split()) for name in ("sentence1", "sentence2")]


def share_of(row) -> tuple[int, int]:
    """How many different words occur in both sentences, and in one or the other."""
    one, other = word_sets(row)
    return len(one & other), len(one | other)


def at_least_half(row) -> int:
    both, either = share_of(row)
    return int(2 * both >= either)


def of_lists(text: str) -> list[str]:
    return text.lower().split()


def mistaken(
    cut=lambda text: set(of_lists(text)),
    whole=lambda one, other: len(one | other),
    enough=0.5,
    once=False,
):
    """A function as the exercise asks for, but for how it cuts a text, what it divides by, or what is enough.

    A cut may leave words repeated; `once` says that those in both sentences are still counted once.
    """

    def answer(row) -> int:
        one, other = cut(row["sentence1"]), cut(row["sentence2"])
        both = len(set(one) & set(other)) if once else sum((Counter(one) & Counter(other)).values())
        return int(both / whole(one, other) >= enough)

    return answer


NOT_OF_ONE = (
    "'a b c' and 'a b d e' share 2 words of 5 different ones, less than half. Divide by the words of both together (|), "
    "not by those of one sentence or of the average one."
)
# What mistakes answer to a row, by what the check says of them.
MISTAKES_WITH_WORDS = {
    "every answer is the wrong way round: 1 is for pairs that share many words.": [
        lambda row: 1 - at_least_half(row)
    ],
    "a pair that shares exactly half of its words is called not equivalent. At least half is >=, not >.": [
        mistaken(enough=0.5001)
    ],
    "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter case away.": [
        mistaken(cut=lambda text: set(text.split()))
    ],
    NOT_OF_ONE: [
        mistaken(whole=lambda one, other: min(len(one), len(other))),
        mistaken(whole=lambda one, other: max(len(one), len(other))),
        mistaken(whole=lambda one, other: len(one)),
        mistaken(whole=lambda one, other: len(other)),
        mistaken(whole=lambda one, other: (len(one) + len(other)) / 2),
    ],
    "the words that both sentences have are counted twice in what you divide by. Divide by the different words of both "
    "together: len(a | b).": [mistaken(whole=lambda one, other: len(one) + len(other))],
    "'silent' and 'listen' have the same letters, and they are different words. set(text) holds letters: split() first.": [
        mistaken(cut=lambda text: set(text.lower())),
        mistaken(cut=set),
    ],
    "'a a a b' and 'a b b' have the same two different words. Count every word once: set(...).": [
        mistaken(of_lists, lambda one, other: sum((Counter(one) | Counter(other)).values())),
        mistaken(of_lists, lambda one, other: len(one) + len(other)),
        mistaken(of_lists, lambda one, other: max(len(one), len(other))),
        mistaken(of_lists, lambda one, other: len(one) + len(other), once=True),
        mistaken(
            of_lists,
            lambda one, other: len(one) + len(other) - len(set(one) & set(other)),
            once=True,
        ),
    ],
    "'a b.' and 'a b' share one word of three: split() leaves the period on its word, and so does the exercise.": [
        mistaken(cut=lambda text: {word.strip(".,") for word in of_lists(text)})
    ],
}


@check
def check_share_half(share_half, raw_datasets):
    """`share_half(row)`: 1 if both sentences have at least half of all their different words in common, else 0."""
    hints = {
        KeyError: "A row has sentence1 and sentence2.",
        TypeError: "It takes one row; and & and | are for sets: set(text.split()).",
        AttributeError: "split() and lower() belong to strings, such as row['sentence1'].",
    }

    def answer_to(row) -> int:
        answer = call(share_half, dict(row), hints=hints)
        require(
            not isinstance(answer, str),
            f"your function returns the string {answer!r}. scikit-learn compares numbers: return 1 or 0.",
        )
        answer = a_number(answer, "what your function returns")
        require(
            not 0 < answer < 1,
            f"your function returned {answer:.2f} for a pair, which is a share. Compare it with one half, and return "
            "1 or 0.",
        )
        require(
            answer in (0, 1),
            f"your function returned {answer:g} for a pair. Return 1 or 0.",
        )
        return int(answer)

    def compare(rows, mistakes):
        answers, wanted = [answer_to(row) for row in rows], [at_least_half(row) for row in rows]
        wrong = [answer != right for answer, right in zip(answers, wanted, strict=True)]
        first = wrong.index(True) if any(wrong) else 0
        both, either = share_of(rows[first])
        otherwise = (
            f"{rows[first]['sentence1']!r} and {rows[first]['sentence2']!r} share {both} of {either} different words, "
            f"and your function says {answers[first]}."
        )
        constant = f"your function says {answers[0]} to every pair, whatever its words."
        mistakes = {constant: len(set(answers)) == 1} | mistakes
        tell_apart(answers, wanted, mistakes, otherwise)
        return answers

    rows = some_rows()
    answers = [answer_to(row) for row in rows]
    known = {
        message: any(answers == [function(row) for row in rows] for function in functions)
        for message, functions in MISTAKES_WITH_WORDS.items()
    }
    compare(rows, known)
    validation = raw_datasets["validation"]
    labels = validation["label"][:]
    guesses = compare(list(validation), {})
    mine = float(accuracy_score(labels, guesses)), float(f1_score(labels, guesses, zero_division=0))
    majority = majority_scores(raw_datasets["train"]["label"][:], labels)
    in_accuracy, in_f1 = (than(*pair) for pair in zip(mine, majority, strict=True))
    in_words = (
        f"{in_accuracy} it in both"
        if in_accuracy == in_f1
        else f"{in_accuracy} it in accuracy and {in_f1} it in F1"
    )
    return (
        f"accuracy {mine[0]:.3f} and F1 {mine[1]:.3f} on validation. The majority baseline has {majority[0]:.3f} and "
        f"{majority[1]:.3f}, so your function is {in_words}. One half was only a guess at what is enough; notebook 6 "
        "chooses the threshold from the training pairs."
    )


def than(mine: float, other: float) -> str:
    if abs(mine - other) < 1e-9:
        return "level with"
    return "above" if mine > other else "below"
