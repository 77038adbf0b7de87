"""A CSV file of yours, for notebook 10 and for `python -m helpers.train --csv`: read, checked, cleaned, and split.

What can be mended is mended, and a note says so; what cannot is an OwnDataError that says what is wrong and what to do.
csv_file.py reads the rows, own_table.py cleans them.
"""

import os
import random
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from datasets import Dataset, DatasetDict
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from helpers import kept
from helpers.csv_file import SEPARATORS, CsvFile, count, normal, open_csv
from helpers.errors import OwnDataError
from helpers.own_table import clean_table

kept.make_cache_writable(
    Path("csv")
)  # so that load_dataset("csv") works where HF_HOME is read-only

TEXTS = ("text", "text_pair")  # the names of the columns with texts in what is returned
MOST_ROWS = 20_000
FEWEST_ROWS = 10  # below, no two categories could be told apart


def read_table(
    source: str | os.PathLike | pd.DataFrame,
    texts: str | list[str],
    label: str,
    encoding: str | None = None,
    most_rows: int = MOST_ROWS,
    seed: int = 42,
) -> tuple[pd.DataFrame, list[str]]:
    """The rows that can be learned from of a CSV file or of a table, and notes on it and on what was left out.

    `texts` names the column with the texts, or the two columns of a pair; `label` the column with the categories. In what
    is returned they are called text (and text_pair) and label, and all are strings. The separator of a file is found by the
    names of the columns; `encoding` is that of the file, by default UTF-8. Of more than `most_rows` rows, that many are
    taken at random with `seed`. Raises OwnDataError.
    """
    columns = _columns(texts, label)
    if not isinstance(most_rows, Integral) or most_rows < FEWEST_ROWS:
        raise OwnDataError(
            f"most_rows is {most_rows!r}. Give a whole number of {FEWEST_ROWS} or more."
        )
    if isinstance(source, pd.DataFrame):
        name, notes, number = "the table", [f"the table: {count(len(source), 'row')}"], len(source)
        records = _rows_of_table(source, columns, most_rows, seed)
    else:
        csv_file = open_csv(source, columns, encoding)
        name = csv_file.path
        records, number = _rows_of_file(csv_file, most_rows, seed)
        notes = _notes_on_file(csv_file, number)
    if not number:
        raise OwnDataError(
            f"{name} has the names of its columns and no rows. Is the export complete?"
        )
    if number > len(records):
        notes.append(
            f"{len(records):,} of them are used, taken at random, because training on all would take long; most_rows "
            f"(--most-rows) sets another number"
        )
    table = pd.DataFrame(records, columns=[*TEXTS[: len(columns) - 1], "label"], dtype="str")
    given = dict(zip(table.columns, columns, strict=True))
    return clean_table(table, name, given, notes, whole=number == len(records)), notes


def _rows_of_file(csv_file: CsvFile, most_rows: int, seed: int) -> tuple[list[list[str]], int]:
    """At most `most_rows` rows of a file, drawn at random if it has more, and how many it has."""
    records, number = [], 0
    chance = random.Random(seed)
    for row in csv_file.rows():
        number += 1
        if len(records) < most_rows:
            records.append(row)
        elif (place := chance.randrange(number)) < most_rows:
            records[place] = row
    return records, number


def _notes_on_file(csv_file: CsvFile, number: int) -> list[str]:
    notes = [
        f"{csv_file.path.name}: {count(number, 'row')}, separated by {SEPARATORS[csv_file.separator]}, "
        f"{csv_file.encoding.removesuffix('-sig')}",
        *csv_file.notes,
    ]
    if csv_file.spilled:
        notes.append(
            f"look again: {count(csv_file.spilled, 'row')} with text to the right of the last column that has a name; a text "
            f"with {SEPARATORS[csv_file.separator]} in it may be cut there"
        )
    return notes


def _rows_of_table(
    table: pd.DataFrame, columns: list[str], most_rows: int, seed: int
) -> list[list[str]]:
    """At most `most_rows` rows of `columns`, drawn at random if there are more; missing values are empty texts."""
    names = [*map(str, table.columns)]
    for column in columns:
        if names.count(column) != 1:
            shown = ", ".join(map(repr, names[:12])) + (" and more" if len(names) > 12 else "")
            raise OwnDataError(
                f"The table has {names.count(column) or 'no'} column{'s' * (column in names)} named {column!r}. Its columns are "
                f"{shown}."
            )
    rows = table.iloc[:, [names.index(column) for column in columns]]
    if len(rows) > most_rows:
        rows = rows.sample(most_rows, random_state=seed)
    return [
        ["" if pd.isna(value) else str(value) for value in row] for row in rows.to_numpy(object)
    ]


def _columns(texts: str | list[str], label: str) -> list[str]:
    """The names of all columns that are asked for, the label's last. Raises OwnDataError."""
    texts = [*texts] if isinstance(texts, list | tuple) else [texts]
    columns = [*texts, label]
    if not 1 <= len(texts) <= 2 or not all(
        isinstance(name, str) and normal(name) for name in columns
    ):
        raise OwnDataError(
            f"The columns with the texts are {texts!r}, and the one with the labels is {label!r}. Name one column with texts, "
            f"or two for pairs, and one with labels."
        )
    columns = [normal(name) for name in columns]
    if len(set(columns)) < len(columns):
        raise OwnDataError(
            f"The columns {', '.join(map(repr, columns))} are not all different. Texts and labels need separate columns."
        )
    return columns


def named(names: list[str]) -> dict:
    """What from_pretrained needs for classes of these names."""
    return {
        "num_labels": len(names),
        "id2label": dict(enumerate(names)),
        "label2id": {name: number for number, name in enumerate(names)},
    }


def split_table(table: pd.DataFrame, seed: int) -> DatasetDict:
    """`table` as a dataset with label numbers, split into train and validation (a fifth), with the same shares of each label."""
    dataset = Dataset.from_pandas(table, preserve_index=False).class_encode_column("label")
    halves = dataset.train_test_split(test_size=0.2, stratify_by_column="label", seed=seed)
    return DatasetDict(train=halves["train"], validation=halves["test"])


def baselines(raw_datasets: DatasetDict) -> dict[str, float]:
    """Macro F1 on validation of the most frequent label, and of a logistic regression on TF-IDF."""
    texts, labels = {}, {}
    for split, dataset in raw_datasets.items():
        columns = [dataset[name][:] for name in TEXTS if name in dataset.column_names]
        texts[split] = [" ".join(each) for each in zip(*columns, strict=True)]
        labels[split] = np.array(dataset["label"])
    words = make_pipeline(
        TfidfVectorizer(), LogisticRegression(class_weight="balanced", max_iter=2000)
    )
    search = GridSearchCV(
        words, {"logisticregression__C": [0.1, 1, 10, 100]}, scoring="f1_macro", cv=4
    )
    predictions = {
        "majority_macro_f1": np.full_like(
            labels["validation"], np.bincount(labels["train"]).argmax()
        ),
        "tfidf_macro_f1": search.fit(texts["train"], labels["train"]).predict(texts["validation"]),
    }
    return {
        name: float(f1_score(labels["validation"], each, average="macro"))
        for name, each in predictions.items()
    }
