"""The checks of notebook 3, inspecting features."""

import inspect
import numbers
from collections import Counter
from collections.abc import Mapping
from statistics import fmean

from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from helpers.exercises.notebook_02 import same_pair
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
    require_a_value,
    tell_apart,
)

# Training labels and labels to be scored on, in which the most frequent label is not always 1 and not always the same.
MADE_UP_LABELS = [
    ([1, 1, 1, 0], [0, 0, 0, 1, 1]),
    ([0, 0, 0, 1], [1, 1, 1, 0, 0]),
    ([1, 1, 0], [1, 1, 1, 0]),
    ([0, 0, 1, 0], [0, 1, 0, 0, 0, 0, 1]),
    ([0, 0, 1], [0, 0]),
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


# What mistakes make of training labels and labels to be scored on, by what the check says of them.
MISTAKES_WITH_A_BASELINE = {
    "it answers with the most frequent of the labels that it is scored on. A classifier may use what it was trained on, "
    "here train_labels, and must not see the answers.": lambda train, labels: majority_scores(
        labels, labels
    ),
    "it answers 1 even where the most frequent training label is 0, as in [0, 0, 0, 1]. Which label is most frequent "
    "has to come from train_labels each time.": lambda train, labels: constant_scores(1, labels),
    "it answers with the rarer training label.": lambda train, labels: constant_scores(
        1 - most_frequent(train), labels
    ),
    "it returns F1 first. The accuracy comes first, F1 second.": lambda train, labels: (
        majority_scores(train, labels)[::-1]
    ),
    "it is scored on the training labels. Compare its answers with labels.": lambda train, labels: (
        majority_scores(train, train)
    ),
    "the two lists have changed places: the training labels come first.": lambda train, labels: (
        majority_scores(labels, train)
    ),
    "the accuracy is right. The second number is the F1 of label 0, and that of label 1 is asked for: f1_score returns "
    "it by default.": lambda train, labels: majority_scores(train, labels, pos_label=0),
    "the accuracy is right. The second number is the F1 of the most frequent label, and that of label 1 is asked for, "
    "which f1_score returns by default.": lambda train, labels: majority_scores(
        train, labels, pos_label=most_frequent(train)
    ),
    "the accuracy is right. The second number is the mean of both labels' F1, and that of label 1 alone is asked for: "
    "f1_score returns it without average=....": lambda train, labels: majority_scores(
        train, labels, average="macro"
    ),
    "the accuracy is right. The second number is a weighted mean of both labels' F1, and that of label 1 alone is asked "
    "for: f1_score returns it without average=....": lambda train, labels: majority_scores(
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
    "no answer of the baseline is ever right. It should answer with a label, 0 or 1: most_common(1) gives a list with a "
    "pair of a label and its count, so most_common(1)[0][0] is the label.": lambda train, labels: (
        0.0,
        0.0,
    ),
    "the scores are right, but rounded to two decimal places. Return them as they are, or with at least three decimal places.": (
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


def require_arguments(function, number: int, usage: str) -> None:
    """Raises NotYet with `usage` if `function` cannot be called with `number` arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # not a function, or one that does not tell
        return
    try:
        signature.bind(*[None] * number)
    except TypeError as error:
        raise NotYet(
            f"your function cannot be called as the exercise asks: {error}. {usage}"
        ) from None


def hint_at_a_value(error: ValueError) -> str:
    """What to do about scikit-learn's ValueError, by what it says."""
    hints = {
        "inconsistent numbers of samples": "scikit-learn asks for one input per label, and for as many answers as labels.",
        "Expected 2D array": "scikit-learn asks for a list of inputs, each of which is a list of its own, such as "
        "nothing = [0].",
        "Classification metrics": MUST_BE_LABELS,
        "multiclass": MUST_BE_LABELS,
    }
    return next((hint for part, hint in hints.items() if part in str(error)), "")


MUST_BE_LABELS = (
    "Each answer has to be a label, 0 or 1. most_common(1) gives a list with a pair of a label and its count, so "
    "most_common(1)[0][0] is the label."
)


@check
def check_baseline_scores(baseline_scores, raw_datasets):
    """`baseline_scores(train_labels, labels)`: accuracy and F1 of the most frequent training label on `labels`."""
    usage = "baseline_scores takes two lists: the training labels, and the labels to be scored on."
    require_arguments(baseline_scores, 2, usage)

    def scores(train, labels):
        here = (
            f"for {train} and {labels}" if len(labels) < 10 else "for the labels of the test split"
        )
        hints = {
            TypeError: f"It was called with two lists, train_labels and labels, {here}.",
            ValueError: hint_at_a_value,
            ZeroDivisionError: f"That is {here}. Where precision, recall or F1 is 0 / 0, it counts as 0.",
        }
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
def check_longest_pair(longest_pair, longest_words, raw_datasets):
    """`longest_pair`: the training row of label 0 with the most words in both sentences; `longest_words`: how many."""
    require_a_value(longest_pair, "longest_pair")
    require(
        not isinstance(longest_pair, numbers.Number),
        "longest_pair is a number. The row itself is asked for, not its length and not its position: "
        "max(rows, key=function) returns a row.",
    )
    of_pandas = type(longest_pair).__name__ == "Series"
    row = a_row(longest_pair.to_dict() if of_pandas else longest_pair, "longest_pair")
    train = raw_datasets["train"]
    all_texts = list(zip(train["sentence1"][:], train["sentence2"][:], strict=True))
    texts = [each for each, label in zip(all_texts, train["label"][:], strict=True) if label == 0]
    pair = (row["sentence1"], row["sentence2"])
    elsewhere = [
        split
        for split in ("validation", "test")
        if pair not in all_texts
        and any(same_pair(row, other) for other in raw_datasets.get(split, []))
    ]
    require(
        not elsewhere,
        f"longest_pair is a row of {' and '.join(elsewhere)}. Look for the longest pair of the training split.",
    )
    require(pair in all_texts, "longest_pair is no row of the training split.")

    def longest(length, among=texts) -> bool:
        """Whether no pair is longer than the learner's, as `length(sentence1, sentence2)` counts."""
        return length(*pair) == max(length(*each) for each in among)

    def words_of(one, other):
        return count(one) + count(other)

    mine, most = words_of(*pair), max(words_of(*each) for each in texts)
    require(
        pair in texts or not longest(words_of, all_texts),
        "this is the longest training pair of all, and it is equivalent. Look among those that are not equivalent.",
    )
    require(
        pair in texts,
        "the label of this pair is equivalent. Look among the pairs that are not: str2int gives you their number.",
    )
    mistakes = {
        "this is the shortest pair. max(rows, key=function) gives the row with the largest value; a sorted list ends "
        "with it.": mine == min(words_of(*each) for each in texts),
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
        "this pair has the most distinct words. Count a word each time it occurs: a set keeps it only once.": longest(
            lambda one, other: len(set(one.split()) | set(other.split()))
        )
        or longest(lambda one, other: len(set(one.split())) + len(set(other.split()))),
    }
    otherwise = f"this pair has {mine} words in its two sentences, and there is one with {most} that is not equivalent."
    tell_apart(mine, mine == most, mistakes, otherwise)
    require_a_value(longest_words, "longest_words")
    given = a_number(longest_words, "the pair is right. longest_words")
    one, other = pair
    mistakes = {
        "the pair is right. longest_words is one too small: one + other joins the last word of one sentence to the first "
        "of the other. split() each sentence, or put a space between them.": given
        == count(one + other),
        "the pair is right. longest_words is the product of both sentences' words. Add them up.": given
        == count(one) * count(other),
        "the pair is right. longest_words counts the words of one sentence only. Add up both.": given
        in (count(one), count(other)),
        "the pair is right. longest_words counts characters: split() a sentence into words first.": given
        in (len(one) + len(other), len(one + " " + other)),
        "the pair is right. longest_words counts distinct words: a set keeps a word only once.": given
        in (
            len(set(one.split()) | set(other.split())),
            len(set(one.split())) + len(set(other.split())),
        ),
    }
    otherwise = f"the pair is right. Its sentences have {most} words together, and longest_words is {given:g}."
    tell_apart(given, given == most, mistakes, otherwise)
    average = fmean(words_of(*each) for each in texts)
    return (
        f"{most} words. That is {most / average:.1f} times as many as the average pair that is not equivalent has. "
        "Notebook 5 counts tokens instead, and shows what it costs to make every pair as long as the longest."
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
        ("c d e f", "C D e f"),  # the same but for letter case, the other way around
        ("a b c d e f g", "a b c d e h i"),  # 5 of 9
        ("a b c d", "a b c e f g"),  # 3 of 7
        ("a b c d e", "a b c d f g h i j"),  # 4 of 10, and 4 of 9 in the longer
    ]
    return [
        {"sentence1": first, "sentence2": second, "label": idx % 2, "idx": idx}
        for idx, (first, second) in enumerate(texts)
    ]


def word_sets(row) -> list[set[str]]:
    return [set(row[name].lower().split()) for name in ("sentence1", "sentence2")]


def share_of(row) -> tuple[int, int]:
    """How many distinct words occur in both sentences, and in one or the other."""
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
    lower=(),
):
    """A function as the exercise asks for, but for how it cuts a text, what it divides by, or what is enough.

    A cut may leave words repeated; `once` says that those in both sentences are still counted once. `lower` names the
    sentences that are put in lower case before they are cut.
    """

    def answer(row) -> int:
        one, other = (
            cut(row[name].lower() if name in lower else row[name])
            for name in ("sentence1", "sentence2")
        )
        both = len(set(one) & set(other)) if once else sum((Counter(one) & Counter(other)).values())
        return int(both / whole(one, other) >= enough)

    return answer


NOT_OF_ONE = (
    "'a b c' and 'a b d e' share 2 words of 5 distinct ones, less than half. Divide by the words of both together (|), "
    "not by those of one sentence or of the average one, and compare with 0.5."
)
# What mistakes answer to a row, by what the check says of them.
MISTAKES_WITH_WORDS = {
    "every answer is the wrong way around: 1 is for pairs that share many words.": [
        lambda row: 1 - at_least_half(row)
    ],
    "your function returns the label of the row. A classifier must not see the answer: compare the two sentences.": [
        lambda row: row["label"],
        lambda row: 1 - row["label"],
    ],
    "a pair that shares exactly half of its words is called not equivalent. At least half is >=, not >; and round(0.5) "
    "is 0.": [mistaken(enough=0.5001)],
    "your function asks for more than half of the words before it says 1. Half is 0.5.": [
        mistaken(enough=enough) for enough in (0.58, 0.7)
    ],
    "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter case away.": [
        mistaken(cut=lambda text: set(text.split()))
    ],
    "your function ignores letter case in one sentence only. lower() both of them.": [
        mistaken(cut=lambda text: set(text.split()), lower=("sentence1",)),
        mistaken(cut=lambda text: set(text.split()), lower=("sentence2",)),
    ],
    NOT_OF_ONE: [
        mistaken(whole=lambda one, other: min(len(one), len(other))),
        mistaken(whole=lambda one, other: max(len(one), len(other))),
        mistaken(whole=lambda one, other: len(one)),
        mistaken(whole=lambda one, other: len(other)),
        mistaken(whole=lambda one, other: (len(one) + len(other)) / 2),
    ],
    "your function is content with less than half of the words. Half is 0.5.": [
        mistaken(enough=enough) for enough in (0.42, 0.4, 0.2, 0.01)
    ],
    "only pairs with exactly the same words are called equivalent. Divide with /, not with //, by the distinct words of "
    "both together, len(a | b): in len(a) + len(b), shared words are counted twice.": [
        mistaken(enough=1),
        mistaken(whole=lambda one, other: len(one) + len(other)),
    ],
    "'silent' and 'listen' have the same letters, and they are different words. set(text) holds letters: split() first.": [
        mistaken(cut=lambda text: set(text.lower())),
        mistaken(cut=set),
    ],
    "'a a a b' and 'a b b' have the same two distinct words. Count every word once: set(...).": [
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
    """`share_half(row)`: 1 if both sentences have at least half of all their distinct words in common, else 0."""
    hints = {
        KeyError: "A row has sentence1 and sentence2.",
        TypeError: "& and | are for sets: set(text.split()).",
        AttributeError: "split() and lower() belong to strings, such as row['sentence1'].",
    }

    require(callable(share_half), f"a function is asked for, and this is {of_type(share_half)}.")
    require_arguments(
        share_half, 1, "share_half takes one argument, a row, which holds both sentences."
    )

    def value_of(row):
        """What the function returns, which may be None."""
        return call(lambda row: [share_half(row)], dict(row), hints=hints)[0]

    def answer_to(row) -> int:
        answer = value_of(row)
        if answer is None:
            both, either = share_of(row)
            raise NotYet(
                f"your function returns nothing (None) for {row['sentence1']!r} and {row['sentence2']!r}, which share "
                f"{both} of {either} distinct words. Does every way through it end with return? An if without else needs "
                "a return after it."
            )
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
            f"{rows[first]['sentence1']!r} and {rows[first]['sentence2']!r} share {both} of {either} distinct words, "
            f"and your function says {answers[first]}."
        )
        constant = f"your function says {answers[0]} to every pair, whatever its words."
        mistakes = {constant: len(set(answers)) == 1} | mistakes
        tell_apart(answers, wanted, mistakes, otherwise)
        return answers

    rows = some_rows()
    require(
        any(value_of(row) is not None for row in rows),
        "your function returns nothing (None). Does it end with return?",
    )
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
    by_answer = {
        guess: [label for label, mine in zip(labels, guesses, strict=True) if mine == guess]
        for guess in (1, 0)
    }
    hint = ""
    if all(by_answer.values()):
        precision, others = fmean(by_answer[1]), fmean(by_answer[0])
        hint = f"Of the pairs that it calls equivalent, {precision:.0%} are; of the others, {others:.0%}. "
    return (
        f"accuracy {mine[0]:.3f} and F1 {mine[1]:.3f} on validation. The majority baseline has {majority[0]:.3f} and "
        f"{majority[1]:.3f}, so your function is {in_words}. {hint}One half was only a guess at what is enough; "
        "notebook 6 chooses this limit, a threshold, from the training pairs."
    )


def than(mine: float, other: float) -> str:
    if abs(mine - other) < 1e-9:
        return "level with"
    return "above" if mine > other else "below"
