"""The training loop as a script, on one process and on two, stopped and resumed: a tiny BERT, 100 of the sample's pairs."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow.parquet
import pytest
import torch
from accelerate.state import AcceleratorState, GradientState
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel

from helpers import checkpoints, train
from helpers.runs import PROJECT
from helpers.sources import SAMPLE, checkpoint_path

PAIRS = {"train": 100, "validation": 107, "test": 100}  # 107: two processes cannot halve it
TORCHRUN = ("helpers.launch", "--nproc-per-node", "2", "-m")
RATE = "--learning-rate=1e-3"
HALVES = ("--epochs=2", "--batch-size=20", "--no-dropout", RATE)  # 10 steps of 20 pairs
DROPOUT = ("--epochs=3", "--batch-size=20", "--checkpoint-every=3", RATE)  # 15 steps of 20 pairs
LONG = (
    "--epochs=20",
    "--checkpoint-every=7",
    "--batch-size=10",
    RATE,
)  # 100 steps of two processes


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """What sends the script to a small model, few pairs, a folder of its own, the CPU and the loopback interface."""
    folder = tmp_path_factory.mktemp("train")
    (folder / "data" / "mrpc").mkdir(parents=True)
    for split, rows in PAIRS.items():
        file = next(SAMPLE.glob(f"mrpc/{split}-*.parquet"))
        table = pyarrow.parquet.read_table(file).slice(0, rows)
        pyarrow.parquet.write_table(table, folder / "data" / "mrpc" / file.name)
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertModel(BertConfig(**size, intermediate_size=64)).save_pretrained(folder / "tiny")
    AutoTokenizer.from_pretrained(checkpoint_path()).save_pretrained(folder / "tiny")
    variables = {
        "GLUE_DIR": str(folder / "data"),
        "COURSE_RUNS": str(folder / "runs"),
        "COURSE_CHECKPOINT": str(folder / "tiny"),
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
    }
    return variables | ({"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {})


@pytest.fixture(scope="session")
def runs(environment):
    """The folder of all runs."""
    return Path(environment["COURSE_RUNS"])


@pytest.fixture(scope="session")
def here(environment):
    """Runs the script in this process, so that nothing needs to be started; returns its exit status."""

    def run(*options):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            threads = torch.get_num_threads()
            torch.set_num_threads(1)
            AcceleratorState._reset_state(reset_partial_state=True)
            GradientState._reset_state()
            try:
                return train.main(list(options))
            finally:
                torch.set_num_threads(threads)
                AcceleratorState._reset_state(reset_partial_state=True)
                GradientState._reset_state()

    return run


@pytest.fixture(scope="session")
def start(environment):
    """Starts two processes of the script by torchrun; returns torchrun's Popen."""

    def run(*options):
        return subprocess.Popen(
            [sys.executable, "-m", *TORCHRUN, "helpers.train", *options],
            cwd=PROJECT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return run


def finish(torchrun):
    """What the processes printed, once they have ended well."""
    output, _ = torchrun.communicate(timeout=300)
    assert torchrun.returncode == 0, output
    return output


@pytest.fixture(scope="session")
def two(start):
    """What two processes printed that each took half of every batch, without dropout, in runs/two."""
    return finish(start("--name=two", *HALVES, "--batch-size=10"))


@pytest.fixture(scope="session")
def unbroken(here):
    """The name of a run of one process, with dropout, that nothing stopped."""
    assert here("--name=unbroken", *DROPOUT) == 0
    return "unbroken"


def log_of(run):
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def assert_same_run(run, other):
    """The logs and, bit by bit, the weights of two runs are the same."""
    assert log_of(run) == log_of(other)
    weights, others = (load_file(each / "model" / "model.safetensors") for each in (run, other))
    assert weights.keys() == others.keys()
    assert all(torch.equal(weights[name], others[name]) for name in weights)


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--epochs", "0", "a whole number from 1 to 1000"),
        ("--epochs", "2.5", "a whole number from 1 to 1000"),
        ("--batch-size", "0", "a whole number from 1 to 1000"),
        ("--batch-size", "eight", "a whole number from 1 to 1000"),
        ("--learning-rate", "-5e-5", "a number from 1e-09 to 1.0"),
        ("--learning-rate", "nan", "a number from 1e-09 to 1.0"),
        ("--warmup", "10", "a number from 0.0 to 1.0"),
        ("--seed", "-1", "a whole number from 0 to 2147483647"),
        ("--max-steps", "0", "a whole number from 1 to 1000000000"),
        ("--checkpoint-every", "", "a whole number from 1 to 1000000000"),
        ("--name", "../train", "a name of letters, digits, '.', '-', '_'"),
        ("--name", "..", "a name of letters, digits, '.', '-', '_'"),
    ],
)
def test_bad_values_are_refused_with_a_message_that_names_them(capsys, option, value, allowed):
    with pytest.raises(SystemExit) as exit:
        train.main([f"{option}={value}"])
    assert exit.value.code == 2
    assert f"argument {option}: {value!r} is not {allowed}\n" in capsys.readouterr().err


