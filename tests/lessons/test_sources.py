"""Where the data comes from: what glue_path() and find_mrpc() do with a GLUE_DIR, and where they keep it."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import datasets
import pyarrow
import pyarrow.parquet
import pytest
from datasets import load_dataset

from helpers import mrpc, sources
from helpers.runs import PROJECT
from helpers.sample.build import FEATURES
from helpers.sources import SAMPLE

SPLITS = mrpc.read_splits(SAMPLE)
SAMPLE_ROWS = {split: table.num_rows for split, table in SPLITS.items()}


def write_split(folder, split, rows, features=FEATURES):
    (folder / "mrpc").mkdir(parents=True, exist_ok=True)
    dataset = datasets.Dataset.from_dict(rows, features=features)
    dataset.to_parquet(folder / "mrpc" / f"{split}-00000-of-00001.parquet")


@pytest.fixture
def copy(tmp_path):
    """A copy of the bundled sample, to be spoiled."""
    return shutil.copytree(SAMPLE, tmp_path / "glue", ignore=shutil.ignore_patterns("*.jsonl"))


# GLUE_DIR


def test_a_good_glue_dir_is_loaded(copy, home, monkeypatch):
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert load_dataset(sources.glue_path(), "mrpc").num_rows == SAMPLE_ROWS


def test_a_relative_glue_dir_is_found_and_named_in_full(copy, home, monkeypatch):
    monkeypatch.chdir(copy.parent)
    monkeypatch.setenv("GLUE_DIR", "glue")
    assert sources.find_mrpc().origin == f"GLUE_DIR={copy}"
    assert Path(sources.glue_path()).is_absolute()


def test_changed_files_in_a_folder_of_the_same_name_are_not_taken_from_the_cache(
    copy, home, monkeypatch
):
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert load_dataset(sources.glue_path(), "mrpc", split="test").num_rows == SAMPLE_ROWS["test"]
    write_split(copy, "test", SPLITS["test"].slice(1).to_pydict())
    assert load_dataset(sources.glue_path(), "mrpc", split="test")[0]["idx"] == 1


def test_the_sample_is_known_by_its_content(copy, home, monkeypatch):
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert sources.find_mrpc().kind == "bundled sample"
    sample = sources.find_mrpc()
    write_split(copy, "test", SPLITS["test"].slice(1).to_pydict())
    other = sources.find_mrpc()
    assert other.kind == "other data"
    assert len(sample.fingerprint) == len(other.fingerprint) == 16
    assert sample.fingerprint != other.fingerprint


@pytest.mark.parametrize("card", [None, "other configurations"])
def test_a_glue_dir_whose_card_does_not_help_still_loads(copy, home, monkeypatch, card):
    (copy / "README.md").unlink()
    if card:
        (copy / "README.md").write_text(
            "---\nconfigs:\n- config_name: cola\n  data_files:\n  - {split: train, path: cola/train-*}\n"
            "- config_name: mrpc\n  data_files:\n  - {split: train, path: elsewhere/train-*}\n---\n"
        )
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert load_dataset(sources.glue_path(), "mrpc").num_rows == SAMPLE_ROWS


# The same rows, encoded otherwise


def frame_of(split):
    return SPLITS[split].to_pandas()


def plain(folder, split):
    pyarrow.parquet.write_table(SPLITS[split], folder / f"{split}-00000-of-00001.parquet")


def by_pandas(folder, split):
    frame_of(split).to_parquet(folder / f"{split}.parquet", index=False)


def by_pandas_with_its_index(folder, split):
    frame_of(split).sort_values("idx").set_index(frame_of(split)["idx"] + 7).to_parquet(
        folder / f"{split}-all.parquet"
    )


def with_categories(folder, split):
    names = frame_of(split)["label"].map(dict(enumerate(mrpc.LABEL_NAMES)))
    text = {name: frame_of(split)[name].astype("category") for name in ("sentence1", "sentence2")}
    frame_of(split).assign(label=names.astype("category"), **text).to_parquet(
        folder / f"{split}.parquet"
    )


def from_csv(folder, split):
    frame_of(split).to_csv(folder / "rows.csv", index=False)
    dataset = datasets.Dataset.from_csv(str(folder / "rows.csv"), cache_dir=str(folder / "cache"))
    dataset.to_parquet(folder / f"{split}-00000-of-00001.parquet")


def large_text(folder, split):
    large = {name: pyarrow.large_string() for name in ("sentence1", "sentence2")}
    schema = pyarrow.schema(
        [(field.name, large.get(field.name, field.type)) for field in SPLITS[split].schema]
    )
    table = SPLITS[split].replace_schema_metadata(None).cast(schema)
    pyarrow.parquet.write_table(table, folder / f"{split}-00000-of-00001.parquet")


def without_numbers(folder, split):
    frame_of(split).drop(columns="idx").to_parquet(folder / f"{split}.parquet")


def columns_in_another_order(folder, split):
    frame_of(split)[["idx", "label", "sentence2", "sentence1"]].to_parquet(
        folder / f"{split}.parquet"
    )


def in_numbered_parts(folder, split):
    for part in (0, 1):
        table = SPLITS[split].slice(part * 100, 100 if part == 0 else None)
        pyarrow.parquet.write_table(table, folder / f"{split}-{part:05}-of-00002.parquet")


ENCODINGS = [plain, by_pandas, by_pandas_with_its_index, with_categories, from_csv, large_text]
ENCODINGS += [without_numbers, columns_in_another_order, in_numbered_parts]


@pytest.mark.parametrize("write", ENCODINGS)
def test_the_sample_written_by_other_tools_is_the_sample(tmp_path, home, monkeypatch, write):
    (tmp_path / "glue" / "mrpc").mkdir(parents=True)
    for split in SPLITS:
        write(tmp_path / "glue" / "mrpc", split)
    monkeypatch.setenv("GLUE_DIR", str(tmp_path / "glue"))
    source = sources.find_mrpc()
    assert source.kind == "bundled sample"
    loaded = load_dataset(source.path, "mrpc")
    assert loaded["train"].features == FEATURES
    assert list(loaded["train"].features) == list(FEATURES)
    assert loaded["test"].to_dict() == SPLITS["test"].to_pydict()


def test_texts_without_spaces_and_texts_longer_than_the_model_takes_are_data_too(
    copy, home, monkeypatch
):
    for split, table in SPLITS.items():
        rows = table.to_pydict()
        rows["sentence1"][0], rows["sentence2"][0] = "渡轮在旧港附近的风暴中沉没。", "word " * 700
        write_split(copy, split, rows)
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert sources.find_mrpc().kind == "other data"


# Where it is kept


@pytest.fixture
def umask():
    before = os.umask(0o002)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_is_kept_may_be_used_by_whoever_the_umask_lets(copy, home, monkeypatch, umask):
    monkeypatch.setenv("GLUE_DIR", str(copy))
    folder = Path(sources.find_mrpc().path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o775
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("mrpc/*")} == {0o664}


USE = """
import os, sys, tempfile
from datasets import load_dataset
from helpers import mrpc, sources
mrpc.PUBLISHED = mrpc.row_digests(mrpc.read_splits(sources.SAMPLE))
if "nobody" in sys.argv and os.geteuid() == 0:
    # root's Python may be out of another user's reach: import now what load_dataset imports
    with tempfile.TemporaryDirectory() as cache:
        load_dataset(str(sources.SAMPLE), "mrpc", cache_dir=cache)
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
source = sources.find_mrpc()
print(source.path, source.kind, source.origin, load_dataset(source.path, "mrpc").num_rows, sep="\\n")
"""


def use_as_another_user(folder, home):
    """What a process of a user who may only read HF_HOME=`home` finds; that user's own home is folder/me."""
    (folder / "me").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "me", 65534, 65534)
    for each in (home, *home.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("HF_", "GLUE_"))
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", USE, "nobody"],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=clean | {"HOME": str(folder / "me"), "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"},
        )
    finally:
        for each in (home, *home.rglob("*")):
            each.chmod(0o755)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def shared():
    """A folder that every user may enter, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def cached_by_the_course(home):
    """Fills HF_HOME as another user's notebook would."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_HOME": str(home), "GLUE_DIR": str(SAMPLE)}
    subprocess.run([sys.executable, "-c", USE], check=True, env=environment, cwd=PROJECT)


def cached_by_the_hub(home):
    folder = home / "hub" / "datasets--nyu-mll--glue"
    shutil.copytree(SAMPLE / "mrpc", folder / "snapshots" / "0" / "mrpc")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0")


READ_ONLY = {
    "kept by the course": (cached_by_the_course, "the Hub, kept on this machine"),
    "in the Hub's cache": (cached_by_the_hub, "the Hub's cache on this machine"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("case", READ_ONLY)
def test_a_read_only_shared_cache_that_holds_mrpc_is_enough(shared, case):
    fill, origin = READ_ONLY[case]
    fill(shared / "home")
    path, *found = use_as_another_user(shared, shared / "home")
    assert found == ["full", origin, str(SAMPLE_ROWS)]
    in_mine = Path(path).is_relative_to(shared / "me")
    assert in_mine == (case == "in the Hub's cache")
