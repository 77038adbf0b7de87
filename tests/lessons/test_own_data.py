"""CSV files as people have them: each is read, with a note of what was left out, or refused with what is wrong and what to do."""

import csv
import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from helpers.own_data import OwnDataError, baselines, read_table, split_table
from helpers.passenger_messages import CSV
from helpers.passenger_messages.build import CATEGORIES, UNFILED

WORDS = ["bus", "tram", "ferry", "stop", "late", "door", "seat", "rain", "fare", "card", "lost", "bag"]  # fmt: skip


def sound(count: int = 30, labels: tuple = ("good", "bad")) -> list[list[str]]:
    """The rows of a sound file: a text that is there once, and a label; each label as often as the next."""
    return [
        [f"{WORDS[number % 12]} {WORDS[number // 12 % 12]} number {number}", labels[number % len(labels)]]
        for number in range(count)
    ]  # fmt: skip


def written(rows, header=("text", "label"), encoding="utf-8", **options) -> bytes:
    """`rows` as a program that exports CSV writes them."""
    file = io.StringIO()
    csv.writer(file, **options).writerows([header, *rows])
    return file.getvalue().encode(encoding)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


@dataclass
class Odd:
    """A file's content, how it is read, and what comes of it: a number of rows with parts of the notes, or an error's parts."""

    name: str
    content: bytes
    rows: int | None = None
    notes: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    texts: tuple[str, ...] = ("text",)
    label: str = "label"
    options: dict = field(default_factory=dict)