def test_says_on_how_many_processes_it_runs(here, two, capsys):
    assert here("--name=says", "--max-steps=1") == 0
    assert "Processes: 1 (cpu" in capsys.readouterr().out
    assert two.count("Processes: ") == two.count("Processes: 2 (cpu") == 1


def test_two_processes_with_half_the_batch_give_the_loss_curve_of_one(here, two, runs):
    assert here("--name=one", *HALVES) == 0
    of_one, of_two = log_of(runs / "one"), log_of(runs / "two")
    assert [entry["step"] for entry in of_two] == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10]
    assert of_two == [pytest.approx(entry, rel=1e-5) for entry in of_one]


def test_on_two_processes_the_schedule_ends_where_it_was_planned_to(two, runs):
    """Were the steps counted before `prepare`, the last of them would be taken at more than half the highest rate."""
    rates = [entry["learning_rate"] for entry in log_of(runs / "two") if "loss" in entry]
    assert rates == pytest.approx([0, *(1e-3 * left / 9 for left in range(9, 0, -1))])


def test_each_process_has_random_numbers_of_its_own(two, runs):
    one, other = torch.load(runs / "two" / "checkpoint.pt")["random"]
    assert not torch.equal(one, other)


def test_the_log_has_one_line_a_step_and_one_an_evaluation(unbroken, runs):
    log = log_of(runs / unbroken)
    assert [entry["step"] for entry in log if "loss" in entry] == list(range(1, 16))
    assert [entry["step"] for entry in log if "accuracy" in entry] == [5, 10, 15]
    assert log[0].keys() == {"step", "epoch", "loss", "learning_rate"}
    assert log[5].keys() == {"step", "epoch", "validation_loss", "accuracy", "f1"}


@pytest.mark.parametrize("step", [7, 10])
def test_a_stopped_run_goes_on_to_the_weights_of_an_unbroken_one(here, unbroken, runs, step):
    name = f"--name=stopped-{step}"
    assert here(name, *DROPOUT, f"--max-steps={step}") == 0
    before = log_of(runs / f"stopped-{step}")
    assert before[-1]["step"] == step
    assert before == log_of(runs / unbroken)[: len(before)]
    assert here(name, *DROPOUT, "--resume") == 0
    assert_same_run(runs / f"stopped-{step}", runs / unbroken)


@pytest.mark.slow
def test_killed_processes_go_on_to_the_weights_of_unbroken_ones(start, runs):
    finish(start("--name=two-unbroken", *LONG))

    chance = random.Random(7)
    torchrun = start("--name=killed", *LONG)
    log, lines = runs / "killed" / "log.jsonl", chance.randint(20, 80)
    while torchrun.poll() is None and not (log.exists() and log.read_text().count("\n") >= lines):
        time.sleep(0.001)
    processes = psutil.Process(torchrun.pid).children()
    os.kill(chance.choice(processes).pid, signal.SIGKILL)
    torchrun.communicate(timeout=60)
    assert torchrun.returncode != 0
    assert not any(process.is_running() for process in processes)
    assert not (runs / "killed" / "model").exists()

    assert "Steps: 0 to" not in finish(start("--name=killed", *LONG, "--resume"))
    assert_same_run(runs / "killed", runs / "two-unbroken")


