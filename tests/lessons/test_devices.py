"""On which device the course trains: what Accelerator and Trainer choose, with the devices of other machines simulated.

An Apple GPU (MPS) was never at hand: these tests show the choice alone, not what is computed there.
"""

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from transformers import TrainingArguments, training_args


@pytest.fixture
def apple(monkeypatch):
    """A machine that says of itself that it has an Apple GPU."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(training_args, "is_torch_mps_available", lambda: True)  # it is cached
    monkeypatch.setattr(torch.backends.mps, "is_built", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("PYTORCH_ENABLE_MPS_FALLBACK", "")  # Accelerate sets it; this puts it back
    yield from fresh_state()


@pytest.fixture
def cpu(monkeypatch):
    """A machine without a GPU."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(training_args, "is_torch_mps_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    yield from fresh_state()


def fresh_state():
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


def by_accelerator(**options):
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(**options).device.type


def by_trainer(folder, **options):
    AcceleratorState._reset_state(reset_partial_state=True)
    return TrainingArguments(str(folder), report_to="none", **options).device.type


def test_accelerator_and_trainer_both_take_an_apple_gpu(apple, tmp_path):
    assert by_accelerator() == by_trainer(tmp_path) == "mps"


def test_both_can_be_told_to_stay_on_the_cpu(apple, tmp_path):
    assert by_accelerator(cpu=True) == by_trainer(tmp_path, use_cpu=True) == "cpu"


def test_the_variable_that_keeps_accelerator_on_the_cpu_does_not_keep_trainer_there(
    apple, tmp_path, monkeypatch
):
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    assert by_accelerator() == "cpu"
    assert by_trainer(tmp_path) == "mps"


def test_without_a_gpu_both_take_the_cpu(cpu, tmp_path):
    assert by_accelerator() == by_trainer(tmp_path) == "cpu"
