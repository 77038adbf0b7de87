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
PLAIN = {
    "delimiter": "\t",
    "quoting": csv.QUOTE_NONE,
    "quotechar": None,
}  # as programs write that know no quoting
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
    Odd("more columns than asked for", written([[1, *row, "x"] for row in ROWS], ("id", "text", "label", "")), 30, ("look again: 30 rows with text to the right",)),
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
        written([*ROWS, ["one", "other"]]),
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
        ("left out 1 row: no text in 'q', or none in 'a'",),
        texts=("q", "a"),
    ),
    Odd("a byte order mark, and UTF-8 told", written(ROWS, encoding="utf-8-sig"), 30, options={"encoding": "UTF8"}),
    Odd(
        "a byte order mark, and cp1252 told",
        written(ROWS, encoding="utf-8-sig"),
        30,
        ("its byte order mark says utf-8, so encoding='cp1252' is not used",),
        options={"encoding": "cp1252"},
    ),
    Odd("UTF-16 without its mark", written(ROWS, encoding="utf-16-le"), 30, ("utf-16-le",)),
    Odd("UTF-16, big end first, without its mark", written(ROWS, encoding="utf-16-be"), 30, ("utf-16-be",), options={"encoding": "utf-16"}),
    Odd(
        "UTF-8, read as cp1252",
        written([["Fähre fällt aus", "bad"], *ROWS]),
        31,
        ("look again: 'Ã¤' where 'ä' seems to be meant", "leave it out"),
        options={"encoding": "cp1252"},
    ),
    Odd(
        "UTF-8 that was read as cp1252 before",
        written([["FÃ¤hre fÃ¤llt aus", "bad"], *ROWS]),
        31,
        ("look again: 'Ã¤' where 'ä' seems to be meant", "export the file again"),
    ),
    Odd(
        "lines above the names",
        b'Report "2024";;\r\nBy;A. Clerk;\r\n\r\n' + written(ROWS, delimiter=";"),
        30,
        ("skipped 2 lines above the names of the columns, the first of them 'Report \"2024\";;'",),
    ),
    Odd("a name of two lines", written(ROWS, ("text", "How was it?\n(1 to 5)")), 30, label="How was it? (1 to 5)"),
    Odd("a name in brackets", written(ROWS, ("[text]", "label")), 30, texts=("[text]",)),
    Odd("spaces after the commas", b'text, label\n"late, and full", "bad"\n' + written(ROWS)[12:], 31, ("bad 16, good 15",)),
    Odd(
        "tabs, and a quotation mark at the beginning of a text",
        written([*ROWS[:9], ['"A bus', "bad"], ['late 3"', "good"], *ROWS[9:]], **PLAIN),
        32,
        ("32 rows, separated by tabs", "quotation marks are read as characters like any other"),
    ),
    Odd(
        "tabs, and texts that swallow whole rows",
        written([*ROWS[:9], ['"A bus', "bad"], *ROWS[9:12], ['it is late"', "good"], *ROWS[12:]], **PLAIN),
        32,
        ("32 rows, separated by tabs", "quotation marks are read as characters like any other"),
    ),
    Odd(
        "tabs, and a quotation mark that never closes",
        written([*ROWS[:9], ['"A bus', "bad"], *ROWS[9:]], **PLAIN),
        31,
        ("quotation marks are read as characters like any other",),
    ),
    Odd(
        "a text that swallows rows, where others are quoted for their commas",
        written([*ROWS, ["late, and full", "bad"]]) + b'"A bus,bad\r\n' + b"two buses,good\r\n" + b'it is late",good\r\n',
        32,
        ("look again: the lines of 1 text look like whole rows (the first begins in line 33)",),
    ),
    Odd("a line break in a text that is whole rows but for the label", written([["Hello,\nbye", "bad"], *ROWS]), 31, ("31 rows, separated by commas",)),
    Odd(
        "texts cut at their commas",
        written([[*row, "", ""] for row in ROWS] + [["it is late", "bad", " and full", ""]], ("text", "label", "", "")),
        31,
        ("look again: 1 row with text to the right of the last column that has a name",),
    ),
    Odd("the names once more", written(ROWS) + written(ROWS[:0]), 30, ("left out 1 row: the names of the columns once more",)),
    Odd(
        "a second header row",
        written([["Open-Ended Response", "Response"], *ROWS]),
        30,
        ("look again: the first row ('Open-Ended Response', 'Response') may be a second header row",),
    ),
    Odd(
        "errors and missing values of other programs",
        written([["one", r"\N"], ["two", "#REF!"], ["#NAME?", "bad"], *ROWS]),
        30,
        ("left out 2 rows: no label", "left out 1 row: no text"),
    ),
    Odd(
        "labels that may stand for none",
        written([*[[f"text {n}", ("k.A.", "?")[n % 2]] for n in range(10)], *ROWS]),
        40,
        ("look again: 'k.A.' (5 rows), '?' (5 rows) may stand for a missing label",),
    ),
    Odd(
        "characters that nobody sees",
        written([["\u200b", "good"], ["it is\ufeff late", "bad\u200b"], *ROWS], ("\u200btext", "label")),
        31,
        ("left out 1 row: no text", "2 categories: bad 16, good 15"),
    ),
    Odd("some texts without a word", written([["😀", "good"], ["!", "bad"], *ROWS]), 30, ("left out 2 rows: no word of two letters or more in 'text'",)),
    Odd(
        "numbers as labels that are no whole numbers",
        written(sound(60, ("0101", "101", "2e3", "12345678901234567890", "12345678901234567891", "inf"))),
        60,
        ("6 categories: 0101 10, 101 10, 2e3 10, 12345678901234567890 10, 12345678901234567891 10, inf 10",),
    ),
    Odd("thousands as labels", written(sound(30, ("1,000", "2,000"))), 30, ("2 categories: 1,000 15, 2,000 15",)),
    Odd("floats as labels", written(sound(40, ("1", "1.0", "2.0"))), 40, ("13 labels '1.0' taken as '1'", "13 labels '2.0' taken as '2'")),
    Odd(
        "fifteen categories in three spellings",
        written([[text, ("kind {}", "Kind {}", "KIND {}")[n // 15 % 3].format("abcdefghijklmno"[n % 15])] for n, (text, _) in enumerate(sound(90))]),
        90,
        ("90 rows in 15 categories",),
    ),
    Odd(
        "several categories in a cell",
        written(sound(40, ("billing", "billing; login", "login", "app"))),
        40,
        ("look again: labels such as 'billing; login' seem to name several categories",),
    ),
    Odd(
        "labels that differ in a number",
        written([*[[f"a {word}", "Level 2"] for word in WORDS[:5]], *sound(100, ("Level 1", "other"))]),
        105,
    ),
    Odd(
        "labels that differ in a prefix",
        written([*[[f"a {word}", "dissatisfied"] for word in WORDS[:5]], *sound(100, ("satisfied", "other"))]),
        105,
    ),
    Odd(
        "long texts in a script without spaces",
        written([["電車が遅れました。" * 120, "bad"], *ROWS]),
        31,
        ("1 text of more than 350 words or characters, the longest of 961",),
    ),
    Odd(
        "a category that a small share of the rows hardly has",
        written([[f"lost {n}", "lost"] for n in range(40)] + sound(1000)),
        rows=None,
        notes=("('lost') are too few", "the file may have more: set a larger most_rows"),
        options={"most_rows": 100},
    ),
    Odd("words of other scripts", written([["поезд опоздал", "bad"], ["電車", "bad"], ["기차가", "bad"], *ROWS]), 33),
    # what is refused
    Odd("empty", b"", error=("is empty", "Export it again")),
    Odd("blank", b" \n\n", error=("is empty",)),
    Odd("names and no rows", b"text,label\n", error=("has the names of its columns and no rows",)),
    Odd("no such column", written(ROWS, ("texts", "label")), error=("no column 'text'", "Did you mean 'texts'?")),
    Odd("a column in capitals", written(ROWS, ("TEXT", "label")), error=("Did you mean 'TEXT'?",)),
    Odd("no line of names", written(ROWS[1:], ROWS[0]), error=("no column 'text'", "have to be in the first line")),
    Odd(
        "colons as separators",
        written(ROWS, delimiter=":"),
        error=("no column 'text'", "That is one column: none of the separators", "Save the file as CSV"),
    ),
    Odd("two columns of one name", written([[*row, "x"] for row in ROWS], ("text", "label", "text")), error=("2 columns named 'text'", "Rename")),
    Odd("text and label the same column", written(ROWS), label="text", error=("not all different",)),
    Odd("three columns of texts", written(ROWS), texts=("a", "b", "c"), error=("or two for pairs",)),
    Odd(
        "cp1252, not told",
        written([*ROWS, ["Fähre fällt aus", "bad"]], encoding="cp1252"),
        error=("is not utf-8: line 32 holds the byte 0xe4", "Save it as CSV UTF-8", "'Fähre fällt aus,bad'. If that is not readable", "cp949"),
    ),
    Odd("an encoding that does not exist", written(ROWS), options={"encoding": "utf9"}, error=("no encoding 'utf9'", "cp1252")),
    Odd("an Excel workbook", zipped(), error=("is an Excel workbook", "save it as CSV (in Excel: CSV UTF-8)")),
    Odd("JSON", b'[{"text": "a", "label": "b"}]', error=("is JSON, not CSV",)),
    Odd("an HTML page", b"<!DOCTYPE html><html></html>", error=("is HTML or XML, not CSV",)),
    Odd("Parquet", b"PAR1\x15\x04", error=("is a Parquet file, not CSV",)),
    Odd(
        "a quotation mark that never closes",
        written([*ROWS[:2], ["a text, quoted", "bad"]]) + b'"An open text,bad\r\n' + written(ROWS),
        error=("is not valid CSV: in the row that begins in line 5, a quotation mark opens a text and none closes it", "written twice"),
    ),
    Odd(
        "a text after its closing quotation mark",
        written([*ROWS[:2], ["a text, quoted", "bad"]]) + b'"Great" he said,bad\r\n',
        error=("in the row that begins in line 5, a text continues after its closing quotation mark",),
    ),
    Odd(
        "a separator that is not quoted",
        written(ROWS[:3]) + b"late, and full,bad\r\n",
        error=("line 5: 3 fields, but line 1 names 2 columns", "quotation marks"),
    ),
    Odd("a row that is cut", written(ROWS[:3]) + b"late\r\n", error=("line 5: 1 field, but", "Complete the row, or delete it")),
    Odd("all texts empty", written([["", "bad"]] * 20), error=("'text' is empty in all rows", "Name the column")),
    Odd("all labels empty", written([[text, ""] for text, _ in ROWS]), error=("no row has both a text and a label", "label some rows")),
    Odd("one class only", written(sound(30, ("good",))), error=("all 30 rows have the same label in 'label', 'good'", "add rows of another one")),
    Odd(
        "one class with enough rows",
        written([["one", "other"], *sound(30, ("good",))]),
        error=("of the 2 categories in 'label', only 'good' has 5 rows or more; the next, 'other', has 1", "Label more rows"),
    ),
    Odd("UTF-16, cut", written(ROWS, encoding="utf-16")[:-1], error=("is not valid utf-16: truncated data in line 32", "Export it again")),
    Odd(
        "UTF-8, and ASCII told",
        written([["Fähre fällt aus", "bad"], *ROWS]),
        options={"encoding": "ascii"},
        error=("is UTF-8 and not ascii. Leave out encoding",),
    ),
    Odd("UTF-8, and UTF-16 told", written(ROWS), options={"encoding": "utf-16"}, error=("is UTF-8 and not utf-16. Leave out encoding",)),
    Odd("a byte of 0 far down", written([*sound(300), ["a \0 b", "bad"]]), error=("line 302 contains null bytes", "Export it again")),
    Odd(
        "names wrapped in quotation marks",
        b'"text,label"\n' + b"".join(b'"%s,%s"\n' % (text.encode(), label.encode()) for text, label in ROWS),
        error=("The whole line is in quotation marks", "Export the file again"),
    ),
    Odd(
        "rows wrapped in quotation marks",
        b"text,label\n" + b"".join(b'"""%s"",%s"\n' % (text.encode(), label.encode()) for text, label in ROWS),
        error=("line 2: 1 field, but line 1 names 2 columns. The whole row is in quotation marks",),
    ),
    Odd(
        "backslashes before quotation marks",
        b'text,label\n"She said \\"no\\"",bad\n' + written(ROWS)[12:],
        error=("is not valid CSV: in the row that begins in line 2", "escapechar='\\\\'"),
    ),
    Odd("a line too long below Excel's line sep=", b"sep=,\n" + written(ROWS[:3]) + b"late, and full,bad\r\n", error=("line 6: 3 fields, but line 2 names 2 columns",)),
    Odd("no text with a word", written([["😀" * n, label] for n, (_, label) in enumerate(ROWS, 1)]), error=("no text in 'text' has a word of two letters or more (the first is '😀')",)),
    Odd("every text with different labels", written([[text, label] for text in WORDS for label in ("good", "bad")]), error=("every text in 'text' occurs with different labels, so nothing is left to learn from", "Name the column")),
    Odd(
        "few categories left, and why",
        written([*[["late", label] for label in ("good", "bad") * 3], *sound(8, ("good",))]),
        error=("all 8 rows have the same label in 'label', 'good'", "(left out 6 rows: the same text has different labels, such as 'good' and 'bad')"),
    ),
    Odd(
        "many honest categories in few rows",
        written([[text, f"kind {n % 25}"] for n, (text, _) in enumerate(sound(100))]),
        error=("the 25 categories in 'label' share 100 rows, fewer than 5 for each. Merge categories, collect more rows",),
    ),
    Odd("texts named by a number", written(ROWS), texts=1, error=("The columns with the texts are [1]",)),
    Odd("no label named", written(ROWS), label=None, error=("the labels is None",)),
    *[
        Odd(f"most_rows={most_rows!r}", written(ROWS), options={"most_rows": most_rows}, error=(f"most_rows is {most_rows!r}. Give a whole number of 10 or more",))
        for most_rows in (0, 5, "1000")
    ],
    Odd("scores as labels", written(sound(30, ("0.5", "1.0", "3.25"))), error=("scores and not categories", "regression")),
    Odd("scores with commas", written(sound(30, ("0,5", "1,0")), delimiter=";"), error=("scores and not categories",)),
    Odd(
        "ids as labels",
        written([[text, str(1000 + number)] for number, (text, _) in enumerate(ROWS)]),
        error=("30 different values in 30 rows, so this does not look like a column of categories", "Name the column with the categories"),
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
    table, notes = read_table(file(odd.content), odd.texts, odd.label, **odd.options)
    assert list(table) == [*("text", "text_pair")[: len(odd.texts)], "label"]
    assert odd.rows is None or len(table) == odd.rows
    said = "\n".join(notes)
    assert all(part in said for part in odd.notes), said
    assert ("look again" in said) == ("look again" in "\n".join(odd.notes)), said
    assert not table.isna().any(axis=None) and (table == table.map(str.strip)).all(axis=None)


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd.error], ids=lambda odd: odd.name)
def test_what_cannot_be_learned_from_is_refused_with_a_way_out(odd, file):
    with pytest.raises(OwnDataError) as error:
        read_table(file(odd.content), odd.texts, odd.label, **odd.options)
    for part in odd.error:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gone.csv", ("There is no file", "looked for in")),
        ("onw.csv", ("Did you mean own.csv?",)),
        (".", ("is a folder",)),
        ("https://example.org/own.csv", ("https://example.org/own.csv is an address", "Download")),
        (None, ("The file is None", "Give its path")),
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
    with pytest.raises(OwnDataError, match="line 8: 1 field, but"):
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


TABLE = pd.DataFrame(
    {
        "subject": [f"subject {number}" for number in range(20)],
        "body": [f"<p>the text of message {number}</p>" for number in range(20)],
        "stars": [1.0, 2.0] * 10,
    }
)


def test_a_table_is_read_like_a_file():
    table, notes = read_table(TABLE, ["body"], "stars")
    assert notes[0] == "the table: 20 rows"
    assert sorted(set(table["label"])) == ["1", "2"] and len(table) == 20


def test_a_table_may_have_missing_values():
    table, notes = read_table(
        TABLE.assign(subject=[None, *TABLE["subject"][1:]]), "subject", "stars"
    )
    assert len(table) == 19
    assert "left out 1 row: no text in 'subject'" in notes


def test_a_table_without_the_column_names_those_that_it_has():
    with pytest.raises(OwnDataError, match=r"no column named 'text'.*'subject', 'body', 'stars'"):
        read_table(TABLE, "text", "stars")


def test_of_a_large_table_rows_are_drawn():
    table, notes = read_table(TABLE, "body", "stars", most_rows=12)
    assert len(table) == 12
    assert notes[1].startswith("12 of them are used")


def test_html_in_many_texts_is_noted():
    assert any("20 rows with HTML" in note for note in read_table(TABLE, "body", "stars")[1])
    assert not any("HTML" in note for note in read_table(TABLE, "subject", "stars")[1])


def test_a_contradiction_shows_its_labels():
    rows = {
        "text": ["one and the same", "one and the same", *TABLE["subject"]],
        "label": ["a", "b"] * 11,
    }
    notes = read_table(pd.DataFrame(rows), "text", "label")[1]
    assert "left out 2 rows: the same text has different labels, such as 'a' and 'b'" in notes
