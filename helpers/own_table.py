"""A table of texts and labels, cleaned: without the rows that nothing can be learned from, each label in one spelling.

What was left out or looks odd is noted; what nothing can be learned from is an OwnDataError.
"""

import difflib
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from helpers.csv_file import INVISIBLE, count
from helpers.errors import OwnDataError

# in lower case, as are the next ones
MISSING = {"", "nan", "null", r"\n", "n/a", "#n/a", "#ref!", "#name?", "#value!"}
PLACEHOLDERS = {"none", "na", "n.a.", "k.a.", "-", "--", "?", "unknown", "tbd", "todo"}
NUMBER = r"-?\d+(?:[.,]\d+)?"
MARKUP = r"</?(?:p|br|div|span|a|b|i|li|ul|td|tr|table|blockquote|style)\b[^>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);"
WORD = r"\w\w"  # what TfidfVectorizer takes for a word has at least two letters
MOST_CATEGORIES = 100
LEAST_OF_A_CATEGORY = 5  # so that a fifth of its rows is at least one
FEW_ROWS = 200
LONG_TEXT = 350  # words, which are about 512 tokens of English
# Thai to Khmer, kana, Chinese characters: written without spaces, and each is about a token
WITHOUT_SPACES = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"


def clean_table(
    table: pd.DataFrame,
    file: Path | str,
    given: dict[str, str],
    notes: list[str],
    whole: bool = True,
) -> pd.DataFrame:
    """`table` without the rows that nothing can be learned from; adds to `notes`. Raises OwnDataError.

    `given` says what the columns are called in `file`; `whole`, whether the table has all of its rows.
    """

    def drop(rows: pd.Series, why: str) -> None:
        nonlocal table
        if rows.any():
            notes.append(f"left out {count(int(rows.sum()), 'row')}: {why}")
            table = table[~rows]

    table = table.apply(lambda column: column.str.replace(INVISIBLE, "", regex=True).str.strip())
    texts = [name for name in table.columns if name != "label"]
    named = " or ".join(repr(given[name]) for name in texts)
    drop((table == pd.Series(given)).all(axis=1), "the names of the columns once more")
    missing = table.apply(lambda column: column.str.casefold().isin(MISSING))
    for name in texts:
        if missing[name].all():
            raise OwnDataError(
                f"{file}: the column {given[name]!r} is empty in all rows. Name the column that has the texts."
            )
    without_text = missing[texts].any(axis=1)
    both = "" if len(texts) == 1 else f", or none in {given[texts[1]]!r}"
    drop(without_text, f"no text in {given[texts[0]]!r}{both}")
    drop(missing["label"][~without_text], f"no label in {given['label']!r}")
    if table.empty:
        raise OwnDataError(
            f"{file}: no row has both a text and a label in {given['label']!r}. Name the column that has the labels, or "
            f"label some rows: a few dozen of each category."
        )
    for name in texts:
        if table[name].str.fullmatch(NUMBER).all():
            raise OwnDataError(
                f"{file}: the column {given[name]!r} holds numbers, such as {table[name].iloc[0]!r}, and no texts. Name the "
                f"column that has the texts."
            )
    wordless = ~_joined(table[texts]).str.contains(WORD)
    if wordless.all():
        raise OwnDataError(
            f"{file}: no text in {named} has a word of two letters or more (the first is {table[texts[0]].iloc[0]!r}). This "
            f"course's models learn from words. Name the column that has the texts."
        )
    drop(wordless, f"no word of two letters or more in {named}")
    _note_wrong_encoding(table, notes)
    _note_markup(table[texts], notes)
    table = table.assign(label=_labels(table["label"], file, given["label"], notes))
    if (table["label"] == table["label"].iloc[0]).sum() == 1:
        notes.append(
            f"look again: the first row ({table[texts[0]].iloc[0][:60]!r}, {table['label'].iloc[0]!r}) may be a second header "
            f"row, because its label occurs nowhere else"
        )
    keys = _joined(table[texts].apply(_folded))
    several = table["label"].groupby(keys).transform("nunique") > 1
    if several.all():
        raise OwnDataError(
            f"{file}: every text in {named} occurs with different labels, so nothing is left to learn from. Name the column "
            f"that has the texts."
        )
    drop(
        several,
        f"the same text has different labels, such as {_contradiction(table, keys, several)}",
    )
    drop(keys[~several].duplicated(), "the same text and label as an earlier row")
    sizes = Counter(table["label"])
    rare = [name for name, size in sizes.items() if size < LEAST_OF_A_CATEGORY]
    remedy = "collect more, or merge it with another"
    if not whole:
        remedy = "the file may have more: set a larger most_rows (--most-rows)"
    if len(sizes) - len(rare) < 2:
        left_out = [note for note in notes if note.startswith("left out")]
        raise OwnDataError(
            f"{file}: {_too_few_categories(given['label'], sizes)}"
            + (f" ({'; '.join(left_out)})" if left_out else "")
            + ("" if whole else " Only a part of the rows is used: set a larger most_rows.")
        )
    for name, near in _alike(sizes).items():
        notes.append(
            f"look again: {name!r} ({count(sizes[name], 'row')}) looks like a misspelled {near!r}; if so, correct it in the file"
        )
    first_rare = ", ".join(map(repr, rare[:5])) + (" and others" if len(rare) > 5 else "")
    drop(
        table["label"].isin(rare),
        f"fewer than {LEAST_OF_A_CATEGORY} rows of a category ({first_rare}) are too few to learn from and be tested on; "
        f"{remedy}",
    )
    sizes = Counter(table["label"])
    if len(sizes) > MOST_CATEGORIES:
        raise OwnDataError(
            f"{file}: the column {given['label']!r} has {len(sizes)} categories. More than {MOST_CATEGORIES} take more data "
            f"and time than this course is made for. Merge categories, or name another column."
        )
    joined = _joined(table[texts])
    characters = joined.str.count(WITHOUT_SPACES)
    lengths = joined.str.split().str.len() + characters
    if (long := lengths > LONG_TEXT).any():
        unit = "words or characters" if characters.any() else "words"
        notes.append(
            f"{count(int(long.sum()), 'text')} of more than {LONG_TEXT} {unit}, the longest of {lengths.max():,}: the model "
            f"reads the first 512 tokens; if what matters comes later, cut such texts into parts first"
        )
    if len(table) < FEW_ROWS:
        notes.append(
            f"with fewer than {FEW_ROWS} rows, a score is rough: a fifth of them is what it is measured on"
        )
    counts = ", ".join(f"{name} {size:,}" for name, size in sizes.most_common())
    notes.append(f"{count(len(table), 'row')} in {len(sizes)} categories: {counts}")
    return table.reset_index(drop=True)


