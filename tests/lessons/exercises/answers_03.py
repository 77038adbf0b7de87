"""Answers to the exercises of notebook 3, inspecting features: with dots, right, and wrong by what the check says."""

import re
from collections import Counter

import numpy as np
import torch
from datasets import Dataset
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score
from sklearn.tree import DecisionTreeClassifier

from helpers.exercises.notebook_03 import word_sets


def for_baseline_scores(course):
    raw = course.raw
    # odd data: label 0 is the more frequent one in train, label 1 in test
    mostly_0 = raw["train"].filter(lambda row: row["label"] == 0 or row["idx"] % 4 == 0)

    def as_asked(train_labels, labels):
        majority = DummyClassifier(strategy="most_frequent")
        majority.fit([[0]] * len(train_labels), train_labels)
        predictions = majority.predict([[0]] * len(labels))
        return accuracy_score(labels, predictions), f1_score(labels, predictions)

    def by_counting(train_labels, labels):
        answer = Counter(train_labels).most_common(1)[0][0]
        hits = labels.count(answer)
        f1 = 2 * hits / (len(labels) + hits) if answer == 1 else 0
        return [round(hits / len(labels), 4), round(f1, 4)]

    def by_division(train_labels, labels):
        answer = Counter(train_labels).most_common(1)[0][0]
        predicted = [answer] * len(labels)
        hits = sum(1 for pair in zip(labels, predicted, strict=True) if pair == (1, 1))
        precision, recall = hits / sum(predicted), hits / sum(labels)
        return labels.count(answer) / len(labels), 2 * precision * recall / (precision + recall)

    def then(change):
        return lambda train_labels, labels: change(*as_asked(train_labels, labels))

    def with_answers(score, f1=f1_score, of=lambda train, labels: train):
        def scores(train_labels, labels):
            answer = Counter(of(train_labels, labels)).most_common(1)[0][0]
            return score(labels, [answer] * len(labels)), f1(labels, [answer] * len(labels))

        return scores

    def second(f1):
        return with_answers(accuracy_score, f1), raw

    def average(way):
        return lambda labels, answers: f1_score(labels, answers, average=way, zero_division=0)

    def on_real_data_only(train_labels, labels):
        accuracy, f1 = as_asked(train_labels, labels)
        return (accuracy, f1) if len(labels) < 50 else (0.5, f1)

    return {
        "dots": [(..., raw), (lambda train_labels, labels: ..., raw)],
        "right": [
            (as_asked, raw),
            (by_counting, raw),
            (then(lambda accuracy, f1: {"accuracy": accuracy, "F1": f1}), raw),
            (then(lambda accuracy, f1: np.array([accuracy, f1])), raw),
            (then(lambda accuracy, f1: torch.tensor([accuracy, f1])), raw),
            (then(lambda accuracy, f1: (np.float64(accuracy), torch.tensor(f1))), raw),
            (then(lambda accuracy, f1: (round(accuracy, 3), round(f1, 3))), raw),
            (as_asked, {**raw, "train": mostly_0}),
        ],
        "wrong": {
            "must not see the answers": (
                with_answers(accuracy_score, of=lambda train, labels: labels),
                raw,
            ),
            "answers 1 even where": (
                lambda train, labels: [
                    score(labels, [1] * len(labels)) for score in (accuracy_score, f1_score)
                ],
                raw,
            ),
            "rarer training label": (
                lambda train, labels: as_asked([1 - label for label in train], labels),
                raw,
            ),
            "F1 second": (then(lambda accuracy, f1: (f1, accuracy)), raw),
            "scored on the training labels": (lambda train, labels: as_asked(train, train), raw),
            "changed places": (lambda train, labels: as_asked(labels, train), raw),
            "F1 of label 0": second(lambda *both: f1_score(*both, pos_label=0)),
            "F1 of the most frequent label": second(
                lambda labels, answers: f1_score(labels, answers, pos_label=answers[0])
            ),
            "mean of both labels' F1": second(average("macro")),
            "a weighted mean": second(average("weighted")),
            "the accuracy again": second(average("micro")),
            "ordinary mean": second(
                lambda *both: (precision_score(*both, zero_division=0) + recall_score(*both)) / 2
            ),
            "is the precision": second(lambda *both: precision_score(*both, zero_division=0)),
            "is the recall": second(recall_score),
            "two decimal places": (
                then(lambda accuracy, f1: (round(accuracy, 2), round(f1, 2))),
                raw,
            ),
            "not a percentage": (then(lambda accuracy, f1: (100 * accuracy, 100 * f1)), raw),
            "the accuracy that your function returns is a string": (
                then(lambda accuracy, f1: (f"{accuracy:.3f}", f"{f1:.3f}")),
                raw,
            ),
            "type float64. A function returns two": (
                lambda train, labels: np.float64(as_asked(train, labels)[0]),
                raw,
            ),
            "with 3 values": (then(lambda accuracy, f1: (accuracy, f1, 1.0)), raw),
            "returns nothing": (then(lambda accuracy, f1: None), raw),
            "Your function returns 0.500": (lambda train, labels: (0.5, 0.5), raw),
            "On the test split it returns 0.500": (on_real_data_only, raw),
            "a function is asked for": (as_asked([1, 1, 0], [1, 0]), raw),
            "takes two lists": (lambda labels: as_asked(labels, labels), raw),
            "one input per label": (
                lambda train, labels: as_asked(train, labels) if f1_score(train, labels) else None,
                raw,
            ),
            "no answer of the baseline is ever right": (
                lambda train, labels: (labels.count(Counter(train).most_common(1)[0][1]), 0),
                raw,
            ),
            "Each answer has to be a label": (
                lambda train, labels: [
                    score(labels, [Counter(train).most_common(1)[0][1]] * len(labels))
                    for score in (accuracy_score, f1_score)
                ],
                raw,
            ),
            "such as nothing = [0]": (
                lambda train, labels: DecisionTreeClassifier().fit([0] * len(train), train),
                raw,
            ),
            "for [0, 0, 0, 1] and [1, 1, 1, 0, 0]. Where precision": (by_division, raw),
            "It was called with two lists": (lambda train, labels: train / labels, raw),
            "Is every name in it": (lambda train, labels: forgotten, raw),  # noqa: F821
        },
    }


