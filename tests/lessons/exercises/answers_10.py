"""Answers to the exercises of notebook 10, your own data: with dots, right, and wrong by what the check says."""

import re

import numpy as np
from datasets import Dataset, DatasetDict
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

from helpers.exercises.notebook_10 import made_up_dataset

TEXTS = Dataset.from_dict({"text": ["How much is a day pass?", "The 12 was late.", "Thanks!"]})
OTHERS = Dataset.from_dict({"text": ["the 12 was late", "A dog on the tram."]})
COUNTS = np.array([[28, 1, 2, 0, 0], [1, 10, 0, 1, 0], [2, 0, 34, 1, 2], [0, 0, 2, 18, 1], [0, 0, 3, 0, 20]])  # fmt: skip


def course_messages():
    """Other rows than those that the check hands over, as a learner's global dataset has."""
    return made_up_dataset().map(lambda row: {"text": "my " + row["text"]})


def for_three_splits(course):
    labeled = made_up_dataset()

    def solution(dataset, seed):
        options = {"stratify_by_column": "label", "seed": seed}
        first = dataset.train_test_split(test_size=0.3, **options)
        second = first["test"].train_test_split(test_size=0.5, **options)
        return DatasetDict(train=first["train"], validation=second["train"], test=second["test"])

    def swapped(dataset, seed):
        splits = solution(dataset, seed)
        return DatasetDict(
            train=splits["train"], validation=splits["test"], test=splits["validation"]
        )

    def test_first(dataset, seed):
        options = {"stratify_by_column": "label", "seed": seed}
        first = dataset.train_test_split(test_size=0.15, **options)
        second = first["train"].train_test_split(test_size=0.15 / 0.85, **options)
        return DatasetDict(train=second["train"], validation=second["test"], test=first["test"])

    def by_counts(dataset, seed):
        return solution(dataset, seed + 1000)

    def by_scikit_learn(dataset, seed):
        labels = np.array(dataset["label"])
        train, rest = train_test_split(
            np.arange(len(labels)), test_size=0.3, stratify=labels, random_state=seed
        )
        validation, test = train_test_split(
            rest, test_size=0.5, stratify=labels[rest], random_state=seed
        )
        places = {"train": train, "validation": validation, "test": test}
        return DatasetDict({name: dataset.select(each) for name, each in places.items()})

    def two(dataset, seed):
        return dataset.train_test_split(test_size=0.3, stratify_by_column="label", seed=seed)

    def overlapping(dataset, seed):
        options = {"stratify_by_column": "label", "seed": seed}
        first = dataset.train_test_split(test_size=0.3, **options)
        second = dataset.train_test_split(test_size=0.15, **options)
        validation = first["test"].train_test_split(test_size=0.5, **options)["test"]
        return DatasetDict(train=first["train"], validation=validation, test=second["test"])

    def of_the_rest(dataset, seed):
        options = {"stratify_by_column": "label", "seed": seed}
        first = dataset.train_test_split(test_size=0.15, **options)
        second = first["train"].train_test_split(test_size=0.15, **options)
        return DatasetDict(train=second["train"], validation=second["test"], test=first["test"])

    def not_stratified(dataset, seed):
        first = dataset.train_test_split(test_size=0.3, seed=seed)
        second = first["test"].train_test_split(test_size=0.5, seed=seed)
        return DatasetDict(train=first["train"], validation=second["train"], test=second["test"])

    def in_order(dataset, seed):
        ends = [0, int(0.7 * len(dataset)), int(0.85 * len(dataset)), len(dataset)]
        names = ("train", "validation", "test")
        return DatasetDict(
            {n: dataset.select(range(a, b)) for n, a, b in zip(names, ends, ends[1:], strict=False)}
        )

    def without_seed(dataset, seed):
        first = dataset.train_test_split(test_size=0.3, stratify_by_column="label")
        second = first["test"].train_test_split(test_size=0.5, stratify_by_column="label")
        return DatasetDict(train=first["train"], validation=second["train"], test=second["test"])

    def of_texts(dataset, seed):
        return DatasetDict(
            {name: part.select_columns("text") for name, part in solution(dataset, seed).items()}
        )

    def other_sizes(dataset, seed):
        options = {"stratify_by_column": "label", "seed": seed}
        first = dataset.train_test_split(test_size=0.4, **options)
        second = first["test"].train_test_split(test_size=0.5, **options)
        return DatasetDict(train=first["train"], validation=second["train"], test=second["test"])

    def small_train(dataset, seed):
        splits = solution(dataset, seed)
        return DatasetDict(
            train=splits["test"], validation=splits["validation"], test=splits["train"]
        )

    def lost_rows(dataset, seed):
        splits = solution(dataset, seed)
        return DatasetDict(splits | {"test": splits["test"].select(range(20))})

    def whole(function):
        return function, labeled

    return {
        "dots": [whole(lambda dataset, seed: ...)],
        "right": [
            whole(solution),
            whole(swapped),
            whole(test_first),
            whole(by_counts),
            whole(by_scikit_learn),
            whole(lambda dataset, seed: dict(solution(dataset, seed))),
            whole(lambda dataset, seed: solution(dataset.shuffle(seed=seed), seed)),
            whole(lambda data, seed=42: solution(data, seed)),
            whole(lambda *given: DatasetDict(sorted(solution(*given).items()))),
            whole(lambda dataset, seed: solution(dataset, 2 * seed)),
        ],
        "wrong": {
            "Split one of the two once more": whole(two),
            "in more than one split": whole(overlapping),
            "Split the argument": whole(lambda dataset, seed: solution(course_messages(), seed)),
            "have the same rows": whole(
                lambda *given: DatasetDict(
                    solution(*given) | {"test": solution(*given)["validation"]}
                )
            ),
            "halve 30%": whole(of_the_rest),
            "Stratify both": whole(not_stratified),
            "cut in their order": whole(in_order),
            "Pass the seed": whole(without_seed),
            "Use the seed": whole(lambda dataset, seed: solution(dataset, 42)),
            "lost a column": whole(of_texts),
            "should have 140, 30 and 30": whole(other_sizes),
            "largest part should be train": whole(small_train),
            "leaves some out": whole(lost_rows),
            "something of type tuple": whole(lambda *given: tuple(solution(*given).values())),
            "something of type Dataset.": whole(lambda *given: solution(*given)["train"]),
            "train should be a dataset": whole(
                lambda *given: {name: two(*given) for name in ("train", "validation", "test")}
            ),
            "Give each its name": whole(
                lambda *given: dict(enumerate(solution(*given).values(), start=1))
            ),
            "KeyError": whole(lambda *given: two(*given)["validation"]),
            "TypeError": whole(lambda dataset: solution(dataset, 42)),
            "returns nothing": whole(lambda dataset, seed: None),
            "NameError": whole(lambda dataset, seed: splits),  # noqa: F821
        },
    }


