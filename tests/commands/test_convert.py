"""What `python -m helpers convert` makes of text files, and what it says of those that are not whole."""

import csv
import itertools
import os
from pathlib import Path

import datasets
import pytest

from helpers import mrpc, sources
from helpers.commands import convert
from helpers.errors import CourseError
from helpers.sources import SAMPLE
from tests.nbval_rules import source_key

SPLITS = mrpc.read_splits(SAMPLE)
MICROSOFT = "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String"
GLUE = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"
GLUE_TEST = "index\t#1 ID\t#2 ID\t#1 String\t#2 String"


def made_up(count):
    """`count` pairs as MRPC's files could have them: an opening quotation mark that never closes, and accents."""
    return [
        (number % 2, f'"Pair {number}, she said', f"Paire nº {number}") for number in range(count)
    ]


def write_original(file, header, pairs):
    lines = [header, *(f"{label}\t1\t2\t{first}\t{second}" for label, first, second in pairs)]
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode())


def microsoft(folder, train=4076, test=1725):
    write_original(folder / "msr_paraphrase_train.txt", MICROSOFT, made_up(train))
    write_original(folder / "msr_paraphrase_test.txt", MICROSOFT, made_up(test))


def glue(folder, dev=408, labels=True):
    pairs, positions = made_up(4076), set(validation_positions())
    train = [pair for position, pair in enumerate(pairs) if position not in positions]
    write_original(folder / "train.tsv", GLUE, train)
    write_original(
        folder / "dev.tsv", GLUE, [pairs[position] for position in sorted(positions)][:dev]
    )
    write_original(folder / "test.tsv", GLUE_TEST, made_up(1725))
    if labels:
        write_original(folder / "msr_paraphrase_test.txt", MICROSOFT, made_up(1725))


def validation_positions():
    return [int(each) for each in convert.VALIDATION_ROWS.read_text().split()]


def table_files(folder, end=".csv", encoding="utf-8", **how):
    for split, name in {"train": "train", "validation": "dev", "test": "test"}.items():
        frame = SPLITS[split].to_pandas().drop(columns="idx")
        frame["label"] = [mrpc.LABEL_NAMES[label] for label in frame["label"]]
        frame.loc[0, "sentence1"] = 'Said "no", and left; 3,5 % more\tor less'
        frame.to_csv(folder / f"{name}{end}", index=False, encoding=encoding, **how)


def saved(folder, splits=mrpc.SPLITS):
    parts = {split: datasets.Dataset(SPLITS[split]).select(range(200)) for split in splits}
    datasets.DatasetDict(parts).save_to_disk(str(folder))


def loaded(folder, monkeypatch):
    """The splits that a notebook gets with GLUE_DIR=folder."""
    monkeypatch.setenv("GLUE_DIR", str(folder))
    return mrpc.read_splits(Path(sources.find_mrpc().path))


@pytest.mark.parametrize("write", [microsoft, glue])
def test_the_original_files_become_the_three_splits_as_glue_numbers_them(
    tmp_path, home, monkeypatch, write
):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in")
    convert.main([str(tmp_path / "in"), str(tmp_path / "out")])
    splits = loaded(tmp_path / "out", monkeypatch)
    assert mrpc.slashed(splits) == "3668 / 408 / 1725"
    assert splits["validation"]["idx"].to_pylist() == validation_positions()
    for row in itertools.chain(splits["train"].to_pylist()[:20], splits["validation"].to_pylist()):
        assert row["sentence1"] == f'"Pair {row["idx"]}, she said'
        assert row["sentence2"] == f"Paire nº {row['idx']}"
        assert row["label"] == row["idx"] % 2


def test_the_real_mrpc_in_microsofts_form_becomes_the_published_one(
    tmp_path, home, published, monkeypatch
):
    both = published["train"].to_pylist() + published["validation"].to_pylist()
    for split, rows in {
        "train": sorted(both, key=lambda row: row["idx"]),
        "test": published["test"].to_pylist(),
    }.items():
        pairs = [(row["label"], row["sentence1"], row["sentence2"]) for row in rows]
        write_original(tmp_path / f"msr_paraphrase_{split}.txt", MICROSOFT, pairs)
    line = convert.convert(tmp_path, tmp_path / "out")
    assert line == "3668 / 408 / 1725 rows, MRPC as published"
    assert loaded(tmp_path / "out", monkeypatch).keys() == set(mrpc.SPLITS)


@pytest.fixture
def published(pytestconfig):
    """The full MRPC's splits, where this run has it."""
    source = pytestconfig.stash[source_key]
    if source.kind != "full":
        pytest.skip(f"the full MRPC is out of reach: {source.origin}")
    return mrpc.read_splits(Path(source.path))


TABLES = {
    "CSV": {},
    "CSV from a spreadsheet, with a mark at its beginning": {"encoding": "utf-8-sig"},
    "CSV with semicolons": {"sep": ";"},
    "TSV with quoted text": {"end": ".tsv", "sep": "\t"},
    "everything quoted": {"quoting": csv.QUOTE_ALL},
}


