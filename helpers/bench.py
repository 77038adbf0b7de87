"""Which recipe trains fastest, and whether it learns as well: python -m helpers.bench [--quality]

Three recipes train MiniLM on MRPC with Trainer: every pair padded to 128 tokens; the course's (batches of 8 in random
order, padded to their longest); and ours. They are measured in turn, three rounds, each time in a process of its own, on
every n-th batch of an epoch. `--quality` instead trains the last two for three epochs with three seeds each, and gives
accuracy and F1; what is in `RECIPES` was chosen by the scores on validation. Results go to runs/bench.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import mean, median

import pandas as pd
import torch
from datasets import Dataset
from sklearn.metrics import accuracy_score, f1_score
from torch.utils.data import BatchSampler
from transformers import (
    AutoConfig,
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
from helpers.prepare import prepare_mrpc
from helpers.runs import runs_folder
from helpers.sources import SourceError, checkpoint_path, find_mrpc


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
    "train_sampling_strategy": "group_by_length",
}
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
RECIPES = {
    "padded to 128": Recipe(COURSE, {}, pad_to=128),
    "the course's": Recipe(COURSE, {}),
    "ours": Recipe(OURS, NO_DROPOUT),
}
LIMIT = "matrix products alone"
ROUNDS, PAIRS, EPOCHS, SEEDS = 3, 480, 3, 3
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


def measure_recipe(name: str, seed: int) -> dict[str, float]:
    """`measure_training` of one of RECIPES on MRPC, and the peak memory of this process in GB."""
    _, tokenized_datasets, tokenizer = prepare_mrpc()
    measured = measure_training(RECIPES[name], tokenized_datasets["train"], tokenizer, seed)
    return {**measured, "peak memory in GB": peak_memory()}


def measure_limit(tokens: int = 848) -> dict[str, float]:
    """What the matrix products of the model's layers alone would allow, in tokens a second, trained in fp32.

    A layer multiplies by four matrices of hidden by hidden and two of hidden by intermediate, once forward and twice
    backward (gradients of the input and of the weights). Attention's products of tokens with tokens, under 5 % of
    the rest at MRPC's lengths, are left out. `tokens` is a batch of 16 average pairs.
    """
    config = AutoConfig.from_pretrained(checkpoint_path())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shapes = [(config.hidden_size, config.hidden_size)] * 4
    shapes += [(config.hidden_size, config.intermediate_size)]
    shapes += [(config.intermediate_size, config.hidden_size)]
    layers = [
        (torch.randn(tokens, m, device=device), torch.randn(m, n, device=device)) for m, n in shapes
    ]
    outputs = [inputs @ weights for inputs, weights in layers]

    def step():
        for (inputs, weights), output in zip(layers, outputs, strict=True):
            inputs @ weights
            output @ weights.T
            inputs.T @ output
        if device == "cuda":
            torch.cuda.synchronize()

    step()
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < 3:
        step()
        steps += 1
    seconds = (time.perf_counter() - start) / steps * config.num_hidden_layers
    return {"real tokens a second": tokens / seconds}


def train_and_score(name: str, seed: int, threads: int) -> dict:
    """Three epochs of one of RECIPES; accuracy and F1 on validation and on test."""
    torch.set_num_threads(threads)
    _, tokenized_datasets, tokenizer = prepare_mrpc()
    scores = {"recipe": name, "seed": seed}
    with quiet(), tempfile.TemporaryDirectory() as folder:
        train = tokenized_datasets["train"]
        trainer = trainer_for(
            RECIPES[name], folder, seed, train, tokenizer, num_train_epochs=EPOCHS
        )
        trainer.train()
        trainer.args.train_sampling_strategy = "random"  # or predict() would return rows regrouped
        for split in ("validation", "test"):
            labels = tokenized_datasets[split]["label"]
            guesses = trainer.predict(tokenized_datasets[split]).predictions.argmax(axis=-1)
            scores[f"{split} accuracy"] = accuracy_score(labels, guesses)
            scores[f"{split} F1"] = f1_score(labels, guesses)
    return scores


def in_own_process(function, *arguments):
    """What `function` returns, run in a fresh process, so that memory and caches of one do not touch the next."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def bench_speed() -> pd.DataFrame:
    """The medians of the rounds, a row a recipe and one for the limit."""
    rounds = {name: [] for name in (*RECIPES, LIMIT)}
    for seed in range(ROUNDS):
        for name in rounds:
            result = (
                in_own_process(measure_limit)
                if name == LIMIT
                else in_own_process(measure_recipe, name, seed)
            )
            rounds[name].append(result)
            speed = result["real tokens a second"]
            print(f"round {seed + 1} of {ROUNDS}  {name:<22}{speed:>8,.0f} tokens/s", flush=True)
    table = pd.DataFrame(
        {
            name: {column: median(result[column] for result in results) for column in results[0]}
            for name, results in rounds.items()
        }
    ).T
    speed = table["real tokens a second"]
    table["share of the limit"] = speed / speed[LIMIT]
    table["times the course's"] = speed / speed["the course's"]
    save("speed.json", {"rounds": rounds, "medians": json.loads(table.to_json(orient="index"))})
    return table


def bench_quality() -> pd.DataFrame:
    """Mean and range over the seeds, a row a recipe. Runs go side by side on the CPU's cores, one by one on a GPU."""
    cores = os.cpu_count() or 1
    workers = 1 if torch.cuda.is_available() else min(cores, 4)
    runs = [(name, seed) for seed in range(SEEDS) for name in ("the course's", "ours")]
    results = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(train_and_score, *run, cores // workers) for run in runs]
        for future in as_completed(futures):
            results.append(future.result())
            print(json.dumps(results[-1]), flush=True)
            save("quality.json", results)
    frame = pd.DataFrame(results).drop(columns="seed").groupby("recipe", sort=False)
    return frame.agg(lambda s: f"{mean(s):.3f} ({min(s):.3f} to {max(s):.3f})")


def save(name: str, content) -> None:
    (runs_folder("bench") / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def draw(table: pd.DataFrame) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from helpers import plots

    plots.bars(
        table["real tokens a second"].to_dict(),
        "Three recipes, and what the processor could do",
        "real tokens a second",
        "{:,.0f}",
    )
    plots.plt.savefig(runs_folder("bench") / "speed.png", bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--quality", action="store_true", help="train, and compare accuracy and F1 (an hour)"
    )
    quality = parser.parse_args().quality
    try:
        source = find_mrpc()
        os.environ["GLUE_DIR"] = source.path
        print(f"MRPC: {source.kind} ({source.origin})", flush=True)
        table = bench_quality() if quality else bench_speed()
    except SourceError as error:
        sys.exit(str(error))
    print()
    print(table.to_string(float_format=lambda number: f"{number:,.2f}", na_rep=""))
    if not quality:
        draw(table)
    print(f"\nwritten to {runs_folder('bench')}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; what was done is in runs/bench")