def for_near_duplicates(course):
    def words(text):
        return re.findall(r"\w+", text.lower())

    def joined(text):
        return " ".join(words(text))

    def by(normal):
        def near_duplicates(train, validation):
            seen = {normal(text) for text in train["text"]}
            return [n for n, text in enumerate(validation["text"]) if normal(text) in seen]

        return near_duplicates

    solution = by(joined)

    def all_pairs(train, validation):
        return [
            number
            for number, row in enumerate(validation)
            if any(words(row["text"]) == words(other["text"]) for other in train)
        ]

    def beginnings(train, validation):
        seen = [joined(text) for text in train["text"]]
        texts = [joined(text) for text in validation["text"]]
        return [n for n, text in enumerate(texts) if any(text.startswith(each) for each in seen)]

    def parts(train, validation):
        seen = [joined(text) for text in train["text"]]
        texts = [joined(text) for text in validation["text"]]
        return [n for n, text in enumerate(texts) if any(text in each for each in seen)]

    def within(train, validation):
        seen, found = {joined(text) for text in train["text"]}, []
        for number, text in enumerate(validation["text"]):
            if joined(text) in seen:
                found.append(number)
            seen.add(joined(text))
        return found

    def first_only(train, validation):
        texts = [joined(text) for text in validation["text"]]
        seen = [joined(text) for text in train["text"]]
        return [texts.index(text) for text in seen if text in texts]

    def in_first(train, validation):
        return solution(validation, train)

    def whole(function):
        return function, {"train": TEXTS, "validation": OTHERS}

    return {
        "dots": [whole(lambda train, validation: ...)],
        "right": [
            whole(solution),
            whole(all_pairs),
            whole(by(lambda text: tuple(words(text)))),
            whole(by(lambda text: "_".join(words(text)))),
            whole(by(lambda text: " ".join(re.sub(r"\W", " ", text.casefold()).split()))),
            whole(by(lambda text: " ".join(re.findall(r"\w+", text.upper())))),
            whole(lambda *given: np.array(solution(*given))),
            whole(lambda *given: tuple(solution(*given))),
            whole(lambda *given: set(solution(*given))),
            whole(lambda *given: solution(*given)[::-1]),  # asked for are positions, in any order
            (solution, {"train": TEXTS, "validation": TEXTS.select([0])}),
            (solution, {"train": TEXTS, "validation": OTHERS.select([1])}),
        ],
        "wrong": {
            "equal to the last character": whole(by(str)),
            "punctuation is not": whole(by(lambda text: " ".join(text.lower().split()))),
            "case is not": whole(by(lambda text: " ".join(re.findall(r"\w+", text)))),
            "in another order": whole(by(lambda text: frozenset(words(text)))),
            "letters agree": whole(by(lambda text: "".join(words(text)))),
            "in the first dataset. Asked": whole(in_first),
            "count from 0": whole(lambda *given: [n + 1 for n in solution(*given)]),
            "only begins like": whole(beginnings),
            "these are texts": whole(
                lambda train, validation: [
                    validation[n]["text"] for n in solution(train, validation)
                ]
            ),
            "true and false": whole(
                lambda train, validation: [
                    n in solution(train, validation) for n in range(len(validation))
                ]
            ),
            "misses 'Where is my red umbrella?'": whole(lambda train, validation: [0]),
            "misses 'The tram is late'": whole(lambda train, validation: []),
            "finds 'Where is my blue umbrella?'": whole(
                lambda *given: sorted([*solution(*given), 9])
            ),
            "each only once": whole(lambda *given: solution(*given) * 2),
            "lists or pairs of their own": whole(lambda *given: [[n] for n in solution(*given)]),
            "differ in a number": whole(
                by(lambda text: " ".join(re.findall("[a-z]+", text.lower())))
            ),
            "instead of deleting": whole(
                by(lambda text: " ".join(re.sub(r"[^\w\s]", "", text.lower()).split()))
            ),
            "only a part of one": whole(parts),
            "twice in the second": whole(within),
            "Return all": whole(first_only),
            "should be a list": whole(lambda *given: len(solution(*given))),
            "AttributeError": whole(lambda train, validation: train.lower()),
            "ValueError": whole(lambda train, validation: [n for n in train["words"]]),
            "TypeError": whole(lambda train: []),
            "returns nothing": whole(lambda train, validation: None),
        },
    }


