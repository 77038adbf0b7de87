"""A CSV file as people have it: its encoding, its separator, the line with the names of its columns, and its rows.

What can be mended is mended, with a note; what cannot is an OwnDataError. What the fields mean is none of its business.
"""

import codecs
import csv
import difflib
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from helpers.errors import OwnDataError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
BINARY = {
    b"PK\x03\x04": "an Excel workbook or another zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed (gzip)",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
}
MARKUP = {r'[\[{]\s*(["{\[]|$)': "JSON", "<": "HTML or XML"}  # regular expressions of beginnings
INVISIBLE = re.compile(
    "[\u200b\u2060\ufeff]"
)  # joiners, which some scripts need, are not among them
TITLE_LINES = 20  # so many may stand above the names of the columns
SAVE_AS_CSV = (
    "Open it with the program that it belongs to and save it as CSV (in Excel: CSV UTF-8), or write it with pandas: "
    "DataFrame.to_csv(..., index=False)."
)
ANOTHER_ENCODING = "cp1251 (Cyrillic), cp949 (Korean), or shift_jis (Japanese)"


@dataclass
class CsvFile:
    """How a file has to be read so that it has the columns that are asked for; `open_csv` finds this out."""

    path: Path
    columns: list[str]  # those asked for, the label's last
    encoding: str
    separator: str
    above: int  # how many lines stand above the names
    names: list[str]
    quoted: bool = True  # whether quotation marks enclose fields, or are characters like any other
    spilled: int = 0  # rows read so far that have text to the right of the last column with a name
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[list[str]]:
        """The fields that are asked for, of each row that is not empty. Raises OwnDataError."""
        positions = [self.names.index(column) for column in self.columns]
        named = max(position for position, name in enumerate(self.names) if name) + 1
        for _, _, row in self._read(self.quoted):
            if len(row) > named:
                self.spilled += any(row[named:])
            yield [row[position] for position in positions]

    def _read(self, quoted: bool) -> Iterator[tuple[int, list[str], list[str]]]:
        """Of each row: the number of its first line, its lines, and as many fields as there are names."""
        csv.field_size_limit(2**31 - 1)  # by default, 131,072 characters
        lines: list[str] = []  # of the current row
        begins = self.above + 1

        def lines_of_row() -> Iterator[str]:
            for line in itertools.islice(opened, self.above, None):
                if "\0" in line:
                    raise OwnDataError(
                        f"{self.path}: line {begins + len(lines)} contains null bytes, so the file is damaged, or a part of it "
                        f"is in another encoding. Export it again."
                    )
                lines.append(line)
                yield line

        with _open(self.path, self.encoding) as opened:
            try:
                for number, row in enumerate(_reader(lines_of_row(), self.separator, quoted)):
                    if number and any(row):
                        fits = len(row) == len(self.names)
                        yield begins, lines, row if fits else self._fitted(row, begins)
                    begins += len(lines)
                    lines.clear()
            except UnicodeError:
                raise _undecodable(self.path, self.encoding) from None
            except csv.Error as error:
                raise OwnDataError(_badly_quoted(self.path, begins, lines, error)) from None

    def _fitted(self, row: list[str], line: int) -> list[str]:
        """`row`, which is not as long as the names are, without empty fields beyond them. Raises OwnDataError for others."""
        width = len(self.names)
        if len(row) > width and not any(row[width:]):
            return row[:width]
        if len(row) > width:
            hint = (
                f'A text with {SEPARATORS[self.separator]} in it has to be in quotation marks ("); a program that exports CSV '
                f"does that by itself."
            )
        elif len(row) == 1 and self.separator in row[0]:
            hint = (
                "The whole row is in quotation marks, as happens when each row was in a single cell. Export the file again "
                "from the program that it comes from."
            )
        else:
            hint = (
                "Complete the row, or delete it. If a line break in a text cuts it in two, put the text into quotation "
                "marks."
            )
        raise OwnDataError(
            f"{self.path}, line {line}: {count(len(row), 'field')}, but line {self.above + 1} names {width} columns. {hint}"
        )

    def settle_quotation(self) -> None:
        """Sets `quoted`: to False if every line is a row only where quotation marks are characters like any other.

        A sign of that are rows that cannot be read as quoted, and quoted texts that swallow whole rows, down to labels that
        occur elsewhere. Raises OwnDataError if rows cannot be read either way.
        """
        problem, labels, long_rows = None, set(), []
        position = self.names.index(self.columns[-1])
        try:
            for line, lines, row in self._read(quoted=True):
                if len(lines) == 1:
                    labels.add(row[position].strip())
                    continue
                unquoted = [*_reader(lines, self.separator, quoted=False)]
                if all(len(each) == len(self.names) for each in unquoted):
                    long_rows.append((line, {each[position].strip() for each in unquoted}))
        except OwnDataError as error:
            problem = error
        swallowing = [line for line, found in long_rows if "" not in found and found <= labels]
        if problem is None and not swallowing:
            return
        try:
            self.quoted = any(
                '"' in row[position] or '\\"' in lines[0]
                for _, lines, row in self._read(quoted=False)
            )
        except OwnDataError:
            self.quoted = True
        if not self.quoted:
            self.notes.append(
                "quotation marks are read as characters like any other, because only then is each line one row"
            )
        elif problem:
            raise problem
        else:
            self.notes.append(
                f"look again: the lines of {count(len(swallowing), 'text')} look like whole rows (the first begins in line "
                f"{swallowing[0]}); if they are rows, a quotation mark there is not meant to open a quoted text: delete it"
            )