def _folded(column: pd.Series) -> pd.Series:
    """The column in lower case, with a single space where there are several."""
    return column.str.casefold().str.split().str.join(" ")


def _joined(texts: pd.DataFrame) -> pd.Series:
    """The texts of each row in one string, a line each."""
    first, *others = (texts[name] for name in texts)
    return first.str.cat(others, sep="\n") if others else first


def _contradiction(table: pd.DataFrame, keys: pd.Series, several: pd.Series) -> str:
    """The labels of the first text that has different ones."""
    if not several.any():
        return ""
    labels = table["label"][keys == keys[several].iloc[0]].unique()
    return " and ".join(map(repr, labels[:2]))


def _note_markup(texts: pd.DataFrame, notes: list[str]) -> None:
    """Adds a note if many of the texts are HTML."""
    marked = _joined(texts).str.contains(MARKUP)
    if marked.mean() > 0.05:
        notes.append(
            f"look again: {count(int(marked.sum()), 'row')} with HTML, such as <p> or &nbsp;; take it out in pandas, with "
            f"column.str.replace('<[^>]+>', ' ', regex=True).map(html.unescape), and hand over the table"
        )


def _note_wrong_encoding(table: pd.DataFrame, notes: list[str]) -> None:
    """A note if most of what is not ASCII is UTF-8 that was read as another encoding, such as 'Ã¶' in place of 'ö'."""
    found = Counter(
        run for name in table for text in table[name] for run in re.findall(r"[^\x00-\x7f]+", text)
    )
    meant = {run: text for run in found if (text := _as_utf_8(run))}
    if meant and sum(found[run] for run in meant) > sum(found.values()) / 2:
        run, text = next(iter(meant.items()))
        notes.append(
            f"look again: {run!r} where {text!r} seems to be meant: the file, or what it was made from, is UTF-8 and was read "
            f"as another encoding. If you gave an encoding, leave it out; otherwise export the file again"
        )


def _as_utf_8(run: str) -> str | None:
    for encoding in ("cp1252", "latin-1"):
        try:
            return run.encode(encoding).decode("utf-8")
        except UnicodeError:
            pass
    return None


