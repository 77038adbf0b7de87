"""A CSV file of yours, for notebook 10 and for `python -m helpers.train --csv`: read, checked, cleaned, and split.

What can be mended is mended, and a note says so; what cannot is an OwnDataError that says what is wrong and what to do.
"""

import csv
import difflib
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
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
from helpers.errors import CourseError

kept.make_cache_writable(
    Path("csv")
)  # so that load_dataset("csv") works where HF_HOME is read-only

TEXTS = ("text", "text_pair")  # the names of the columns with texts in what is returned
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NOT_CSV = {
    b"PK\x03\x04": "an Excel workbook or another zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed (gzip)",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"{": "JSON",
    b"[": "JSON",
    b"<": "HTML or XML",
}
MISSING = {"", "nan", "null", "n/a", "#n/a"}  # in lower case
MOST_ROWS = 20_000
MOST_CATEGORIES = 100
LEAST_OF_A_CATEGORY = 5  # so that a fifth of its rows is at least one
FEW_ROWS = 200
LONG_TEXT = 350  # words, which are about 512 tokens of English


class OwnDataError(CourseError):
    """A file from which nothing can be learned as it is; the message says why and what to do."""


def read_table(
    file: str | os.PathLike,
    texts: list[str],
    label: str,
    encoding: str | None = None,
    most_rows: int = MOST_ROWS,
    seed: int = 42,
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a CSV file that can be learned from, and notes on the file and on what was left out.

    `texts` names the column with the texts, or the two columns of a pair; `label` the column with the categories. In the
    table they are called text (and text_pair) and label, and all are strings. The separator is found by the names of the
    columns; `encoding` is that of the file, by default UTF-8. Of more than `most_rows` rows, that many are taken at random
    with `seed`. Raises OwnDataError.
    """
    file, columns = Path(file).expanduser(), _columns(texts, label)
    encoding = _encoding(file, encoding)
    separator, skipped, header = _header(file, encoding, columns)
    positions = [header.index(column) for column in columns]
    records, count = [], 0
    chance = random.Random(seed)
    for row in _rows(file, encoding, separator, skipped, header):
        count += 1
        if len(records) < most_rows:
            records.append([row[position] for position in positions])
        elif (place := chance.randrange(count)) < most_rows:
            records[place] = [row[position] for position in positions]
    if not count:
        raise OwnDataError(f"{file} has the names of its columns and no rows. Is the export whole?")
    notes = [
        f"{file.name}: {_count(count, 'row')}, separated by {SEPARATORS[separator]}, {encoding}"
    ]
    if count > len(records):
        notes.append(
            f"{len(records):,} of them are used, taken at random, because training on all would take long; most_rows "
            f"(--most-rows) sets another number"
        )
    table = pd.DataFrame(records, columns=[*TEXTS[: len(columns) - 1], "label"], dtype="str")
    return _cleaned(table, file, dict(zip(table.columns, columns, strict=True)), notes), notes


def _columns(texts: list[str], label: str) -> list[str]:
    """The names of all columns that are asked for, the label's last. Raises OwnDataError."""
    texts = [texts] if isinstance(texts, str) else list(texts)
    columns = [*texts, label]
    if not 1 <= len(texts) <= 2 or not all(isinstance(name, str) and name for name in columns):
        raise OwnDataError(
            f"The columns with the texts are {texts!r}, and the one with the labels is {label!r}. Name one column with texts, "
            f"or two for pairs, and one with labels."
        )
    if len(set(columns)) < len(columns):
        raise OwnDataError(
            f"The columns {', '.join(map(repr, columns))} are not all different. Text and label stand in columns of their own."
        )
    return columns


def _encoding(file: Path, encoding: str | None) -> str:
    """The file's encoding: the one given, UTF-16 if it begins like that, or UTF-8. Raises OwnDataError for what is no CSV."""
    if re.match(r"\w{3,}:/+\w", file.as_posix()) and not file.exists():
        raise OwnDataError(f"{file} is an address. Download the file, and give its path.")
    if file.is_dir():
        raise OwnDataError(f"{file} is a folder. Give the path of a file in it.")
    try:
        with file.open("rb") as opened:
            first = opened.read(4096)
    except FileNotFoundError:
        near = difflib.get_close_matches(file.name, _names_beside(file), n=1)
        raise OwnDataError(
            f"There is no file {file} (looked for in {Path(file).absolute().parent}). "
            + (f"Did you mean {near[0]}? " if near else "")
            + "A path without a folder means the folder that the notebook or command runs in."
        ) from None
    except OSError as error:
        raise OwnDataError(f"{file} cannot be read ({error.strerror or error}).") from None
    if not first.strip():
        raise OwnDataError(f"{file} is empty. Export it again.")
    if encoding is None and first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for beginning, kind in NOT_CSV.items():
        if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(beginning):
            raise OwnDataError(
                f"{file} is {kind}, not CSV. Open it with the program that it belongs to and save it as CSV (in Excel: CSV "
                f"UTF-8), or write it with pandas: DataFrame.to_csv(..., index=False)."
            )
    if encoding is None and b"\0" in first:
        raise OwnDataError(
            f"{file} holds bytes of 0, so it is not UTF-8. If it is text, it may be UTF-16: give encoding='utf-16-le'. Or save "
            f"it as CSV in UTF-8."
        )
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        raise OwnDataError(
            f"There is no encoding {encoding!r}. Usual ones are utf-8, utf-16, cp1252 (Western Europe), cp1251 (Cyrillic), "
            f"cp949 (Korean), and shift_jis (Japanese)."
        ) from None
    return encoding or "utf-8"


def _names_beside(file: Path) -> list[str]:
    try:
        return [each.name for each in file.absolute().parent.iterdir()]
    except OSError:
        return []


def _open(file: Path, encoding: str):
    return file.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def _undecodable(file: Path, encoding: str) -> OwnDataError:
    """What to say of a file that is not in `encoding`: the first such line, and how it would read in another one."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                text = line[max(0, error.start - 20) : error.start + 20]
                return OwnDataError(
                    f"{file} is not {encoding}: line {number} holds the byte 0x{line[error.start]:02x}. Save it as CSV UTF-8, or "
                    f"give its encoding (encoding=, --encoding). As cp1252 (Western Europe), the place would read: "
                    f"{text.decode('cp1252', errors='replace').strip()!r}."
                )
    return OwnDataError(f"{file} is not {encoding}. Save it as CSV UTF-8, or give its encoding.")


def _header(file: Path, encoding: str, columns: list[str]) -> tuple[str, int, list[str]]:
    """The separator, how many lines stand before the names of the columns, and these names. Raises OwnDataError."""
    try:
        with _open(file, encoding) as lines:
            first = lines.readline()
            told = re.fullmatch(r'"?sep=(.)"?', first.strip("\r\n"))  # a line of Excel's
            skipped = 1 if told else 0
            headers = {}
            for separator in (told[1],) if told and told[1] in SEPARATORS else SEPARATORS:
                lines.seek(0)
                for _ in range(skipped):
                    lines.readline()
                row = next(filter(any, csv.reader(lines, delimiter=separator)), [])
                headers[separator] = [name.strip() for name in row]
    except UnicodeError:
        raise _undecodable(file, encoding) from None
    except csv.Error as error:
        raise OwnDataError(f"{file} is not CSV: {error} in its first line.") from None
    found = {each: len(set(columns) & set(names)) for each, names in headers.items()}
    separator = max(headers, key=lambda each: (found[each], len(headers[each])))
    names = headers[separator]
    if missing := [column for column in columns if column not in names]:
        raise OwnDataError(_no_column(file, missing[0], names, separator))
    if twice := [column for column in columns if names.count(column) > 1]:
        raise OwnDataError(
            f"{file} has {names.count(twice[0])} columns named {twice[0]!r}. Rename them in the first line of the file."
        )
    return separator, skipped, names


def _no_column(file: Path, column: str, names: list[str], separator: str) -> str:
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(column.strip().casefold(), folded, n=1)
    shown = ", ".join(repr(name if len(name) < 60 else f"{name[:57]}...") for name in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    if len(names) == 1:
        hint = (
            f"It has one column, because none of the separators {' '.join(map(repr, SEPARATORS))} stands in its first line. "
            f"Save it as CSV with commas or semicolons; the first line holds the names of the columns."
        )
    elif near:
        hint = f"Did you mean {folded[near[0]]!r}?"
    else:
        hint = "The first line has to hold the names of the columns, and not yet a row."
    return (
        f"{file} has no column {column!r}. Read with {SEPARATORS[separator]} as separators, its columns are "
        f"{shown}{more}. {hint}"
    )


def _rows(
    file: Path, encoding: str, separator: str, skipped: int, header: list[str]
) -> Iterator[list[str]]:
    """The rows below the header, each with as many fields as it has names; empty lines are passed over."""
    csv.field_size_limit(2**31 - 1)  # by default, 131,072 characters
    begins = 1  # the line in which the current row begins
    with _open(file, encoding) as lines:
        for _ in range(skipped):
            lines.readline()
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            header_passed = False
            for row in reader:
                line, begins = begins + skipped, reader.line_num + 1
                if not any(row):
                    continue
                if not header_passed:
                    header_passed = True
                    continue
                if len(row) > len(header) and not any(row[len(header) :]):
                    row = row[: len(header)]
                if len(row) != len(header):
                    raise OwnDataError(_ragged(file, line, row, header, separator))
                yield row
        except UnicodeError:
            raise _undecodable(file, encoding) from None
        except csv.Error as error:
            raise OwnDataError(
                f"{file} is not whole CSV: in the row that begins in line {begins + skipped}, "
                + (
                    "a quotation mark opens a text and none closes it. "
                    if "unexpected end" in str(error)
                    else f"a text goes on behind its closing quotation mark ({error}). "
                )
                + "Inside a quoted text, a quotation mark is written twice."
            ) from None


def _ragged(file: Path, line: int, row: list[str], header: list[str], separator: str) -> str:
    return (
        f"{file}, line {line}: {_count(len(row), 'field')}, and the first line names {len(header)} columns. "
        + (
            f"A text with {SEPARATORS[separator]} in it has to stand in quotation marks; a program that exports CSV does "
            f"that by itself."
            if len(row) > len(header)
            else "Complete the row, or delete it. If a line break in a text cuts it in two, put the text into quotation marks."
        )
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _cleaned(
    table: pd.DataFrame, file: Path, given: dict[str, str], notes: list[str]
) -> pd.DataFrame:
    """`table` without the rows that nothing can be learned from; adds to `notes`. Raises OwnDataError.

    `given` says what the columns are called in the file.
    """

    def drop(rows: pd.Series, why: str) -> None:
        nonlocal table
        if rows.any():
            notes.append(f"left out {_count(int(rows.sum()), 'row')}: {why}")
            table = table[~rows]

    table = table.apply(lambda column: column.str.strip())
    missing = table.apply(lambda column: column.str.casefold().isin(MISSING))
    texts = [name for name in table.columns if name != "label"]
    for name in texts:
        if missing[name].all():
            raise OwnDataError(
                f"{file}: the column {given[name]!r} is empty in all rows. Name the column that has the texts."
            )
    without_text = missing[texts].any(axis=1)
    drop(without_text, f"no text in {' or '.join(repr(given[name]) for name in texts)}")
    drop(missing["label"][~without_text], f"no label in {given['label']!r}")
    if table.empty:
        raise OwnDataError(
            f"{file}: no row has both a text and a label in {given['label']!r}. Name the column that has the labels, or "
            f"label some rows: a few dozen of each category."
        )
    for name in texts:
        if _numbers(table[name]) is not None:
            raise OwnDataError(
                f"{file}: the column {given[name]!r} holds numbers, such as {table[name].iloc[0]!r}, and no texts. Name the "
                f"column that has the texts."
            )
    table = table.assign(label=_labels(table["label"], file, given["label"], notes))
    keys = table[texts].apply(lambda column: column.str.casefold().str.split().str.join(" "))
    keys = keys.agg("\n".join, axis=1)
    several = table["label"].groupby(keys).transform("nunique") > 1
    drop(several, "the same text has different labels")
    drop(keys[~several].duplicated(), "the same text and label as an earlier row")
    sizes = Counter(table["label"])
    rare = [name for name, size in sizes.items() if size < LEAST_OF_A_CATEGORY]
    if len(sizes) - len(rare) < 2:
        raise OwnDataError(_too_few_categories(file, given["label"], sizes))
    for name, near in _alike(sizes).items():
        notes.append(
            f"look again: {name!r} ({_count(sizes[name], 'row')}) looks like a misspelled {near!r}; if so, correct it in the file"
        )
    named = ", ".join(map(repr, rare[:5])) + (" and others" if len(rare) > 5 else "")
    drop(
        table["label"].isin(rare),
        f"fewer than {LEAST_OF_A_CATEGORY} rows of a category ({named}) are too few to learn from and be tested on; collect "
        f"more, or merge it with another",
    )
    sizes = Counter(table["label"])
    if len(sizes) > MOST_CATEGORIES:
        raise OwnDataError(
            f"{file}: the column {given['label']!r} has {len(sizes)} categories. More than {MOST_CATEGORIES} take more data "
            f"and time than this course is made for. Merge categories, or name another column."
        )
    words = table[texts].apply(lambda column: column.str.split().str.len()).sum(axis=1)
    if (long := words > LONG_TEXT).any():
        notes.append(
            f"{_count(int(long.sum()), 'text')} of more than {LONG_TEXT} words, the longest of {words.max():,}: the model reads "
            f"the first 512 tokens; if what matters stands further down, cut such texts into parts first"
        )
    if len(table) < FEW_ROWS:
        notes.append(
            f"with fewer than {FEW_ROWS} rows, a score is rough: a fifth of them is what it is measured on"
        )
    counts = ", ".join(f"{name} {size:,}" for name, size in sizes.most_common())
    notes.append(f"{_count(len(table), 'row')} in {len(sizes)} categories: {counts}")
    return table.reset_index(drop=True)


def _numbers(column: pd.Series) -> pd.Series | None:
    """The column as numbers, or None if not all of it are."""
    numbers = pd.to_numeric(column.str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True), "coerce")
    return None if numbers.isna().any() else numbers


def _labels(labels: pd.Series, file: Path, column: str, notes: list[str]) -> pd.Series:
    """The labels in one spelling each; adds to `notes`. Raises OwnDataError for scores and for what is no category."""
    numbers = _numbers(labels)
    if numbers is not None:
        if (numbers % 1 != 0).any():
            raise OwnDataError(
                f"{file}: the labels in {column!r} are numbers such as {labels[numbers % 1 != 0].iloc[0]}: scores and not "
                f"categories. Make categories of them (pandas.cut), or train a regression, as notebook 10 does with STS-B."
            )
        labels = numbers.astype("int64").astype("str")
    if labels.nunique() > max(20, len(labels) / LEAST_OF_A_CATEGORY):
        raise OwnDataError(
            f"{file}: the column {column!r} has {labels.nunique():,} different values in {len(labels):,} rows, so they are no "
            f"categories. Name the column with the categories."
        )
    if numbers is not None:
        notes.append(
            "the labels are numbers, taken as names of categories: for the model, 1 is no closer to 2 than to 5"
        )
    folded = labels.str.casefold().str.split().str.join(" ")
    usual = labels.groupby(folded).agg(lambda spellings: spellings.mode().iloc[0])
    merged = folded.map(usual).astype("str")
    for (other, name), size in Counter(zip(labels, merged, strict=True)).items():
        if other != name:
            notes.append(f"{_count(size, 'label')} {other!r} taken as {name!r}")
    return merged


def _too_few_categories(file: Path, column: str, sizes: Counter) -> str:
    (name, size), *_ = sizes.most_common(1)
    if len(sizes) == 1:
        return (
            f"{file}: all {size:,} rows have the same label in {column!r}, {name!r}. A model needs at least two categories to "
            f"tell apart: add rows of another one."
        )
    return (
        f"{file}: of the {len(sizes)} categories in {column!r}, not even two have {LEAST_OF_A_CATEGORY} rows; the most frequent, "
        f"{name!r}, has {size}. Label more rows, merge categories, or name the column that has the categories."
    )


def _alike(sizes: Counter) -> dict[str, str]:
    """The categories that look like a misspelling of one that is ten times as frequent, and that one."""
    found = {}
    for name, size in sizes.items():
        frequent = [other for other in sizes if sizes[other] >= 10 * size]
        if near := difflib.get_close_matches(name, frequent, n=1, cutoff=0.85):
            found[name] = near[0]
    return found


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
