"""Which recipe trains fastest, and whether it learns as well: python -m helpers bench [--quality] [--publish]

Three recipes train MiniLM on MRPC with Trainer: every pair padded to 128 tokens; the course's (batches of 8 in random
order, padded to their longest); and ours. They are measured in turn, three rounds, each time in a process of its own, on
every n-th batch of an epoch. `--quality` instead trains the last two for three epochs with three seeds each, and gives
accuracy and F1; what is in `RECIPES` was chosen by the scores on validation. Results go to runs/bench. `--publish` also
writes the table into the page bench_results/README.md.
"""

import argparse
import json
import os
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median

import pandas as pd
import torch
from sklearn.metrics import accuracy_score, f1_score
from transformers import AutoConfig

from helpers.errors import CourseError
from helpers.prepare import prepare_mrpc
from helpers.runs import runs_folder
from helpers.sources import checkpoint_path, use_mrpc
from helpers.speed import RECIPES, measure_training, peak_memory, quiet, trainer_for

PUBLISHED = Path(__file__).parent / "bench_results" / "README.md"
LIMIT = "matrix products alone"
# How a table names the recipes.
SPEED_NAMES = {
    "padded to 128": "every pair padded to 128, batches of 8",
    "the course's": "the course's: batches of 8, random order, learning rate 5e-5",
    "ours": "notebook 6's: length-grouped batches of 16, 1e-4, no dropout",
}
QUALITY_NAMES = {"ours": "notebook 6's"}
# The columns of the table of speeds: what is measured, the heading, the format.
SPEED_COLUMNS = [
    ("computed per real token", "computed per real token", "{:.2f}"),
    ("real tokens a second", "real tokens a second", "{:,.0f}"),
    ("seconds an epoch", "seconds an epoch", "{:.0f}"),
    ("peak memory in GB", "peak memory, GB", "{:.2f}"),
    ("share of the limit", "share of the limit", "{:.2f}"),
    ("times the course's", "times the course's", "{:.2f}"),
]
ROUNDS, EPOCHS, SEEDS = 3, 3, 3


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


def markdown(headings: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [
        "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)
        for cells in (headings, *rows)
    ]
    lines.insert(1, "|---" * len(headings) + "|")
    return "\n".join(lines) + "\n"


def speed_table(table: pd.DataFrame) -> str:
    """What `bench_speed` returns, in Markdown; a recipe has no number for what cannot be measured of it."""
    rows = []
    for name, values in table.iterrows():
        cells = [SPEED_NAMES.get(name, name)]
        for column, _, form in SPEED_COLUMNS:
            value = values[column]
            cells.append("" if pd.isna(value) else "1" if value == 1 else form.format(value))
        rows.append(cells)
    return markdown(["recipe", *(heading for _, heading, _ in SPEED_COLUMNS)], rows)


def quality_table(table: pd.DataFrame) -> str:
    """What `bench_quality` returns, in Markdown."""
    rows = [[QUALITY_NAMES.get(name, name), *values] for name, values in table.iterrows()]
    return markdown(["recipe", *table.columns], rows)


def with_table(page: str, section: str, table: str) -> str:
    """A page in Markdown with `table` in the place of the first table of one of its sections.

    Raises CourseError where the page has no such section with a table.
    """
    place = re.compile(rf"^(## {section}\n(?:(?!#|\|).*\n)+)((?:\|.*\n)+)", re.MULTILINE)
    if not place.search(page):
        raise CourseError(f'The page of benchmarks has no section "{section}" with a table in it.')
    return place.sub(lambda found: found[1] + table, page, count=1)


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


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m helpers bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--quality", action="store_true", help="train, and compare accuracy and F1 (an hour)"
    )
    parser.add_argument(
        "--publish", action="store_true", help="also write the table into the page of benchmarks"
    )
    options = parser.parse_args(arguments)
    quality = options.quality
    source = use_mrpc()
    print(f"MRPC: {source.kind} ({source.origin})", flush=True)
    table = bench_quality() if quality else bench_speed()
    print()
    print(table.to_string(float_format=lambda number: f"{number:,.2f}", na_rep=""))
    if not quality:
        draw(table)
    name, text = ("Quality", quality_table(table)) if quality else ("Speed", speed_table(table))
    (runs_folder("bench") / f"{name.lower()}.md").write_text(text, encoding="utf-8")
    print(f"written to {runs_folder('bench')}")
    if options.publish:
        page = with_table(PUBLISHED.read_text(encoding="utf-8"), name, text)
        PUBLISHED.write_text(page, encoding="utf-8")
        print(f"written to {PUBLISHED}")
