"""What counts as MRPC: its columns, labels and rows, and what other data must have to take its place.

Data may be encoded in several ways: text as Arrow's string, large_string or dictionary, labels as numbers or as the two
names, one file per split or numbered parts. `read_splits` reads them all and gives MRPC's own form.
"""

import hashlib
import json
import re
from pathlib import Path

import datasets
import pyarrow
import pyarrow.parquet
import pyarrow.types

SPLITS = ("train", "validation", "test")
ROWS = {"train": 3668, "validation": 408, "test": 1725}  # of MRPC as GLUE publishes it
LABEL_NAMES = ["not_equivalent", "equivalent"]
FEATURES = datasets.Features(
    {
        "sentence1": datasets.Value("string"),
        "sentence2": datasets.Value("string"),
        "label": datasets.ClassLabel(names=LABEL_NAMES),
        "idx": datasets.Value("int32"),
    }
)
NEEDED = ("sentence1", "sentence2", "label")  # `idx` is filled in where it is missing
PUBLISHED = {
    "train": "dd1aa15443bf589c22058ecd2d4b9fcecfd205e4c661400da1938dd5f6378af1",
    "validation": "b670f13dbd56e0e5011a8337e5d37c7df913f1aaaaa8558d1a6eeb684a1428dc",
    "test": "7e9b37c27ab7443e4b4c4b9e15ec65d58cd6818b723efa67604e278d02558c68",
}  # what `row_digests` gives for nyu-mll/glue
LEAST_PAIRS = 100  # per split: the notebooks look at a hundred pairs at a time
LEAST_OF_A_LABEL = 20  # per split: they look at a dozen pairs of each label, and score both labels

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.parquet")


class NotMRPC(Exception):
    """Data that cannot take MRPC's place; the message says what is wrong with it, as in "cannot be used: ..."."""


def read_splits(folder: Path) -> dict[str, pyarrow.Table]:
    """The splits in the Parquet files under folder/mrpc, every row read, in MRPC's form. Raises NotMRPC."""
    splits = {}
    for split in SPLITS:
        parts = [in_form(_read(file), f"mrpc/{file.name}") for file in split_files(folder, split)]
        splits[split] = pyarrow.concat_tables(parts)
        if splits[split].num_rows == 0:
            raise NotMRPC(f"its split {split} has no rows")
    return splits


def split_files(folder: Path, split: str) -> list[Path]:
    """The Parquet files of a split under folder/mrpc: one, or all of its numbered parts. Raises NotMRPC."""
    files = sorted((folder / "mrpc").glob(f"{split}*.parquet"))
    if not files:
        raise NotMRPC(f"it has no mrpc/{split}-*.parquet")
    parts = [_PART.fullmatch(file.name.removeprefix(split)) for file in files]
    others = [f"mrpc/{file.name}" for file, part in zip(files, parts, strict=True) if not part]
    if others and len(files) > 1:
        raise NotMRPC(
            f"its split {split} has {len(files)} files, and {others[-1]} is not one of its numbered parts, as "
            f"{split}-00000-of-00002.parquet would be; delete the file that is a copy"
        )
    if not others:
        totals = sorted({part[2] for part in parts})
        found = [int(part[1]) for part in parts]
        if len(totals) > 1:
            raise NotMRPC(
                f"its split {split} has parts of {' and of '.join(totals)}, so two downloads are mixed; keep one of them"
            )
        if missing := sorted(set(range(int(totals[0]))) - set(found)):
            raise NotMRPC(
                f"its split {split} is not whole: mrpc/{split}-{missing[0]:05}-of-{totals[0]}.parquet is missing"
            )
    return files


def _read(file: Path) -> pyarrow.Table:
    try:
        table = pyarrow.parquet.read_table(file)
        table.validate(full=True)
        datasets.Features.from_arrow_schema(table.schema)
    except Exception as error:  # a damaged file makes the two libraries raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise NotMRPC(f"mrpc/{file.name} cannot be read ({reason})") from None
    return table


def in_form(table: pyarrow.Table, name: str) -> pyarrow.Table:
    """`table` with MRPC's columns, types and label names. Raises NotMRPC, which calls the table `name`."""
    columns = [each for each in table.column_names if not each.startswith("__index_level_")]
    if not set(NEEDED) <= set(columns) <= set(FEATURES):
        raise NotMRPC(f"{name} has the columns {', '.join(columns)}, not {', '.join(FEATURES)}")
    rows = {each: _texts(table[each], each, name) for each in ("sentence1", "sentence2")}
    given = datasets.Features.from_arrow_schema(table.schema)["label"]
    rows["label"] = _labels(table["label"], getattr(given, "names", None), name)
    rows["idx"] = _numbers(table, name)
    return pyarrow.table(rows).cast(FEATURES.arrow_schema)


