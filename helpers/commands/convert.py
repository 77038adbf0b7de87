"""Writes text files of MRPC, or pairs of yours, as GLUE_DIR takes them: python -m helpers convert SOURCE TARGET

SOURCE is a folder with one of these; TARGET is a new folder, which GLUE_DIR then names.

- Microsoft's own files, msr_paraphrase_train.txt and msr_paraphrase_test.txt: the training file is split as GLUE has it
- GLUE's train.tsv, dev.tsv and test.tsv; as GLUE's test.tsv has no labels, msr_paraphrase_test.txt has to lie beside it
- train.csv, validation.csv and test.csv (or .tsv) with the columns sentence1, sentence2 and label; labels are 0 and 1, or
  not_equivalent and equivalent, and text with a comma or a quotation mark in it is quoted as usual in CSV
- what `DatasetDict.save_to_disk` wrote
"""

import csv
from pathlib import Path

import datasets
import pyarrow

from helpers import mrpc
from helpers.errors import CourseError
from helpers.mrpc import ROWS, NotMRPC

USAGE = "python -m helpers convert SOURCE TARGET: SOURCE is a folder with the files, TARGET a new folder for the result"
GLUE_COLUMNS = {"#1 String": "sentence1", "#2 String": "sentence2", "Quality": "label"}
VALIDATION_ROWS = Path(__file__).with_name("convert_files") / "validation_rows.txt"
OTHER_NAMES = {"validation": ("validation", "dev", "valid", "val")}


def read_rows(file: Path) -> tuple[pyarrow.Table, bool]:
    """The rows of a text file, all columns as text under MRPC's names; and whether it is one of MRPC's own. Raises CourseError.

    In MRPC's own files, whose columns are called "#1 String" and so on, a quotation mark is a character like any other.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            lines.seek(0)
            glue = "#1 String" in first
            tabs = {"delimiter": "\t"} if "\t" in first else {}
            semicolons = {"delimiter": ";"} if ";" in first and "," not in first else {}
            quoting = {"quoting": csv.QUOTE_NONE} if glue else {"strict": True}
            reader = csv.reader(lines, **(tabs or semicolons), **quoting)
            header = [GLUE_COLUMNS.get(name, name) for name in next(reader, [])]
            rows = []
            for row in filter(None, reader):
                if len(row) != len(header):
                    raise CourseError(
                        f"{file}, line {reader.line_num}: {len(row)} fields, but the first line names {len(header)} columns. "
                        f"Quote a text that has a delimiter in it, or complete the line."
                    )
                rows.append(row)
    except UnicodeDecodeError as error:
        raise CourseError(f"{file} is not UTF-8 ({error}). Save it as UTF-8.") from None
    except csv.Error as error:
        raise CourseError(
            f"{file} is not whole CSV: {error}, at line {reader.line_num} or before. Look for a quotation mark that opens and "
            f"never closes; inside a quoted text it is written twice."
        ) from None
    columns = {
        name: [row[position] for row in rows]
        for position, name in enumerate(header)
        if name in mrpc.FEATURES
    }
    if "idx" in columns:
        try:
            columns["idx"] = [int(value) for value in columns["idx"]]
        except ValueError as error:
            raise CourseError(f"{file}: a value of idx is no whole number ({error}).") from None
    if missing := [name for name in mrpc.NEEDED if name not in columns]:
        hidden = glue and missing == ["label"]
        raise CourseError(
            f"{file} has no column {missing[0]}; its first line names {', '.join(header)}."
            + (
                f" Put msr_paraphrase_test.txt, which has them, into {file.parent}."
                if hidden
                else ""
            )
        )
    return pyarrow.table(columns), glue


def numbered(table: pyarrow.Table, numbers) -> pyarrow.Table:
    return table.append_column("idx", pyarrow.array(numbers, pyarrow.int32()))


def read_microsoft(train: Path, test: Path) -> dict[str, pyarrow.Table]:
    """The three splits from Microsoft's two files. Raises CourseError."""
    tables = {}
    for name, file, rows in (("train", train, 4076), ("test", test, ROWS["test"])):
        if not file.is_file():
            raise CourseError(f"{file} is missing; {train.name} and {test.name} belong together.")
        table = read_rows(file)[0].select(mrpc.NEEDED)
        if table.num_rows != rows:
            raise CourseError(
                f"{file} has {table.num_rows} rows, not {rows}. It is not whole; download it again."
            )
        tables[name] = numbered(table, range(rows))
    validation = list(map(int, VALIDATION_ROWS.read_text(encoding="utf-8").split()))
    rest = sorted(set(range(4076)) - set(validation))
    both = tables["train"]
    return {
        "train": both.take(rest),
        "validation": both.take(validation),
        "test": tables["test"],
    }


