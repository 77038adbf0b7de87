"""The folder of a run: what is left of one that was damaged or has no room, and what the script says of it."""

import json
import subprocess
import sys

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from helpers.checkpoints import CHECKPOINT, LOG, find_start, save_checkpoint
from helpers.runs import PROJECT
from helpers.sources import checkpoint_path

SETTINGS = {"seed": 42, "epochs": 3}


@pytest.fixture
def run(tmp_path):
    """The folder of a run of three steps, with one more step in the log than in the checkpoint."""
    folder = tmp_path / "run"
    folder.mkdir()
    log = folder / LOG
    log.write_text("".join(json.dumps({"step": step}) + "\n" for step in (1, 2, 3)))
    states = {name: {"weight": torch.ones(1000)} for name in ("model", "optimizer", "lr_scheduler")}
    save_checkpoint(folder, states | {"random": [], "step": 3, "settings": SETTINGS})
    with log.open("a") as file:
        file.write('{"step": 4}\n')
    return folder


def test_a_whole_run_goes_on_and_its_log_ends_where_the_checkpoint_does(run):
    checkpoint, problem = find_start(run, True, SETTINGS, max_steps=3)
    assert problem == "" and checkpoint["step"] == 3
    assert [json.loads(line)["step"] for line in (run / LOG).read_text().splitlines()] == [1, 2, 3]


def emptied(run):
    (run / CHECKPOINT).write_bytes(b"")


def cut_short(run):
    (run / CHECKPOINT).write_bytes((run / CHECKPOINT).read_bytes()[:5000])


def of_something_else(run):
    torch.save({"weight": torch.ones(2)}, run / CHECKPOINT)


def with_code_in_it(run):
    torch.save({"weight": pytest.fail}, run / CHECKPOINT)


def without_a_log(run):
    (run / LOG).unlink()


def with_half_a_log(run):
    (run / LOG).write_bytes((run / LOG).read_bytes()[:20])


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (emptied, "checkpoint.pt (0 bytes) is not one, or was emptied or cut short"),
        (cut_short, "checkpoint.pt (5,000 bytes) is not one, or was emptied or cut short"),
        (of_something_else, "is not one, or was emptied or cut short"),
        (with_code_in_it, "is not one, or was emptied or cut short"),
        (without_a_log, "log.jsonl is missing"),
        (with_half_a_log, "log.jsonl was cut short: 20 bytes, where the checkpoint needs 36"),
    ],
)
def test_a_damaged_run_is_refused_with_what_is_wrong_and_left_as_it_is(run, damage, what):
    damage(run)
    before = {file: file.read_bytes() for file in run.iterdir()}
    checkpoint, problem = find_start(run, True, SETTINGS)
    assert checkpoint is None
    assert what in problem and "delete" in problem and "--name" in problem
    assert {file: file.read_bytes() for file in run.iterdir()} == before


@pytest.mark.parametrize(
    ("settings", "max_steps", "what"),
    [
        (SETTINGS | {"seed": 1}, None, "was started with seed 42, not 1"),
        (SETTINGS | {"new": 1}, None, "was started with new (not recorded), not 1"),
        (SETTINGS, 2, "has taken 3 steps, more than --max-steps=2. Give a larger number"),
    ],
)
def test_going_on_with_what_does_not_fit_the_run_is_refused(run, settings, max_steps, what):
    before = (run / LOG).read_bytes()
    checkpoint, problem = find_start(run, True, settings, max_steps)
    assert checkpoint is None and what in problem
    assert (run / LOG).read_bytes() == before


# In a process of its own no file may grow beyond 20 kB, as on a disk that is full there.
FULL_DISK = """
import resource, sys
from pathlib import Path
import torch
from transformers import AutoTokenizer, BertModel
from helpers import checkpoints
from helpers.errors import CourseError
folder = Path(sys.argv[1])
model, tokenizer = BertModel.from_pretrained(folder / "small"), AutoTokenizer.from_pretrained(folder / "small")
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    if sys.argv[2] == "checkpoint.pt":
        checkpoints.save_checkpoint(folder / "run", {"weight": torch.ones(100_000)})
    elif sys.argv[2] == "model":
        checkpoints.save_model(folder / "run", model, tokenizer)
    else:
        with checkpoints.writing(folder / "run" / "log.jsonl"), (folder / "run" / "log.jsonl").open("a") as log:
            log.write("x" * 100_000)
except CourseError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(**size, intermediate_size=64)).save_pretrained(folder / "small")
    AutoTokenizer.from_pretrained(checkpoint_path()).save_pretrained(folder / "small")
    (folder / "run" / "model").mkdir(parents=True)
    (folder / "run" / "model" / "old").write_text("whole")
    (folder / "run" / "checkpoint.pt").write_text("whole")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("name", ["checkpoint.pt", "model", "log.jsonl"])
def test_a_full_disk_leaves_no_draft_and_the_old_files_and_says_what_to_do(small, name):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(small), name],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("refused: ") and f"{name} cannot be written (" in last
    assert "Make room on that disk" in last
    assert not list((small / "run").glob("*.draft"))
    assert (small / "run" / "model" / "old").read_text() == "whole"
    assert (small / "run" / "checkpoint.pt").read_text() == "whole"
