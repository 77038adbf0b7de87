"""The checks of notebook 10, your own data."""

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
from datasets import ClassLabel, Dataset, Features, Value

from helpers.exercises.verdict import (
    a_list,
    a_number,
    call,
    check,
    of_type,
    require,
    tell_apart,
)

SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}


def made_up_dataset() -> Dataset:
    """200 rows, sorted by their label, of which there are 120, 60 and 20."""
    labels = [0] * 120 + [1] * 60 + [2] * 20
    features = Features({"text": Value("string"), "label": ClassLabel(names=["a", "b", "c"])})
    rows = {"text": [f"text {number}" for number in range(200)], "label": labels}
    return Dataset.from_dict(rows, features=features)


def texts_by_split(three_splits, dataset, seed) -> dict[str, list[str]]:
    """The texts in each of the three splits that the learner's function returns."""
    hints = {
        TypeError: "It is called with a dataset and a seed, a whole number.",
        KeyError: "train_test_split calls its two parts train and test.",
        ValueError: "Stratifying needs rows of each class in every part. Is what you split large enough?",
    }
    given = call(three_splits, dataset, seed, hints=hints)
    require(
        isinstance(given, Mapping) and not isinstance(given, Dataset),
        f"your function returns something {of_type(given)}. A DatasetDict is asked for, with train, validation and test.",
    )
    require(
        set(given) == set(SHARES),
        f"your function returns the splits {', '.join(map(str, given))}; asked for are {', '.join(SHARES)}."
        + (
            " Split one of the two once more."
            if set(given) == {"train", "test"}
            else " Give each its name: DatasetDict(train=...)."
        ),
    )
    for name, part in given.items():
        require(
            isinstance(part, Dataset),
            f"{name} should be a dataset, and it is {of_type(part)}. "
            "train_test_split returns two: take one by its name.",
        )
        require(
            {"text", "label"} <= set(part.column_names),
            f"{name} has lost a column: it has {', '.join(part.column_names)}. Leave the columns as they are.",
        )
    return {name: list(given[name]["text"]) for name in SHARES}


@check
def check_three_splits(three_splits, labeled):
    """`three_splits(dataset, seed)`: a DatasetDict with 70, 15 and 15 % of the rows, stratified by label."""
    dataset = made_up_dataset()
    label_of = dict(zip(dataset["text"], dataset["label"], strict=True))
    splits = texts_by_split(three_splits, dataset, 1)
    sizes = {name: len(texts) for name, texts in splits.items()}
    several = [
        text
        for text, times in Counter(text for texts in splits.values() for text in texts).items()
        if times > 1
    ]
    require(
        not several,
        f"{len(several)} of {len(dataset)} rows are in more than one split. Split what is left after the first split, not "
        "the whole dataset again.",
    )
    shown = f"of {len(dataset)} rows, your splits have {', '.join(f'{n} {size}' for n, size in sizes.items())}"
    require(
        sum(sizes.values()) == len(dataset),
        f"{shown}, which leaves some out. Each row belongs into one of them.",
    )
    allowed = {name: abs(size - share * 200) <= 1 for (name, share), size in zip(SHARES.items(), sizes.values(), strict=True)}  # fmt: skip
    mistakes = {
        f"{shown}. 15% of what is left after the first split is less than 15% of all: halve 30%.": sizes["train"] in range(143, 147)
        or {sizes["validation"], sizes["test"]} in ({25, 30}, {26, 30}),
        f"{shown}. The largest part should be train.": sizes["train"] < 100,
    }  # fmt: skip
    otherwise = f"{shown}. They should have 140, 30 and 30."
    tell_apart(sizes, all(allowed.values()), mistakes, otherwise)
    counts = {name: Counter(label_of[text] for text in texts)[2] for name, texts in splits.items()}
    in_order = all(texts == sorted(texts, key=lambda t: int(t[5:])) for texts in splits.values())
    found = ", ".join(f"{name} {count}" for name, count in counts.items())
    uneven = any(
        abs(Counter(label_of[text] for text in texts)[label] - SHARES[name] * total) > 1.01
        for name, texts in splits.items()
        for label, total in ((0, 120), (1, 60), (2, 20))
    )
    require(
        not (uneven and in_order),
        f"the rows were cut in their order, and this dataset is sorted by label: of the 20 rows of its last class, {found}. "
        "train_test_split shuffles and stratifies.",
    )
    require(
        not uneven,
        f"of the 20 rows of the rarest class, your splits have {found}; 14, 3 and 3 are its share. Stratify both "
        "times, by the column label.",
    )
    require(
        texts_by_split(three_splits, dataset, 1) == splits,
        "called twice with the same seed, your function returns different splits. Hand the seed over, both times.",
    )
    require(
        texts_by_split(three_splits, dataset, 2) != splits,
        "with another seed, your function returns the same splits. Use the seed that it is given.",
    )
    names = labeled.features["label"].names
    rare = min(names, key=lambda name: list(labeled["label"]).count(names.index(name)))
    label_of = dict(zip(labeled["text"], labeled["label"], strict=True))
    own = texts_by_split(three_splits, labeled, 42)
    counts = [sum(label_of[text] == names.index(rare) for text in texts) for texts in own.values()]
    return (
        f"{', '.join(f'{name} {len(texts)}' for name, texts in own.items())} of your messages. Of {rare}, "
        f"the rarest category, they have {', '.join(map(str, counts))}. On so few, a score of one class is rough; that is the "
        "price of a third split."
    )