def _is_text(kind: pyarrow.DataType) -> bool:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    tests = ("is_string", "is_large_string", "is_string_view")
    return any(getattr(pyarrow.types, test)(kind) for test in tests)


def _texts(column: pyarrow.ChunkedArray, title: str, name: str) -> pyarrow.ChunkedArray:
    if not _is_text(column.type) or column.null_count:
        raise NotMRPC(f"{name} has values in {title} that are not text")
    return column.cast(pyarrow.string())


def _labels(
    column: pyarrow.ChunkedArray, names: list[str] | None, name: str
) -> pyarrow.ChunkedArray:
    """Labels as numbers; those without names count as GLUE's, 0 for not_equivalent and 1 for equivalent."""
    if names not in (None, LABEL_NAMES):
        raise NotMRPC(
            f"{name} names its labels {' and '.join(names)}, in this order, not {' and '.join(LABEL_NAMES)}"
        )
    values = column.to_pylist()
    if _is_text(column.type):
        numbers = dict(zip(LABEL_NAMES, (0, 1), strict=True)) | {"0": 0, "1": 1}
        found = [numbers.get(value) for value in values]
    else:
        found = values
    if strange := [
        given for given, label in zip(values, found, strict=True) if label not in (0, 1)
    ]:
        raise NotMRPC(f"{name} has labels other than 0 and 1, such as {strange[0]!r}")
    return pyarrow.chunked_array([pyarrow.array([int(label) for label in found], pyarrow.int64())])


def _numbers(table: pyarrow.Table, name: str) -> pyarrow.ChunkedArray:
    if "idx" not in table.column_names:
        return pyarrow.chunked_array([pyarrow.array(range(table.num_rows), pyarrow.int32())])
    try:
        column = table["idx"].cast(pyarrow.int32())
    except pyarrow.ArrowException:
        column = None
    if column is None or _is_text(table["idx"].type) or column.null_count:
        raise NotMRPC(f"{name} has values in idx that are not whole numbers")
    return column


def row_digests(splits: dict[str, pyarrow.Table]) -> dict[str, str]:
    """The sha256 of each split's rows, in their order, however they are encoded."""
    return {
        split: hashlib.sha256(
            json.dumps(table.to_pydict(), ensure_ascii=False).encode()
        ).hexdigest()
        for split, table in splits.items()
    }


def fingerprint(digests: dict[str, str]) -> str:
    """16 characters that stand for all rows of all splits, from what `row_digests` gives."""
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:16]


def check_enough(splits: dict[str, pyarrow.Table]) -> None:
    """Raises NotMRPC for data on which a cell or an exercise would fail: too few pairs, one label, blank sentences."""
    for split, table in splits.items():
        if table.num_rows < LEAST_PAIRS:
            raise NotMRPC(
                f"its split {split} has {table.num_rows} pairs, and the notebooks need at least {LEAST_PAIRS} in each split"
            )
        labels = table["label"].to_pylist()
        for label, name in enumerate(LABEL_NAMES):
            if labels.count(label) < LEAST_OF_A_LABEL:
                raise NotMRPC(
                    f"its split {split} has {labels.count(label)} pairs with the label {name}, and the notebooks need at "
                    f"least {LEAST_OF_A_LABEL} of each label in each split"
                )
        for title in ("sentence1", "sentence2"):
            for number, text in enumerate(table[title].to_pylist()):
                if not text.strip():
                    raise NotMRPC(f"row {number} of its split {split} has a blank {title}")


def write_splits(splits: dict[str, pyarrow.Table], folder: Path) -> None:
    """Writes splits in MRPC's form under folder/mrpc, one Parquet file each. Raises OSError."""
    (folder / "mrpc").mkdir()
    for split, table in splits.items():
        pyarrow.parquet.write_table(table, folder / "mrpc" / f"{split}-00000-of-00001.parquet")


def slashed(splits: dict[str, pyarrow.Table]) -> str:
    """The row counts of the splits, as in "3668 / 408 / 1725"."""
    return " / ".join(str(splits[split].num_rows) for split in SPLITS)
