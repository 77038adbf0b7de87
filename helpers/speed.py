"""How fast a recipe trains: the course's recipes, and a measurement of one of them (make bench)."""

import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from datasets import Dataset
from torch.utils.data import BatchSampler
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_callback import PrinterCallback
from transformers.trainer_pt_utils import get_length_grouped_indices
from transformers.utils import logging

from helpers.padding import count_tokens, pad_batches
from helpers.sources import checkpoint_path


@dataclass(frozen=True)
class Recipe:
    """How a model is trained: options of TrainingArguments, options of the model, a fixed padded length or None."""

    training: dict
    model: dict = field(default_factory=dict)
    pad_to: int | None = None


COURSE = {"per_device_train_batch_size": 8, "learning_rate": 5e-5}
OURS = {
    "per_device_train_batch_size": 16,
    "learning_rate": 1e-4,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
}
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
RECIPES = {
    "padded to 128": Recipe(COURSE, {}, pad_to=128),
    "the course's": Recipe(COURSE, {}),
    "ours": Recipe(OURS, NO_DROPOUT),
}
PAIRS = 480  # trained on in one measurement
SLOW_STEPS = 2  # the first steps also allocate memory: they are not timed


class StepSeconds(TrainerCallback):
    """Notes the time at the end of every step."""

    def __init__(self):
        self.ends = []

    def on_step_end(self, args, state, control, **kwargs):
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(time.perf_counter())


def trainer_for(recipe: Recipe, folder: str, seed: int, train, tokenizer, **changes) -> Trainer:
    """A Trainer that follows `recipe`, silent, writing no checkpoints."""
    set_seed(seed)
    has_gpu = torch.cuda.is_available()
    training_args = TrainingArguments(
        folder,
        **recipe.training | changes,
        bf16=has_gpu and torch.cuda.is_bf16_supported(including_emulation=False),
        dataloader_pin_memory=has_gpu,
        seed=seed,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    pad_to = recipe.pad_to
    trainer = Trainer(
        AutoModelForSequenceClassification.from_pretrained(checkpoint_path(), **recipe.model),
        training_args,
        train_dataset=train,
        data_collator=DataCollatorWithPadding(
            tokenizer, padding="max_length" if pad_to else True, max_length=pad_to
        ),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def epoch_of(recipe: Recipe, lengths: list[int], seed: int) -> list[list[int]]:
    """The batches of one epoch, as positions in the training split, in the order in which `recipe` takes them."""
    training = recipe.training
    size = training["per_device_train_batch_size"]
    generator = torch.Generator().manual_seed(seed)
    if "train_sampling_strategy" in training:
        order = get_length_grouped_indices(lengths, size, generator=generator)
    else:
        order = torch.randperm(len(lengths), generator=generator).tolist()
    return list(BatchSampler(order, size, drop_last=False))


def peak_memory() -> float:
    """The most memory that this process has held so far, in GB: the GPU's where there is one."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e9
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux, bytes on macOS
    return peak / (1e9 if sys.platform == "darwin" else 1e6)


@contextmanager
def quiet():
    """No progress bars and no load reports of transformers, for trainings that are only measured."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        logging.enable_progress_bar()


def measure_training(
    recipe: Recipe, train: Dataset, tokenizer, seed: int = 0, pairs: int = PAIRS
) -> dict[str, float]:
    """Computed tokens per real one, real tokens trained in a second, seconds an epoch, with a new model.

    `train` is tokenized, not padded. About `pairs` of its pairs are trained on: every n-th batch of an epoch.
    """
    lengths = [len(ids) for ids in train["input_ids"]]
    batches = epoch_of(recipe, lengths, seed)
    every = max(1, len(lengths) // pairs)
    chosen = batches[seed % every :: every]
    clock = StepSeconds()
    with quiet(), tempfile.TemporaryDirectory() as folder:
        trainer = trainer_for(
            recipe,
            folder,
            seed,
            train.select([position for batch in chosen for position in batch]),
            tokenizer,
            train_sampling_strategy="sequential",
            num_train_epochs=1,
        )
        trainer.add_callback(clock)
        trainer.train()
    timed = pad_batches(lengths, chosen[SLOW_STEPS:], recipe.pad_to)
    real_per_second = count_tokens(timed)[0] / (clock.ends[-1] - clock.ends[SLOW_STEPS - 1])
    real, computed = count_tokens(pad_batches(lengths, batches, recipe.pad_to))
    return {
        "computed per real token": computed / real,
        "real tokens a second": real_per_second,
        "seconds an epoch": real / real_per_second,
    }