@pytest.mark.parametrize("case", TABLES)
def test_tables_of_your_own_become_the_three_splits(tmp_path, home, monkeypatch, case):
    table_files(tmp_path, **TABLES[case])
    line = convert.convert(tmp_path, tmp_path / "out")
    assert line == f"{mrpc.slashed(SPLITS)} rows, data of your own"
    splits = loaded(tmp_path / "out", monkeypatch)
    assert splits["test"]["sentence1"][0].as_py() == 'Said "no", and left; 3,5 % more\tor less'
    for split in mrpc.SPLITS:
        assert splits[split]["sentence2"] == SPLITS[split]["sentence2"]
        assert splits[split]["label"] == SPLITS[split]["label"]
        assert splits[split]["idx"].to_pylist() == list(range(len(SPLITS[split])))


def test_what_save_to_disk_wrote_becomes_the_three_splits(tmp_path, home, monkeypatch):
    saved(tmp_path / "in")
    convert.convert(tmp_path / "in", tmp_path / "out")
    splits = loaded(tmp_path / "out", monkeypatch)
    assert splits["train"].equals(SPLITS["train"].slice(0, 200))


def lines_of(name, *lines):
    def write(folder):
        table_files(folder)
        (folder / name).write_bytes("\n".join(lines).encode("utf-8"))

    return write


HEADER = "sentence1,sentence2,label"
FAULTS = {
    "nothing": (lambda folder: None, "holds neither msr_paraphrase_train.txt"),
    "half of Microsoft's": (
        lambda folder: (microsoft(folder), os.remove(folder / "msr_paraphrase_test.txt")),
        "msr_paraphrase_test.txt is missing",
    ),
    "Microsoft's cut short": (
        lambda folder: microsoft(folder, train=4000),
        "msr_paraphrase_train.txt has 4000 rows, not 4076. It is not whole; download it again.",
    ),
    "GLUE's cut short": (
        lambda folder: glue(folder, dev=407),
        "dev.tsv has 407 rows, and MRPC's has 408",
    ),
    "GLUE's without the labels of the test split": (
        lambda folder: glue(folder, labels=False),
        "test.tsv has no column label",
        "Put msr_paraphrase_test.txt, which has them, into",
    ),
    "a split missing": (
        lambda folder: (table_files(folder), os.remove(folder / "dev.csv")),
        "has no file for the split validation. Expected is one of validation.csv",
    ),
    "a split twice": (
        lambda folder: (table_files(folder), table_files(folder, end=".tsv", sep="\t")),
        "has train.csv and train.tsv for the split train",
    ),
    "a comma too many": (
        lines_of("train.csv", HEADER, "a,b,1", "a, well,b,1"),
        "train.csv, line 3: 4 fields, but the first line names 3 columns. Quote a text",
    ),
    "a quotation mark that never closes": (
        lines_of("train.csv", HEADER, '"a,b,1', "a,b,1"),
        "train.csv is not whole CSV",
        "a quotation mark that opens and never closes",
    ),
    "another encoding": (
        lambda folder: table_files(folder, encoding="utf-16"),
        "train.csv is not UTF-8 (",
        "Save it as UTF-8",
    ),
    "other columns": (
        lines_of("train.csv", "text1,text2,label", "a,b,1"),
        "train.csv has no column sentence1; its first line names text1, text2, label",
    ),
    "other labels": (
        lines_of("train.csv", HEADER, "a,b,yes"),
        "the split train has labels other than 0 and 1, such as 'yes'",
    ),
    "too few rows": (
        lines_of("train.csv", HEADER, "a,b,1"),
        "its split train has 1 pairs, and the notebooks need at least 100",
    ),
    "an empty file": (lines_of("train.csv", ""), "train.csv has no column sentence1"),
    "other splits": (
        lambda folder: saved(folder, ["train", "test"]),
        "has the splits train, test, not train, validation, test. Make them with Dataset.train_t",
    ),
    "a broken saved folder": (
        lambda folder: (folder / "dataset_dict.json").write_text("{"),
        "cannot be loaded with load_from_disk (",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_files_that_cannot_be_converted_are_one_clear_error_and_leave_nothing(tmp_path, case):
    write, *parts = FAULTS[case]
    (tmp_path / "in").mkdir()
    write(tmp_path / "in")
    with pytest.raises(CourseError) as raised:
        convert.main([str(tmp_path / "in"), str(tmp_path / "out")])
    for part in (str(tmp_path), *parts):
        assert part in str(raised.value)
    assert raised.value.__cause__ is None
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_never_written_to(tmp_path):
    saved(tmp_path / "in")
    with pytest.raises(CourseError, match="exists already"):
        convert.main([str(tmp_path / "in"), str(tmp_path)])


@pytest.mark.parametrize("arguments", [[], ["one"], ["one", "two", "three"], ["--help", "two"]])
def test_other_arguments_are_told_the_right_ones(arguments):
    with pytest.raises(CourseError, match="convert SOURCE TARGET: SOURCE is a folder"):
        convert.main(arguments)