def for_longest_pair(course):
    raw = course.raw
    train = raw["train"]
    different = train.filter(lambda row: row["label"] == 0)

    def words(row):
        return len(row["sentence1"].split()) + len(row["sentence2"].split())

    def best(key, rows=different, choose=max):
        row = choose(rows, key=key)
        return row, words(row), raw

    row, most, _ = best(words)
    one, other = row["sentence1"], row["sentence2"]
    by_words = different.map(lambda row: {"words": words(row)}).sort("words")
    other_rows = [each for each in different if words(each) < most]
    equivalent = train.filter(lambda row: row["label"] == 1)
    longer_and_equivalent = {**row, "sentence1": f"{one} {one}", "label": 1}
    made_up = Dataset.from_dict(
        {
            "sentence1": [
                "a b c d e f",
                "incomprehensibilities of",
                "a b c d e f g h",
                "a b",
                "a",
                "a a",
                "p q r s",
            ],
            "sentence2": [
                "a b c d e f",
                "long internationalization",
                "a",
                "a",
                "a b c d e f g",
                "a b",
                "t u v w",
            ],
            "label": [0] * 7,
        }
    ).cast_column("label", train.features["label"])
    small = {"train": made_up}
    eights = {**made_up[0], "sentence1": "a " * 8, "sentence2": "a " * 8}
    plateau = {"train": made_up.select([3, 4, 5]).add_item(eights)}
    uneven = {"train": made_up.select([0, 3, 5]).add_item({**made_up[2], "sentence1": "a " * 6})}
    position = train["idx"][:].index(row["idx"])
    return {
        "dots": [(..., ..., raw), (row, ..., raw), (..., most, raw)],
        "right": [
            (row, most, raw),
            (dict(row), float(most), raw),
            (by_words[-1], np.int64(most), raw),
            (train.to_pandas().iloc[position].to_dict(), torch.tensor(most), raw),
            (train.to_pandas().iloc[position], most, raw),
            (made_up[0], 12, small),
        ],
        "wrong": {
            "most characters": (made_up[1], 4, small),
            "longest single sentence": (made_up[2], 9, small),
            "the shortest pair": best(words, choose=min),
            "longest sentence2": (made_up[4], 8, {"train": made_up.select([0, 2, 3, 4])}),
            "longest sentence1": (
                {**made_up[2], "sentence1": "a " * 6},
                7,
                {"train": uneven["train"].add_item(made_up[4])},
            ),
            "most distinct words": (
                made_up[6],
                8,
                {
                    "train": made_up.select([0, 3, 6]).add_item(
                        {**made_up[0], "sentence2": "a " * 7}
                    )
                },
            ),
            "largest difference": (made_up[4], 8, plateau),
            "the longest training pair of all": (
                longer_and_equivalent,
                most + len(one.split()),
                {**raw, "train": train.add_item(longer_and_equivalent)},
            ),
            "the label of this pair is equivalent": best(words, equivalent, min),
            "there is one with": (by_words[len(by_words) // 2], most, raw),
            "row of test": (raw["test"][0], most, raw),
            "longest_pair is a number": (most, most, raw),
            "a dataset, not a row": (by_words.select([len(by_words) - 1]), most, raw),
            "a dictionary of lists": (by_words[-1:], most, raw),
            "of type tuple": ((one, other), most, raw),
            "no row of the training split": ({**row, "sentence1": "a"}, most, raw),
            "longest_pair is None": (None, None, raw),
            "longest_words is None": (row, None, raw),
            "one too small": (row, len((one + other).split()), raw),
            "the product": (row, len(one.split()) * len(other.split()), raw),
            "of one sentence only": (row, len(other.split()), raw),
            "counts characters": (row, len(one + other), raw),
            "longest_words counts distinct words": (eights, 1, plateau),
            "longest_words is a string": (row, str(most), raw),
            "words together, and longest_words is": (row, words(other_rows[0]) + 0.5, raw),
            "should be one number": (row, row, raw),
        },
    }


def for_share_half(course):
    def function(
        divisor=lambda a, b: len(a | b), fold=str.lower, at_least=True, make=set, result=int
    ):
        def answer(row):
            a, b = (make(fold(row[name]).split()) for name in ("sentence1", "sentence2"))
            share = len(set(a) & set(b)) / divisor(a, b)
            return result(share >= 0.5 if at_least else share > 0.5)

        return answer, course.raw

    def letters(row):
        a, b = (set(row[name].lower()) for name in ("sentence1", "sentence2"))
        return int(len(a & b) / len(a | b) >= 0.5)

    def without_punctuation(row):
        a, b = (set(re.findall(r"\w+", row[name].lower())) for name in ("sentence1", "sentence2"))
        return int(len(a & b) / len(a | b) >= 0.5)

    def repeated(row):
        a, b = (Counter(row[name].lower().split()) for name in ("sentence1", "sentence2"))
        return int((a & b).total() / (a | b).total() >= 0.5)

    def raw_share(row):
        a, b = word_sets(row)
        return len(a & b) / len(a | b)

    def without_sets(row):
        a, b = (row[name].lower().split() for name in ("sentence1", "sentence2"))
        either = list(dict.fromkeys(a + b))
        both = [word for word in either if word in a and word in b]
        return 1 if len(both) * 2 >= len(either) else 0

    def lower_one(name):
        def answer(row):
            folded = {**row, name: row[name].lower()}
            a, b = (set(folded[each].split()) for each in ("sentence1", "sentence2"))
            return int(len(a & b) / len(a | b) >= 0.5)

        return answer

    def without_else(row):
        if raw_share(row) >= 0.5:
            return 1

    def on_made_up_pairs_only(row):
        return round(raw_share(row) + 1e-9) if len(row["sentence1"]) < 15 else row["idx"] % 2

    return {
        "dots": [(lambda row: ..., course.raw), (..., course.raw)],
        "right": [
            function(),
            function(result=bool),
            function(result=float),
            function(result=np.int64),
            function(result=np.bool_),
            function(result=torch.tensor),
            function(fold=str.casefold),
            (without_sets, course.raw),
        ],
        "wrong": {
            ">=, not >": function(at_least=False),
            "lower()": function(fold=str),
            "not by those of one": function(lambda a, b: min(len(a), len(b))),
            "set(...)": function(lambda a, b: len(a) + len(b) - len(set(a) & set(b)), make=list),
            "which is a share": (raw_share, course.raw),
            "wrong way around": function(result=lambda same: 1 - same),
            "compares numbers": function(result=lambda same: "equivalent"),
            "returns nothing": (lambda row: None, course.raw),
            "KeyError": (lambda row: row["sentence"], course.raw),
            "says 1 to every pair": (lambda row: 1, course.raw),
            "set(text) holds letters": (letters, course.raw),
            "are for sets": (lambda row: row["sentence1"].split() & [], course.raw),
            "counted twice": function(lambda a, b: len(a) + len(b)),
            "period on its word": (without_punctuation, course.raw),
            "returned 2 for a pair. Return": function(result=lambda same: 1 + same),
            "asks for more than half": (lambda row: int(raw_share(row) >= 0.6), course.raw),
            "content with less than half": (lambda row: int(raw_share(row) >= 0.4), course.raw),
            "the label of the row": (lambda row: row["label"], course.raw),
            "takes one argument, a row": (lambda one, other: 1, course.raw),
            "in one sentence only": (lower_one("sentence1"), course.raw),
            "(None) for 'a b c' and 'a b d e', which share 2 of 5": (without_else, course.raw),
            "distinct words, and your function says": (on_made_up_pairs_only, course.raw),
            "belong to strings": (lambda row: row.split(), course.raw),
            "one number, and it is of type set": (
                lambda row: set.intersection(*word_sets(row)),
                course.raw,
            ),
            "a function is asked for": (0.684, course.raw),
        },
    }