def read_text_files(folder: Path) -> dict[str, pyarrow.Table]:
    """The three splits from one CSV or TSV file each. Raises CourseError."""
    splits, original = {}, False
    for split in mrpc.SPLITS:
        names = [
            f"{stem}{end}" for stem in OTHER_NAMES.get(split, (split,)) for end in (".csv", ".tsv")
        ]
        found = [folder / name for name in names if (folder / name).is_file()]
        if len(found) != 1:
            raise CourseError(
                f"{folder} has {' and '.join(file.name for file in found) or 'no file'} for the split {split}. "
                f"Expected is one of {', '.join(names)}."
            )
        labels = folder / "msr_paraphrase_test.txt"
        if split == "test" and original and labels.is_file():
            found = [labels]
        splits[split], original = read_rows(found[0])
        if original and splits[split].num_rows != ROWS[split]:
            raise CourseError(
                f"{found[0]} has {splits[split].num_rows} rows, and MRPC's has {ROWS[split]}. It is not whole; download it "
                f"again."
            )
    if original:
        validation = list(map(int, VALIDATION_ROWS.read_text(encoding="utf-8").split()))
        numbers = {"train": sorted(set(range(4076)) - set(validation)), "validation": validation}
        splits = {
            split: numbered(table.select(mrpc.NEEDED), numbers.get(split, range(table.num_rows)))
            for split, table in splits.items()
        }
    return splits


def read_saved(folder: Path) -> dict[str, pyarrow.Table]:
    """The three splits that `save_to_disk` wrote. Raises CourseError."""
    try:
        saved = datasets.load_from_disk(str(folder))
    except Exception as error:  # a damaged folder makes the library raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CourseError(f"{folder} cannot be loaded with load_from_disk ({reason}).") from None
    names = list(saved) if isinstance(saved, datasets.DatasetDict) else []
    if set(names) != set(mrpc.SPLITS):
        raise CourseError(
            f"{folder} has {'the splits ' + ', '.join(names) if names else 'a single split'}, not "
            f"{', '.join(mrpc.SPLITS)}. Make them with Dataset.train_test_split, and save a DatasetDict of all three."
        )
    return {split: saved[split].with_format(None).flatten_indices().data.table for split in names}


def read(folder: Path) -> dict[str, pyarrow.Table]:
    """The splits in `folder`, whichever form they have there, in MRPC's. Raises CourseError."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is no folder. {USAGE}.")
    train, test = (folder / f"msr_paraphrase_{split}.txt" for split in ("train", "test"))
    text_files = any(folder.glob("*.[ct]sv"))
    if (folder / "dataset_dict.json").is_file() or (folder / "dataset_info.json").is_file():
        splits = read_saved(folder)
    elif text_files:
        splits = read_text_files(folder)
    elif train.is_file() or test.is_file():
        splits = read_microsoft(train, test)
    else:
        raise CourseError(
            f"{folder} holds neither msr_paraphrase_train.txt and msr_paraphrase_test.txt, nor train, validation and test as "
            f".csv or .tsv, nor what save_to_disk wrote."
        )
    try:
        splits = {split: mrpc.in_form(splits[split], f"the split {split}") for split in mrpc.SPLITS}
        mrpc.check_enough(splits)
    except NotMRPC as problem:
        raise CourseError(f"{folder} cannot be used: {problem}.") from None
    return splits


def convert(source: Path, target: Path) -> str:
    """Writes the splits in `source` to `target`; returns what they are, in a sentence. Raises CourseError."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CourseError(f"{target} exists already. Give the name of a new folder.")
    splits = read(source)
    try:
        target.mkdir(parents=True, exist_ok=True)
        mrpc.write_splits(splits, target)
    except OSError as error:
        raise CourseError(f"{target} cannot be written ({error.strerror or error}).") from None
    rows = mrpc.slashed(splits)
    if mrpc.row_digests(splits) == mrpc.PUBLISHED:
        return f"{rows} rows, MRPC as published"
    counts = {split: table.num_rows for split, table in splits.items()}
    return f"{rows} rows, " + (
        "as many as MRPC has, but not all as published" if counts == ROWS else "data of your own"
    )


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or any(each.startswith("-") for each in arguments):
        raise CourseError(USAGE)
    source, target = (Path(each).expanduser() for each in arguments)
    print(f"{target}: {convert(source, target)}. Use it with GLUE_DIR={target}")