def words_of(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


TRAIN_TEXTS = [
    "The tram is late!",
    "Where is  my red umbrella?",
    "NO HEATING on the 40",
    "Thank you, driver of the 18.",
    "A ticket, please",
    "Thanks a lot",
]
VALIDATION_TEXTS = [
    "The tram is late",  # a mark less
    "Where is my red umbrella?",  # a space less
    "Late is the tram!",  # another order
    "no heating on the 40",  # lower case
    "Where is my red umbrella? It is gone.",  # more words
    "Thank you,\ndriver of the 18!",  # a line break
    "A tick et, please",  # other words, the same letters
    "Where is my blue umbrella?",
    "a ticket please",
    "Thanks a lot",  # the same to the last character
]


@check
def check_near_duplicates(near_duplicates, raw_datasets):
    """`near_duplicates(train, validation)`: positions of the validation rows whose words are those of a training row."""
    train, validation = (
        Dataset.from_dict({"text": texts}) for texts in (TRAIN_TEXTS, VALIDATION_TEXTS)
    )
    hints = {
        TypeError: "It is called with two datasets. Their column text is a list of strings.",
        AttributeError: "A dataset has the column text: train['text'] gives all texts, and each of them is a string.",
        (KeyError, ValueError): "Both datasets have a column text, and perhaps no other.",
    }

    def positions(train, validation) -> list:
        given = call(near_duplicates, train, validation, hints=hints)
        given = sorted(given) if isinstance(given, set) else given
        return a_list(given, "what your function returns")

    def found(normal) -> list[int]:
        seen = {normal(text) for text in TRAIN_TEXTS}
        return [place for place, text in enumerate(VALIDATION_TEXTS) if normal(text) in seen]

    right = found(words_of)
    given = positions(train, validation)
    require(
        not any(isinstance(item, bool) for item in given),
        "these are true and false, one per row. Return the positions of the rows for which it is true.",
    )
    require(
        not any(isinstance(item, str) for item in given),
        "these are texts. Asked for are their positions in the second dataset: enumerate counts them.",
    )
    mistakes = {
        "only texts that are equal to the last character were found. Compare their words, in lower case.": given
        == found(str),
        "case is ignored, and punctuation is not: re.findall(r'\\w+', text) leaves it out.": given
        in (found(str.lower), found(lambda text: " ".join(text.lower().split()))),
        "punctuation is ignored, and case is not: lower() the text first.": given
        == found(lambda text: " ".join(re.findall(r"\w+", text))),
        "texts with the same words in another order were found, too. Keep the order: a list or a joined string, and "
        "no set or sorted list.": given
        in (
            found(lambda text: frozenset(words_of(text).split())),
            found(lambda text: tuple(sorted(words_of(text).split()))),
        ),
        "texts were found whose letters agree and whose words do not ('a tick et'). Join the words with a space "
        "between them.": given == found(lambda text: words_of(text).replace(" ", "")),
        "these are positions in the first dataset. Asked for are those in the second.": given
        == list(range(len(TRAIN_TEXTS))),
        "positions count from 0.": given == [place + 1 for place in right],
        "a text that only begins like one of the first dataset was found, too. All its words have to be the same.": set(
            given
        )
        == {*right, 4},
    }
    otherwise = (
        f"of ten made-up texts, those at {right} have the words of a text in the first dataset; your function "
        f"says {given}."
    )
    tell_apart(sorted(given), right, mistakes, otherwise)
    train, validation = raw_datasets["train"], raw_datasets["validation"]
    places = positions(train, validation)
    if not places:
        return (
            f"none of your {len(validation)} validation texts has the words of one of the {len(train)} training texts. The split "
            "is clean as far as this check can see."
        )
    example = " ".join(validation[int(places[0])]["text"].split())
    return f"{len(places)} of your {len(validation)} validation texts are in training, too, such as {example[:80]!r}. Drop them."


@check
def check_macro_f1(macro_f1, counts):
    """`macro_f1(counts)`: the mean over the classes of F1, from a confusion matrix with a row per label."""
    hints = {
        TypeError: "It is called with one array, the confusion matrix.",
        AttributeError: "counts is a NumPy array: counts.diagonal(), counts.sum(axis=0).",
        ZeroDivisionError: "A class that is never answered has a sum of 0 in its column.",
        ValueError: "Are the three arrays equally long, one number per class?",
    }

    def value(counts) -> float:
        return a_number(call(macro_f1, counts.copy(), hints=hints), "what your function returns")

    def f1(counts) -> np.ndarray:
        return 2 * counts.diagonal() / (counts.sum(axis=0) + counts.sum(axis=1))

    for matrix in (
        np.array([[50, 5, 5], [10, 20, 0], [2, 4, 4]]),
        np.array([[30, 0, 2], [8, 0, 4], [1, 0, 15]]),  # the second class is never answered
    ):
        right, given = float(f1(matrix).mean()), value(matrix)
        shares = matrix.sum(axis=1) / matrix.sum()
        diagonal, answers, labels = (
            matrix.diagonal(),
            matrix.sum(axis=0),
            matrix.sum(axis=1),
        )
        precision = np.divide(diagonal, answers, out=np.zeros(3), where=answers > 0)
        recall = diagonal / labels
        mistakes = {
            "this is not a number (nan): for a class that is never answered, 0 was divided by 0. Its F1 is 0. The formula of the "
            "exercise divides by answers + labels, which is not 0.": bool(np.isnan(given)),
            "this is the accuracy: the diagonal divided by all.": float(
                diagonal.sum() / matrix.sum()
            ),
            "this is the mean weighted by the number of labels. Each class counts the same.": float(
                (f1(matrix) * shares).sum()
            ),
            "this is the sum of the F1 scores. Divide it by the number of classes.": float(
                f1(matrix).sum()
            ),
            "this is the mean of the recalls. F1 also counts the answers of each class.": float(
                recall.mean()
            ),
            "this is the mean of the precisions. F1 also counts the labels of each class.": float(
                precision.mean()
            ),
            "this is half of it: F1 has a factor of 2.": right / 2,
            "this leaves the class out that is never answered. It counts, with an F1 of 0.": float(
                f1(matrix)[answers > 0].mean()
            )
            if (answers == 0).any()
            else False,
        }
        otherwise = f"for a made-up matrix of three classes, macro F1 is {right:.3f}; your function says {given:.3f}."
        tell_apart(given, right, mistakes, otherwise)
    counts = np.asarray(counts)
    own, accuracy = value(counts), counts.diagonal().sum() / counts.sum()
    worst = int(f1(counts).argmin())
    return (
        f"your model has a macro F1 of {own:.3f}, and an accuracy of {accuracy:.3f}. The lowest F1 of a class, "
        f"{f1(counts).min():.3f}, is that of label {worst}. (In the prediction, one class pulls the mean down to 4 * 0.95 / 5 = 0.76.)"
    )