def open_csv(given: str | os.PathLike, columns: list[str], encoding: str | None) -> CsvFile:
    """The file at the path `given`, which has `columns` (the label's last) among its own. Raises OwnDataError."""
    path = _path(given)
    notes: list[str] = []
    encoding = _encoding(path, encoding, columns, notes)
    try:
        with _open(path, encoding) as lines:
            first_lines = [*itertools.islice(lines, 3 * TITLE_LINES)]
            has_quotation_marks = any('"' in line for line in itertools.chain(first_lines, lines))
    except UnicodeError:
        raise _undecodable(path, encoding) from None
    csv_file = CsvFile(path, columns, encoding, *_header(path, first_lines, columns), notes=notes)
    titles = [line for line in first_lines[: csv_file.above] if line.strip() and not _told(line)]
    if titles:
        notes.append(
            f"skipped {count(len(titles), 'line')} above the names of the columns, the first of them {titles[0].strip()!r}"
        )
    if has_quotation_marks:
        csv_file.settle_quotation()
    return csv_file


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _path(given: str | os.PathLike) -> Path:
    """The path of a file that exists. Raises OwnDataError."""
    if not isinstance(given, str | os.PathLike):
        raise OwnDataError(f"The file is {given!r}. Give its path, such as 'my_file.csv'.")
    path = Path(os.path.expanduser(given))
    if re.match(r"\w{3,}:/+\w", os.fspath(given)) and not os.path.exists(path):
        raise OwnDataError(f"{given} is an address. Download the file, and give its path.")
    if os.path.isdir(path):
        raise OwnDataError(f"{path} is a folder. Give the path of a file in it.")
    if not os.path.exists(path):
        near = difflib.get_close_matches(path.name, _names_beside(path), n=1)
        raise OwnDataError(
            f"There is no file {path} (looked for in {path.absolute().parent}). "
            + (f"Did you mean {near[0]}? " if near else "")
            + "A path without a folder means the folder that the notebook or command runs in."
        )
    return path


def _names_beside(path: Path) -> list[str]:
    try:
        return [each.name for each in path.absolute().parent.iterdir()]
    except OSError:
        return []


def _encoding(path: Path, given: str | None, columns: list[str], notes: list[str]) -> str:
    """The file's encoding: what its byte order mark says, or `given`, or UTF-8. Raises OwnDataError for what is no text."""
    try:
        with path.open("rb") as opened:
            first = opened.read(4096)
    except OSError as error:
        raise OwnDataError(f"{path} cannot be read ({error.strerror or error}).") from None
    if not first.strip():
        raise OwnDataError(f"{path} is empty. Export it again.")
    for beginning, kind in BINARY.items():
        if first.startswith(beginning):
            raise OwnDataError(f"{path} is {kind}, not CSV. {SAVE_AS_CSV}")
    try:
        "".encode(given or "utf-8")
        encoding = codecs.lookup(given or "utf-8").name
    except (LookupError, TypeError):
        raise OwnDataError(
            f"There is no encoding {given!r}. Usual ones are utf-8, utf-16, cp1252 (Western Europe), {ANOTHER_ENCODING}."
        ) from None
    for mark, marked in BYTE_ORDER_MARKS.items():
        if first.startswith(mark):
            if given and not (encoding.startswith(marked) or marked.startswith(encoding)):
                notes.append(
                    f"its byte order mark says {marked[:6].rstrip('-')}, so encoding={given!r} is not used"
                )
            return marked
    if encoding in ("utf-8", "utf-16"):  # UTF-16 without its mark
        for endian in ("utf-16-le", "utf-16-be"):
            if all(column.split()[0] in first.decode(endian, "replace") for column in columns):
                return endian
    if b"\0" in first and not encoding.startswith(("utf-16", "utf-32")):
        raise OwnDataError(
            f"{path} contains null bytes, so it is not {encoding}. If it is text, it may be UTF-16: give encoding='utf-16-le'. "
            f"Or save it as CSV in UTF-8."
        )
    if b"\0" not in first and encoding.startswith(("utf-16", "utf-32")):
        raise _undecodable(path, encoding)
    return encoding if given is None or encoding.startswith("utf-") else given


def _open(path: Path, encoding: str):
    return path.open(encoding=encoding, newline="")