def test_a_run_stopped_by_ctrl_c_goes_on(here, unbroken, runs, monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(train, "evaluate", interrupt)
        assert here("--name=interrupted", *DROPOUT) == 130
    assert "--resume goes on from the last checkpoint" in capsys.readouterr().err
    assert here("--name=interrupted", *DROPOUT, "--resume") == 0
    assert "Steps: 3 to 15 of 15" in capsys.readouterr().out
    assert_same_run(runs / "interrupted", runs / unbroken)


def test_an_earlier_run_is_not_overwritten(here, unbroken, runs, capsys):
    files = [file for file in (runs / unbroken).rglob("*") if file.is_file()]
    before = {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in files}
    assert here(f"--name={unbroken}", *DROPOUT) == 2
    assert "holds a run: go on with it by --resume" in capsys.readouterr().err
    assert before == {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in files}


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (["--epochs=4"], "epochs 3, not 4"),
        (["--batch-size=4", "--seed=1"], "batch_size 20, not 4; seed 42, not 1"),
        (["--learning-rate=1e-4"], "learning_rate 0.001, not 0.0001"),
        (["--no-dropout"], "dropout True, not False"),
    ],
)
def test_resuming_with_other_settings_is_refused(here, unbroken, capsys, options, changed):
    assert here(f"--name={unbroken}", *DROPOUT, *options, "--resume") == 2
    assert f"was started with {changed}\n" in capsys.readouterr().err


def test_resuming_on_another_number_of_processes_or_other_data_is_refused(
    here, two, environment, monkeypatch, capsys
):
    options = ("--name=two", *HALVES, "--batch-size=10", "--resume")
    assert here(*options) == 2
    assert "was started with processes 2, not 1\n" in capsys.readouterr().err
    monkeypatch.setitem(environment, "GLUE_DIR", str(SAMPLE))
    assert here(*options) == 2
    assert "; data other data " in capsys.readouterr().err


def test_resuming_without_a_checkpoint_is_refused(here, capsys):
    assert here("--name=nothing", "--resume") == 2
    assert "nothing has no checkpoint to go on from" in capsys.readouterr().err


def test_a_half_written_checkpoint_is_never_taken(here, runs, capsys):
    folder = runs / "half"
    (folder / "model.draft").mkdir(parents=True)
    (folder / "checkpoint.pt.draft").write_bytes(b"half")
    assert here("--name=half", "--resume") == 2
    assert "has no checkpoint" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_the_old_checkpoint_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    def power_cut(file):
        raise KeyboardInterrupt

    checkpoints.save_checkpoint(tmp_path, {"step": 1})
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "fsync", power_cut)
        checkpoints.save_checkpoint(tmp_path, {"step": 2})
    assert torch.load(tmp_path / "checkpoint.pt")["step"] == 1
    checkpoints.save_checkpoint(tmp_path, {"step": 2})
    assert torch.load(tmp_path / "checkpoint.pt")["step"] == 2


def test_the_saved_model_can_be_loaded_and_scores_as_the_log_says(unbroken, runs, environment):
    folder = runs / unbroken / "model"
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    file = next((runs.parent / "data" / "mrpc").glob("validation-*.parquet"))
    table = pyarrow.parquet.read_table(file)
    texts = (table[column].to_pylist() for column in ("sentence1", "sentence2"))
    batch = tokenizer(*texts, padding=True, return_tensors="pt")
    labels = torch.tensor(table["label"].to_pylist())
    with torch.no_grad():
        loss = model(**batch, labels=labels).loss.item()
    assert loss == pytest.approx(log_of(runs / unbroken)[-1]["validation_loss"], abs=1e-5)


def test_a_glue_dir_that_cannot_be_used_is_refused(here, environment, monkeypatch, capsys):
    monkeypatch.setitem(environment, "GLUE_DIR", os.devnull)
    assert here("--name=nowhere") == 2
    assert f"GLUE_DIR={os.devnull} cannot be used" in capsys.readouterr().err