ROWS = sound()
LONG = [["word " * 5000 + str(number), "bad"] for number in range(3)]
ODD = [
    # what is mended, or left out with a note
    Odd("sound", written(ROWS), 30, ("30 rows, separated by commas, utf-8", "good 15, bad 15")),
    Odd("semicolons", written(ROWS, delimiter=";"), 30, ("separated by semicolons",)),
    Odd("tabs", written(ROWS, delimiter="\t"), 30, ("separated by tabs",)),
    Odd("vertical bars", written(ROWS, delimiter="|"), 30, ("separated by vertical bars",)),
    Odd(
        "semicolons, with commas in the texts",
        written([[f"{text}, and, so on", label] for text, label in ROWS], delimiter=";"),
        30,
        ("separated by semicolons",),
    ),
    Odd("a byte order mark", written(ROWS, encoding="utf-8-sig"), 30),
    Odd("UTF-16 with its mark", written(ROWS, encoding="utf-16"), 30, ("utf-16",)),
    Odd(
        "cp1252, told",
        written([["Fähre fällt aus", "bad"], *ROWS], encoding="cp1252"),
        31,
        ("cp1252",),
        options={"encoding": "cp1252"},
    ),
    Odd("Excel's line sep=", b"sep=;\r\n" + written(ROWS, delimiter=";"), 30, ("by semicolons",)),
    Odd("line ends of old Macs", written(ROWS, lineterminator="\r"), 30),
    Odd("line ends of Windows, no last one", written(ROWS).rstrip(), 30),
    Odd("empty lines between rows", b"\n\n" + written(ROWS).replace(b"\r\n", b"\n\n"), 30),
    Odd(
        "line breaks, separators and quotation marks in texts",
        written([['She said, "no",\nand left', "bad"], *ROWS]),
        31,
    ),
    Odd("blanks around the names", written(ROWS, header=(" text ", "label ")), 30),
    Odd("more columns than asked for", written([[1, *row, "x"] for row in ROWS], ("id", "text", "label", "")), 30),
    Odd("names that begin like a zip archive", written([[1, *row] for row in ROWS], ("PK", "text", "label")), 30),
    Odd("separators at the ends of rows", written(ROWS).replace(b"bad\r", b"bad,,\r"), 30),
    Odd(
        "texts missing",
        written([["", "bad"], ["  ", "good"], ["NaN", "bad"], *ROWS]),
        30,
        ("left out 3 rows: no text in 'text'",),
    ),
    Odd(
        "labels missing",
        written([["one", ""], ["two", "N/A"], *ROWS]),
        30,
        ("left out 2 rows: no label in 'label'",),
    ),
    Odd(
        "a row twice, once in capitals",
        written([["BUS  bus number 0", "good"], *ROWS, ROWS[3]]),
        30,
        ("left out 2 rows: the same text and label as an earlier row",),
    ),
    Odd(
        "one text with two labels",
        written([["undecided", "bad"], ["Undecided", "good"], *ROWS]),
        30,
        ("left out 2 rows: the same text has different labels",),
    ),
    Odd(
        "one label in several spellings",
        written([["one", "GOOD"], ["two", "good "], *ROWS]),
        32,
        ("1 label 'GOOD' taken as 'good'", "good 17, bad 15"),
    ),
    Odd(
        "a misspelled label",
        written([["one", "terrible"], *sound(60, ("terrible", "great")), *[[f"a{n}", "terible"] for n in range(3)]]),
        61,
        ("look again: 'terible' (3 rows) looks like a misspelled 'terrible'", "left out 3 rows: fewer than 5"),
    ),
    Odd(
        "a class with one row",
        written([["one", "other"], *ROWS]),
        30,
        ("left out 1 row: fewer than 5 rows of a category ('other')", "collect more, or merge it"),
    ),
    Odd(
        "whole numbers as labels",
        written(sound(50, ("1", "2", "3", "4", "5"))),
        50,
        ("labels are numbers, taken as names", "1 10, 2 10, 3 10, 4 10, 5 10"),
    ),
    Odd(
        "whole numbers, half of them with .0",
        written(sound(40, ("1", "1.0", "2.0", "2"))),
        40,
        ("2 categories: 1 20, 2 20",),
    ),
    Odd(
        "texts of 5,000 words",
        written([*ROWS, *LONG]),
        33,
        ("3 texts of more than 350 words, the longest of 5,001", "first 512 tokens"),
    ),
    Odd("a text of a million characters", written([["a" * 1_000_000, "bad"], *ROWS]), 31),
    Odd("few rows", written(ROWS), 30, ("with fewer than 200 rows, a score is rough",)),
    Odd(
        "more rows than are used",
        written(sound(1000)),
        100,
        ("1,000 rows", "100 of them are used, taken at random", "--most-rows"),
        options={"most_rows": 100},
    ),
    Odd(
        "pairs",
        written([[text, f"answer {text}", label] for text, label in ROWS], ("q", "a", "label")),
        30,
        texts=("q", "a"),
    ),
    Odd(
        "pairs, one half missing",
        written([["x", "", "good"], *[[text, text, label] for text, label in ROWS]], ("q", "a", "label")),
        30,
        ("left out 1 row: no text in 'q' or 'a'",),
        texts=("q", "a"),
    ),
    # what is refused
    Odd("empty", b"", error=("is empty", "Export it again")),
    Odd("blank", b" \n\n", error=("is empty",)),
    Odd("names and no rows", b"text,label\n", error=("has the names of its columns and no rows",)),
    Odd("no such column", written(ROWS, ("texts", "label")), error=("no column 'text'", "Did you mean 'texts'?")),
    Odd("a column in capitals", written(ROWS, ("TEXT", "label")), error=("Did you mean 'TEXT'?",)),
    Odd("no line of names", written(ROWS[1:], ROWS[0]), error=("no column 'text'", "The first line has to hold")),
    Odd(
        "colons as separators",
        written(ROWS, delimiter=":"),
        error=("no column 'text'", "one column, because none of the separators", "Save it as CSV"),
    ),
    Odd("two columns of one name", written([[*row, "x"] for row in ROWS], ("text", "label", "text")), error=("2 columns named 'text'", "Rename")),
    Odd("text and label the same column", written(ROWS), label="text", error=("not all different",)),
    Odd("three columns of texts", written(ROWS), texts=("a", "b", "c"), error=("or two for pairs",)),
    Odd(
        "cp1252, not told",
        written([*ROWS, ["Fähre fällt aus", "bad"]], encoding="cp1252"),
        error=("is not utf-8: line 32 holds the byte 0xe4", "Save it as CSV UTF-8", "'Fähre fällt aus"),
    ),
    Odd("UTF-16 without its mark", written(ROWS, encoding="utf-16-le"), error=("bytes of 0", "utf-16-le")),
    Odd("an encoding that does not exist", written(ROWS), options={"encoding": "utf9"}, error=("no encoding 'utf9'", "cp1252")),
    Odd("an Excel workbook", zipped(), error=("is an Excel workbook", "save it as CSV (in Excel: CSV UTF-8)")),
    Odd("JSON", b'[{"text": "a", "label": "b"}]', error=("is JSON, not CSV",)),
    Odd("an HTML page", b"<!DOCTYPE html><html></html>", error=("is HTML or XML, not CSV",)),
    Odd("Parquet", b"PAR1\x15\x04", error=("is a Parquet file, not CSV",)),
    Odd(
        "a quotation mark that never closes",
        written(ROWS[:3]) + b'"An open text,bad\r\n' + written(ROWS[4:]),
        error=("in the row that begins in line 5, a quotation mark opens a text and none closes it", "written twice"),
    ),
    Odd(
        "a text behind its quotation mark",
        written(ROWS[:3]) + b'"Great" he said,bad\r\n',
        error=("in the row that begins in line 5, a text goes on behind its closing quotation mark",),
    ),
    Odd(
        "a separator that is not quoted",
        written(ROWS[:3]) + b"late, and full,bad\r\n",
        error=("line 5: 3 fields, and the first line names 2 columns", "quotation marks"),
    ),
    Odd("a row that is cut", written(ROWS[:3]) + b"late\r\n", error=("line 5: 1 field, and", "Complete the row, or delete it")),
    Odd("all texts empty", written([["", "bad"]] * 20), error=("'text' is empty in all rows", "Name the column")),
    Odd("all labels empty", written([[text, ""] for text, _ in ROWS]), error=("no row has both a text and a label", "label some rows")),
    Odd("one class only", written(sound(30, ("good",))), error=("all 30 rows have the same label in 'label', 'good'", "add rows of another one")),
    Odd(
        "one class with enough rows",
        written([["one", "other"], *sound(30, ("good",))]),
        error=("of the 2 categories in 'label', not even two have 5 rows", "Label more rows"),
    ),
    Odd("scores as labels", written(sound(30, ("0.5", "1.0", "3.25"))), error=("scores and not categories", "regression")),
    Odd("scores with commas", written(sound(30, ("0,5", "1,0")), delimiter=";"), error=("scores and not categories",)),
    Odd(
        "ids as labels",
        written([[text, str(1000 + number)] for number, (text, _) in enumerate(ROWS)]),
        error=("30 different values in 30 rows", "Name the column with the categories"),
    ),
    Odd("numbers as texts", written([[str(number), label] for number, (_, label) in enumerate(ROWS)]), error=("'text' holds numbers, such as '0', and no texts",)),
    Odd(
        "hundreds of categories",
        written([[f"{text} {n}", f"kind {number % 150}"] for n in range(60) for number, (text, _) in enumerate(sound(150))]),
        error=("has 150 categories", "Merge categories"),
    ),
]  # fmt: skip