def _labels(labels: pd.Series, file: Path, column: str, notes: list[str]) -> pd.Series:
    """The labels in one spelling each; adds to `notes`. Raises OwnDataError for scores and for what is no category."""
    if labels.str.fullmatch(NUMBER).all():
        fractions = labels.str.contains(r"[.,]\d*[1-9]")
        if fractions.any():
            raise OwnDataError(
                f"{file}: the labels in {column!r} are numbers such as {labels[fractions].iloc[0]}: scores and not "
                f"categories. Make categories of them (pandas.cut), or train a regression, as notebook 10 does with STS-B."
            )
        notes.append(
            "the labels are numbers, taken as names of categories: for the model, 1 is no closer to 2 than to 5"
        )
    spelled = labels.str.replace(r"^(-?(?:0|[1-9]\d{0,14}))\.0+$", r"\1", regex=True)  # 1.0 is 1
    folded = _folded(spelled)
    usual = spelled.groupby(folded).agg(lambda spellings: spellings.mode().iloc[0])
    merged = folded.map(usual).astype("str")
    for (other, name), size in Counter(zip(labels, merged, strict=True)).items():
        if other != name:
            notes.append(f"{count(size, 'label')} {other!r} taken as {name!r}")
    sizes = Counter(merged)
    if placeholders := [name for name in sizes if name.casefold() in PLACEHOLDERS]:
        named = ", ".join(f"{name!r} ({count(sizes[name], 'row')})" for name in placeholders)
        notes.append(
            f"look again: {named} may stand for a missing label; if so, empty these cells in the file"
        )
    several = _several_at_once(sizes)
    if several:
        notes.append(
            f"look again: labels such as {several[0]!r} seem to name several categories; for this course's models, keep one "
            f"per row"
        )
    if len(sizes) > max(20, len(labels) / LEAST_OF_A_CATEGORY):
        hint = f" Labels such as {several[0]!r} name several: keep one per row." if several else ""
        if len(sizes) > len(labels) / 2:
            raise OwnDataError(
                f"{file}: the column {column!r} has {len(sizes):,} different values in {len(labels):,} rows, so this does not "
                f"look like a column of categories. Name the column with the categories.{hint}"
            )
        raise OwnDataError(
            f"{file}: the {len(sizes):,} categories in {column!r} share {len(labels):,} rows, fewer than "
            f"{LEAST_OF_A_CATEGORY} for each. Merge categories, collect more rows, or, if this is not the column with the "
            f"categories, name that one.{hint}"
        )
    return merged


def _several_at_once(sizes: Counter) -> list[str]:
    """The labels all of whose parts, between separators, occur in other labels, too."""
    parts = {name: {part.strip() for part in re.split(r"[,;|]", name)} for name in sizes}
    others = Counter(part for each in parts.values() for part in each)
    return [
        name
        for name, each in parts.items()
        if len(each) > 1 and all(part and others[part] > 1 for part in each)
    ]


def _too_few_categories(column: str, sizes: Counter) -> str:
    (name, size), *others = sizes.most_common()
    if not others:
        return (
            f"all {size:,} rows have the same label in {column!r}, {name!r}. A model needs at least two categories to "
            f"tell apart: add rows of another one."
        )
    if size < LEAST_OF_A_CATEGORY:
        start = f"no category in {column!r} has {LEAST_OF_A_CATEGORY} rows"
    else:
        start = f"of the {len(sizes)} categories in {column!r}, only {name!r} has {LEAST_OF_A_CATEGORY} rows or more"
    (other, most), *_ = others
    return (
        f"{start}; the next, {other!r}, has {most}. Label more rows, merge categories, or name the column that has the "
        f"categories."
    )


def _alike(sizes: Counter) -> dict[str, str]:
    """The categories that look like a misspelling of one that is ten times as frequent, and that one.

    Different numbers ('Level 1', 'Level 2') and prefixes ('dissatisfied') are no misspellings.
    """
    found = {}
    for name, size in sizes.items():
        frequent = [
            other
            for other in sizes
            if sizes[other] >= 10 * size
            and re.findall(r"\d+", name) == re.findall(r"\d+", other)
            and not name.endswith(other)
            and not other.endswith(name)
        ]
        if near := difflib.get_close_matches(name, frequent, n=1, cutoff=0.85):
            found[name] = near[0]
    return found
