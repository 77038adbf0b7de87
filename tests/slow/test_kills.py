"""Training killed without warning, as by a power cut: nothing half-written is taken, and resuming loses nothing.

A tiny BERT and 100 of the sample's pairs, as in test_train.py; here the script only ever runs as a process of its own.
"""

import os
import random
import subprocess
import sys
import time

import psutil
import pytest
import torch

from helpers.runs import PROJECT
from tests.lessons.test_train import TORCHRUN, assert_same_run, environment, log_of, runs  # noqa: F401

pytestmark = pytest.mark.slow
OPTIONS = ("--epochs=12", "--batch-size=20", "--checkpoint-every=2", "--learning-rate=1e-3")
STEPS, EPOCHS = 60, 12
LIMIT = 120  # seconds within which every process has ended, whatever was killed


@pytest.fixture(scope="module")
def launch(environment):  # noqa: F811
    """Starts the script, by torchrun where `torchrun` says so; returns the Popen, output in its `stdout`."""

    def start(name, *options, torchrun=False):
        module = (*TORCHRUN, "helpers.train") if torchrun else ("helpers.train",)
        return subprocess.Popen(
            [sys.executable, "-m", *module, f"--name={name}", *OPTIONS, *options],
            cwd=PROJECT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def finish(process):
    output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, output
    return output


@pytest.fixture(scope="module")
def unbroken(launch, runs):  # noqa: F811
    """The folder of a run that nothing stopped."""
    finish(launch("unbroken"))
    assert len(log_of(runs / "unbroken")) == STEPS + EPOCHS
    return runs / "unbroken"


def steps_of(run):
    """How many steps the log has; its last line may be half a line."""
    log = run / "log.jsonl"
    return log.read_text(encoding="utf-8").count('"loss"') if log.exists() else 0


def after_steps(first, last):
    steps = CHANCE.randint(first, last)
    return lambda run: steps_of(run) >= steps


def while_there_is(name, first=0, last=0):
    steps = CHANCE.randint(first, last)
    return lambda run: (run / name).exists() and steps_of(run) >= steps


CHANCE = random.Random(2005)
MOMENTS = {
    "before the first step": while_there_is("checkpoint.pt"),
    "at a step of the first third": after_steps(2, 20),
    "at a step of the second third": after_steps(20, 40),
    "at a step of the last third": after_steps(40, 55),
    "while a checkpoint is written": while_there_is("checkpoint.pt.draft", 2, 30),
}


def kill_at(moment, launched, victim=psutil.Process):
    """Kills `victim(pid of launched)` at `moment`, seen without a pause, and seen again once the victim stands still."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and launched.poll() is None:
        if moment():
            process = victim(launched.pid)
            process.suspend()
            if moment():
                process.kill()
                return
            process.resume()
    launched.kill()
    pytest.fail(f"the moment never came: {launched.communicate()}")


@pytest.mark.parametrize("name", MOMENTS)
def test_a_killed_run_goes_on_to_the_weights_of_an_unbroken_one(launch, runs, unbroken, name):  # noqa: F811
    run = runs / name.replace(" ", "-")
    process = launch(run.name)
    kill_at(lambda: MOMENTS[name](run), process)
    process.communicate(timeout=LIMIT)
    assert (run / "checkpoint.pt.draft").exists() or name != "while a checkpoint is written"
    assert process.returncode != 0
    assert not (run / "model").exists()
    checkpoint = torch.load(run / "checkpoint.pt", weights_only=True)
    assert checkpoint["step"] <= steps_of(run)

    output = finish(launch(run.name, "--resume"))
    assert f"Steps: {checkpoint['step']} to {STEPS} of {STEPS}" in output
    assert not list(run.glob("*.draft"))
    assert_same_run(run, unbroken)


def test_when_one_of_two_processes_is_killed_the_other_ends_with_a_message(launch, runs):  # noqa: F811
    """That both go on then to the weights of unbroken ones is shown in test_train.py."""
    process, workers = launch("two", torchrun=True), []
    moment = after_steps(4, 20)

    def one_of_them(pid):
        workers[:] = psutil.Process(pid).children()
        return workers[CHANCE.randrange(2)]

    kill_at(lambda: moment(runs / "two"), process, one_of_them)
    output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode != 0
    assert len(workers) == 2 and not any(worker.is_running() for worker in workers)
    assert "helpers.train FAILED" in output, output
    assert not (runs / "two" / "model").exists()