@pytest.fixture
def file(tmp_path):
    """A function that writes a file of the trial; returns its path."""

    def write(content: bytes):
        (tmp_path / "own.csv").write_bytes(content)
        return tmp_path / "own.csv"

    return write


def test_there_are_at_least_20_files_and_no_name_twice():
    assert len(ODD) >= 20 and len({odd.name for odd in ODD}) == len(ODD)


@pytest.mark.parametrize("odd", [odd for odd in ODD if not odd.error], ids=lambda odd: odd.name)
def test_what_can_be_mended_is_read_and_noted(odd, file):
    table, notes = read_table(file(odd.content), list(odd.texts), odd.label, **odd.options)
    assert list(table) == [*("text", "text_pair")[: len(odd.texts)], "label"]
    assert len(table) == odd.rows
    for part in odd.notes:
        assert part in "\n".join(notes)
    assert not table.isna().any(axis=None) and (table == table.map(str.strip)).all(axis=None)


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd.error], ids=lambda odd: odd.name)
def test_what_cannot_be_learned_from_is_refused_with_a_way_out(odd, file):
    with pytest.raises(OwnDataError) as error:
        read_table(file(odd.content), list(odd.texts), odd.label, **odd.options)
    for part in odd.error:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gone.csv", ("There is no file", "looked for in")),
        ("onw.csv", ("Did you mean own.csv?",)),
        (".", ("is a folder",)),
        ("https://example.org/own.csv", ("is an address", "Download")),
        ("C:/survey/gone.csv", ("There is no file",)),
    ],
)
def test_a_path_that_leads_to_no_file_is_named(name, parts, file, tmp_path, monkeypatch):
    file(written(ROWS))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OwnDataError) as error:
        read_table(name, ["text"], "label")
    assert all(part in str(error.value) for part in parts), str(error.value)


