"""How learnable the bundled sample is: python -m tests.support.measure_sample

Scores baselines, and the model trained with notebook 6's recipe and three seeds, on validation and test: accuracy, F1,
and the share of right answers for each kind of pair; then the probes, which are not in the data. Prints Markdown tables.
Options: --seeds N (3), --epochs N (3), --without-near-misses leaves them out of training.
"""

import argparse
import tempfile
import time

import numpy
import torch
from datasets import Dataset
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
    set_seed,
)

from helpers.sample.build import KINDS, build_pairs, read_events
from helpers.sources import checkpoint_path
from helpers.speed import NO_DROPOUT, OURS
from tests.published.test_sample import overlap_and_lengths_of
from tests.support.probes import PROBES

NEAR_MISS = "near miss"
PROBE_ROWS = [
    dict(sentence1=sentence1, sentence2=sentence2, label=label, kind=kind)
    for sentence1, sentence2, label, kind in PROBES
]


def labels_of(rows: list[dict]) -> numpy.ndarray:
    return numpy.array([row["label"] for row in rows])


def majority(train: list[dict]):
    """What answers rows of pairs with the more frequent label of `train`."""
    answer = int(labels_of(train).mean() >= 0.5)
    return lambda rows: numpy.full(len(rows), answer)


def word_overlap_and_lengths(train: list[dict]):
    """A logistic regression on word overlap and lengths, fitted on `train`."""
    regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    regression.fit([overlap_and_lengths_of(row) for row in train], labels_of(train))
    return lambda rows: regression.predict([overlap_and_lengths_of(row) for row in rows])


def embeddings(train: list[dict]):
    """The cosine of the untouched model's mean token vectors, with the threshold that is best on `train`."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())
    encoder = AutoModel.from_pretrained(checkpoint_path()).eval()

    @torch.no_grad()
    def embed(sentences):
        inputs = tokenizer(sentences, padding=True, truncation=True, return_tensors="pt")
        mask = inputs["attention_mask"].unsqueeze(-1)
        return (encoder(**inputs).last_hidden_state * mask).sum(dim=1) / mask.sum(dim=1)

    def cosines(rows):
        found = []
        for start in range(0, len(rows), 32):
            batch = rows[start : start + 32]
            first, second = (
                embed([row[name] for row in batch]) for name in ("sentence1", "sentence2")
            )
            found += torch.cosine_similarity(first, second).tolist()
        return numpy.array(found)

    values, labels = cosines(train), labels_of(train)
    thresholds = numpy.quantile(values, numpy.linspace(0, 1, 100))
    best = max(thresholds, key=lambda threshold: accuracy_score(labels, values >= threshold))
    return lambda rows: (cosines(rows) >= best).astype(int)


def fine_tuned(train: list[dict], seed: int, epochs: int):
    """The packaged model, trained on `train` with notebook 6's recipe."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())

    def encode(rows):
        texts = [[row[name] for row in rows] for name in ("sentence1", "sentence2")]
        return Dataset.from_dict({**tokenizer(*texts), "labels": labels_of(rows)})

    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint_path(), **NO_DROPOUT)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            **OURS,
            num_train_epochs=epochs,
            save_strategy="no",
            report_to="none",
            seed=seed,
            disable_tqdm=True,
            logging_strategy="no",
        )
        trainer = Trainer(model, arguments, train_dataset=encode(train), processing_class=tokenizer)
        trainer.train()
    # Grouped by length, predictions would come back in another order than the pairs.
    trainer.args.train_sampling_strategy = "random"
    return lambda rows: trainer.predict(encode(rows)).predictions.argmax(axis=-1)


def scores_of(rows: list[dict], predictions: numpy.ndarray) -> dict[str, float]:
    """Accuracy and F1 on all rows, accuracy without the near misses and on all near misses, then each kind's."""
    labels, kinds = labels_of(rows), [row["kind"] for row in rows]
    right = labels == predictions
    near = numpy.array([kind.startswith(NEAR_MISS) for kind in kinds])
    scores = {
        "accuracy": right.mean(),
        "F1": f1_score(labels, predictions),
        "without near misses": right[~near].mean(),
        "near misses": right[near].mean(),
    }
    for kind in KINDS:
        scores[kind] = right[[other == kind for other in kinds]].mean()
    return scores


def probes_right(predictions: numpy.ndarray) -> dict[str, float]:
    """The share of right answers for each kind of probe."""
    right = labels_of(PROBE_ROWS) == predictions
    kinds = [row["kind"] for row in PROBE_ROWS]
    return {kind: right[[other == kind for other in kinds]].mean() for kind in dict.fromkeys(kinds)}


def table(columns: dict[str, dict[str, float]]) -> str:
    """A Markdown table with one column per method, one row per score."""
    lines = [f"| | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for name in next(iter(columns.values())):
        cells = " | ".join(f"{scores[name]:.3f}" for scores in columns.values())
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--without-near-misses", action="store_true")
    options = parser.parse_args(arguments)
    pairs = build_pairs(read_events())
    train = pairs["train"]
    if options.without_near_misses:
        train = [row for row in train if not row["kind"].startswith(NEAR_MISS)]
    methods = {
        "majority": majority,
        "word overlap": word_overlap_and_lengths,
        "embeddings": embeddings,
        **{
            f"seed {seed}": lambda rows, seed=seed: fine_tuned(rows, seed, options.epochs)
            for seed in range(options.seeds)
        },
    }
    found = {"validation": {}, "test": {}}
    probes = {}
    for name, method in methods.items():
        start, start_cpu = time.perf_counter(), time.process_time()
        answer = method(train)
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        print(f"{name}: {seconds:.0f} s, {cpu:.0f} CPU seconds, {len(train)} pairs", flush=True)
        for split, columns in found.items():
            columns[name] = scores_of(pairs[split], answer(pairs[split]))
            print(f"  {split}: " + ", ".join(f"{k} {v:.3f}" for k, v in columns[name].items()))
        probes[name] = probes_right(answer(PROBE_ROWS))
        print("  probes: " + ", ".join(f"{k} {v:.2f}" for k, v in probes[name].items()), flush=True)
    for split, columns in {**found, "probes": probes}.items():
        print(f"\n{split}\n\n{table(columns)}")


if __name__ == "__main__":
    main()