def _undecodable(path: Path, encoding: str) -> OwnDataError:
    """What to say of a file that is not in `encoding`: the first such line, and how it would read in another one."""
    content, encoding = path.read_bytes(), encoding.removesuffix("-sig")
    if not encoding.startswith("utf-8"):
        try:
            content.decode("utf-8")
            return OwnDataError(
                f"{path} is UTF-8 and not {encoding}. Leave out encoding (--encoding)."
            )
        except UnicodeDecodeError:
            pass
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(re.findall("\r\n?|\n", content[: error.start].decode(encoding, "replace"))) + 1
        if encoding.startswith("utf-16"):
            return OwnDataError(
                f"{path} is not valid {encoding}: {error.reason} in line {line}. The file is cut or damaged. Export it again."
            )
        line_start = content.rfind(b"\n", 0, error.start) + 1
        place = content[max(line_start, error.start - 20) : error.start + 20]
        return OwnDataError(
            f"{path} is not {encoding}: line {line} holds the byte 0x{content[error.start]:02x}. Save it as CSV UTF-8, or give "
            f"its encoding (encoding=, --encoding). As cp1252 (Western Europe), the place would read: "
            f"{place.decode('cp1252', errors='replace').splitlines()[0]!r}. If that is not readable, it is another one, such as "
            f"{ANOTHER_ENCODING}."
        )
    return OwnDataError(f"{path} is not {encoding}. Save it as CSV UTF-8, or give its encoding.")


def _reader(lines, separator: str, quoted: bool):
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    return csv.reader(
        lines, delimiter=separator, quoting=quoting, skipinitialspace=True, strict=quoted
    )


def _told(line: str) -> bool:
    """Whether Excel is told its separator by this line."""
    return re.fullmatch(r'"?sep=."?', line.strip("\r\n")) is not None


def normal(name: str) -> str:
    """`name` without invisible characters, and with a single space in place of spaces and line breaks."""
    return " ".join(INVISIBLE.sub("", name).split())


def _header(path: Path, first_lines: list[str], columns: list[str]) -> tuple[str, int, list[str]]:
    """The separator, how many lines stand above the names of the columns, and these names. Raises OwnDataError.

    That is the first line that has all of `columns`.
    """
    candidates = []
    for above, line in enumerate(first_lines[: TITLE_LINES + 1]):
        if not line.strip() or _told(line):
            continue
        for separator in SEPARATORS:
            try:
                row = next(_reader(first_lines[above:], separator, quoted=True), [])
            except csv.Error:  # a title with a quotation mark
                row = [line.strip()]
            names = [normal(name) for name in row]
            found = len(set(columns) & set(names))
            candidates.append(((found, -above, len(names)), separator, above, names))
    if not candidates:
        raise OwnDataError(f"{path} is empty. Export it again.")
    _, separator, above, names = max(candidates, key=lambda candidate: candidate[0])
    if missing := [column for column in columns if column not in names]:
        raise OwnDataError(_no_column(path, missing[0], names, separator, above, first_lines))
    if twice := [column for column in columns if names.count(column) > 1]:
        raise OwnDataError(
            f"{path} has {names.count(twice[0])} columns named {twice[0]!r}. Rename them in line {above + 1} of the file."
        )
    return separator, above, names


def _no_column(
    path: Path,
    column: str,
    names: list[str],
    separator: str,
    above: int,
    first_lines: list[str],
) -> str:
    for beginning, kind in MARKUP.items():
        if re.match(beginning, first_lines[0].strip()):
            return f"{path} is {kind}, not CSV. {SAVE_AS_CSV}"
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(column.casefold(), folded, n=1)
    shown = ", ".join(repr(name if len(name) < 60 else f"{name[:57]}...") for name in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    if len(names) == 1 and column in re.split("[,;\t|]", names[0]):
        hint = (
            "The whole line is in quotation marks, as happens when each row was in a single cell. Export the file again from "
            "the program that it comes from."
        )
    elif near:
        hint = f"Did you mean {folded[near[0]]!r}?"
    elif len(names) == 1:
        hint = (
            f"That is one column: none of the separators {' '.join(map(repr, SEPARATORS))} is in this line. Save the file as "
            f"CSV with commas or semicolons, and with the names of the columns in its first line."
        )
    else:
        hint = "The names of the columns have to be in the first line, above the first row."
    return (
        f"{path} has no column {column!r}. Read with {SEPARATORS[separator]} as separators, its columns (line {above + 1}) "
        f"are {shown}{more}. {hint}"
    )


def _badly_quoted(path: Path, line: int, lines: list[str], error: csv.Error) -> str:
    """What to say of the row of these `lines`, the first of which is number `line`."""
    return (
        f"{path} is not valid CSV: in the row that begins in line {line}, "
        + (
            "a quotation mark opens a text and none closes it. "
            if "unexpected end" in str(error)
            else f"a text continues after its closing quotation mark ({error}). "
        )
        + (
            "This file writes \\\" for a quotation mark in a text. Read it once with pandas.read_csv(..., escapechar='\\\\'), "
            "and save it with DataFrame.to_csv(..., index=False)."
            if any('\\"' in each for each in lines)
            else "Inside a quoted text, a quotation mark is written twice."
        )
    )
