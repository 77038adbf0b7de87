"""Answers to the exercises of notebook 3, inspecting features: with dots, right, and wrong by what the check says."""

import numpy as np
import torch
from datasets import Dataset
from sklearn.metrics import accuracy_score, f1_score

from helpers.exercises.notebook_03 import word_sets


def for_test_baseline(course):
    raw = course.raw
    uneven = raw["validation"].filter(lambda row: row["label"] == 1 or row["idx"] % 3 == 0)
    labels, validation = list(raw["test"]["label"]), list(uneven["label"])
    ones, zeros = [1] * len(labels), [0] * len(labels)
    accuracy, f1 = accuracy_score(labels, ones), f1_score(labels, ones)
    on_validation = [
        score(validation, [1] * len(validation)) for score in (accuracy_score, f1_score)
    ]
    return {
        "dots": [(..., ..., raw), (accuracy, ..., raw)],
        "right": [
            (accuracy, f1, raw),
            (round(accuracy, 3), round(f1, 3), raw),
            (np.float64(accuracy), torch.tensor(f1), raw),
        ],
        "wrong": {
            "accuracy is that of the validation": (
                *on_validation,
                {**raw, "validation": uneven},
            ),
            "F1 is that of the train split": (
                accuracy,
                on_validation[1],
                {**raw, "train": uneven},
            ),
            "rounded to two digits. Give the accuracy": (round(accuracy, 2), f1, raw),
            "percentage": (100 * accuracy, 100 * f1, raw),
            "swapped": (f1, accuracy, raw),
            "rarer label": (accuracy_score(labels, zeros), 0.0, raw),
            "Take the F1 of label 1": (accuracy, f1_score(labels, ones, pos_label=0), raw),
            "labels first": (accuracy, f1_score(labels, ones, average="macro"), raw),
            "is a string": (f"{accuracy:.3f}", f1, raw),
            "one number": ([accuracy], {"f1": f1}, raw),
            "share of test pairs": (0.5, f1, raw),
        },
    }


def for_longest_pair(course):
    train = course.raw["train"]

    def words(row):
        return len(row["sentence1"].split()) + len(row["sentence2"].split())

    def best(key, choose=max):
        row = choose(train, key=key)
        return row, train.features["label"].int2str(row["label"]), course.raw

    row, name, raw = best(words)
    other = next(
        each for each in train if words(each) not in (words(row), words(min(train, key=words)))
    )
    made_up = Dataset.from_dict(
        {
            "sentence1": ["a b c d e f", "incomprehensibilities of", "a b c d e f g h", "a b"],
            "sentence2": ["a b c d e f", "long internationalization", "a", "a"],
            "label": [0, 1, 1, 0],
        }
    ).cast_column("label", train.features["label"])
    small = {"train": made_up}
    return {
        "dots": [(..., ..., raw), (row, ..., raw)],
        "right": [
            (row, name, raw),
            (dict(row), str(name), raw),
            (made_up[0], "not_equivalent", small),
        ],
        "wrong": {
            "most characters": (made_up[1], "equivalent", small),
            "longest single sentence": (made_up[2], "equivalent", small),
            "the shortest pair": best(words, min),
            "should be a name": (row, row["label"], raw),
            "is not 'paraphrase'": (row, "paraphrase", raw),
            "there is one with": (other, name, raw),
            "no row of the training split": (raw["test"][0], name, raw),
            "the row itself": (words(row), name, raw),
            "should be a row": ((row["sentence1"], row["sentence2"]), name, raw),
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

    def raw_share(row):
        a, b = word_sets(row)
        return len(a & b) / len(a | b)

    return {
        "dots": [(lambda row: ..., course.raw)],
        "right": [function(), function(result=bool), function(result=np.int64)],
        "wrong": {
            ">=, not >": function(at_least=False),
            "lower()": function(fold=str),
            "not by those of one": function(lambda a, b: min(len(a), len(b))),
            "set(...)": function(lambda a, b: len(a) + len(b) - len(set(a) & set(b)), make=list),
            "which is a share": (raw_share, course.raw),
            "wrong way round": function(result=lambda same: 1 - same),
            "compares numbers": function(result=lambda same: "equivalent"),
            "returns nothing": (lambda row: None, course.raw),
            "KeyError": (lambda row: row["sentence"], course.raw),
            "to every pair": (lambda row: 1, course.raw),
            "set(text) holds letters": (letters, course.raw),
            "are for sets": (lambda row: row["sentence1"].split() & [], course.raw),
            "share 3 of 5 different words": function(lambda a, b: len(a) + len(b)),
        },
    }