def test_a_sound_file_has_no_notes_but_its_form_and_its_categories(file):
    _, notes = read_table(file(written(sound(300))), ["text"], "label")
    assert notes == [
        "own.csv: 300 rows, separated by commas, utf-8",
        "300 rows in 2 categories: good 150, bad 150",
    ]


def test_a_line_of_the_file_is_named_where_texts_have_line_breaks(file):
    rows = [["one\ntwo\nthree", "bad"], *ROWS[:3]]
    with pytest.raises(OwnDataError, match="line 8: 1 field"):
        read_table(file(written(rows) + b"late\r\n"), ["text"], "label")


def test_a_million_rows_take_seconds_and_little_memory(file):
    path = file(b"text,label\n" + b"".join(b"text %d,%d\n" % (n, n % 2) for n in range(1_000_000)))
    table, notes = read_table(path, ["text"], "label")
    assert len(table) == 20_000 and "1,000,000 rows" in notes[0] and "--most-rows" in notes[1]
    numbers = table["text"].str.removeprefix("text ").astype(int)
    assert abs(numbers.mean() - 500_000) < 10_000  # from all of the file, not from its beginning
    again, _ = read_table(path, ["text"], "label")
    other, _ = read_table(path, ["text"], "label", seed=1)
    assert table.equals(again) and not table.equals(other)


def test_texts_that_occur_in_other_roles_stay(file):
    """ "None" and "NA" are words; a text may equal a label."""
    rows = [["None", "NA"], ["NA", "NA"], ["good", "good"], *sound(40, ("NA", "good"))]
    table, _ = read_table(file(written(rows)), ["text"], "label")
    assert len(table) == 43 and set(table["label"]) == {"NA", "good"}


def test_the_passengers_messages_are_cleaned_but_for_the_misspelled():
    table, notes = read_table(CSV, ["message"], "category")
    sizes = Counter(table["label"])
    assert set(sizes) == set(CATEGORIES) and len(table) == 626 - 3
    assert f"left out {len(UNFILED)} rows: no label in 'category'" in notes
    assert any("'Vehicels and stops' (3 rows) looks like a misspelled" in note for note in notes)


def test_a_split_keeps_the_shares_and_every_row_and_belongs_to_its_seed():
    rows = sound(100, ("a", "a", "a", "b"))
    table = pd.DataFrame(rows, columns=["text", "label"])
    splits = split_table(table, seed=1)
    assert splits.num_rows == {"train": 80, "validation": 20}
    assert splits["train"].features["label"].names == ["a", "b"]
    assert Counter(splits["validation"]["label"][:]) == {0: 15, 1: 5}
    assert sorted([*splits["train"]["text"], *splits["validation"]["text"]]) == sorted(
        table["text"]
    )
    again, other = (split_table(table, seed)["train"]["text"][:] for seed in (1, 2))
    assert again == splits["train"]["text"][:] != other


def test_the_least_that_is_read_can_be_split_and_scored(file):
    table, _ = read_table(file(written(sound(10))), ["text"], "label")
    splits = split_table(table, seed=0)
    assert {name: set(part["label"]) for name, part in splits.items()} == {
        "train": {0, 1},
        "validation": {0, 1},
    }
    assert set(baselines(splits)) == {"majority_macro_f1", "tfidf_macro_f1"}


def test_baselines_read_both_texts_of_a_pair():
    """The second text alone tells the label."""
    rows = [[f"number {n}", ("yes indeed", "not at all")[n % 2], "ab"[n % 2]] for n in range(50)]
    found = baselines(split_table(pd.DataFrame(rows, columns=["text", "text_pair", "label"]), 0))
    assert found["tfidf_macro_f1"] == 1
    assert found["majority_macro_f1"] == pytest.approx(np.mean([2 * 0.5 / 1.5, 0]))