def for_macro_f1(course):
    def f1(counts):
        return 2 * counts.diagonal() / (counts.sum(axis=0) + counts.sum(axis=1))

    def by_hand(counts):
        total = 0
        for number in range(len(counts)):
            answers, labels = counts[:, number].sum(), counts[number].sum()
            total += 2 * counts[number][number] / (answers + labels)
        return total / len(counts)

    def by_scikit_learn(counts):
        labels, answers = np.indices(counts.shape).reshape(2, -1).repeat(counts.ravel(), axis=1)
        return f1_score(labels, answers, average="macro")

    def precision_and_recall(counts):
        answers = counts.sum(axis=0)
        precision = np.where(answers > 0, counts.diagonal() / np.maximum(answers, 1), 0)
        recall = counts.diagonal() / counts.sum(axis=1)
        both = precision + recall
        return np.where(both > 0, 2 * precision * recall / np.where(both > 0, both, 1), 0).mean()

    def with_nan(counts):
        with np.errstate(all="ignore"):
            precision = counts.diagonal() / counts.sum(axis=0)
            recall = counts.diagonal() / counts.sum(axis=1)
            return (2 * precision * recall / (precision + recall)).mean()

    def without_unanswered(counts):
        with np.errstate(all="ignore"):
            precision = counts.diagonal() / counts.sum(axis=0)
            recall = counts.diagonal() / counts.sum(axis=1)
            return np.nanmean(2 * precision * recall / (precision + recall))

    def precision(counts):
        return (counts.diagonal() / np.maximum(counts.sum(axis=0), 1)).mean()

    def of_means(counts):
        recall = (counts.diagonal() / counts.sum(axis=1)).mean()
        return 2 * precision(counts) * recall / (precision(counts) + recall)

    def whole(function):
        return function, COUNTS

    return {
        "dots": [whole(lambda counts: ...)],
        "right": [
            whole(lambda counts: f1(counts).mean()),
            whole(by_hand),
            whole(by_scikit_learn),
            whole(precision_and_recall),
            whole(lambda counts: float(f1(counts).mean())),
            whole(lambda counts: sum(f1(counts)) / len(counts)),
            whole(lambda counts: np.array([f1(counts).mean()])),
            whole(
                lambda counts: np.mean(f1(counts.T))
            ),  # F1 is the same with rows and columns exchanged
            whole(lambda counts: round(f1(counts).mean(), 4)),
            (lambda counts: f1(np.asarray(counts)).mean(), COUNTS.tolist()),
            (lambda counts: f1(counts).mean(), np.diag([3, 4, 5])),
        ],
        "wrong": {
            "not a number": whole(with_nan),
            "leaves the class out": whole(without_unanswered),
            "this is the accuracy": whole(lambda counts: counts.trace() / counts.sum()),
            "weighted by": whole(lambda c: (f1(c) * c.sum(axis=1)).sum() / c.sum()),
            "the sum of the F1": whole(lambda counts: f1(counts).sum()),
            "mean of the recalls": whole(lambda c: (c.diagonal() / c.sum(axis=1)).mean()),
            "mean of the precisions": whole(precision),
            "mean precision and the mean recall": whole(of_means),
            "rounded too much": whole(lambda counts: round(f1(counts).mean(), 2)),
            "dots (...) are left": whole(lambda counts: 2 * counts.diagonal() / ...),
            "IndexError": whole(lambda counts: sum(f1(counts)[n] for n in range(5)) / 5),
            "half of it": whole(lambda counts: f1(counts).mean() / 2),
            "your function says 1.000": whole(lambda counts: 1.0),
            "should be one number": whole(f1),
            "is a string": whole(lambda counts: f"{f1(counts).mean():.3f}"),
            "ZeroDivisionError": whole(lambda counts: 1 // 0),
            "AttributeError": whole(lambda counts: counts.diag().mean()),
            "ValueError": whole(
                lambda counts: (counts.diagonal() / counts[:, :2].sum(axis=0)).mean()
            ),
            "TypeError": whole(lambda: 0.5),
            "returns nothing": whole(lambda counts: None),
        },
    }
