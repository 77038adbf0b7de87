"""How learnable the bundled sample is: python -m tests.support.measure_sample

Trains the packaged MiniLM for three epochs with three seeds and prints, for each, seconds, accuracy on validation and
the share of right answers for each kind of pair, beside the majority and the word-overlap regression.
"""

import tempfile
import time

import numpy
from datasets import Dataset
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
    set_seed,
)

from helpers.sample.build import KINDS, build_pairs, read_events
from helpers.sources import checkpoint_path
from tests.published.test_sample import overlap_and_lengths_of


def report(name: str, seconds: float, rows: list[dict], predictions) -> None:
    right = numpy.array([row["label"] for row in rows]) == numpy.array(predictions)
    kinds = numpy.array([row["kind"] for row in rows])
    shares = "  ".join(f"{kind} {right[kinds == kind].mean():.2f}" for kind in KINDS)
    print(f"{name:<22}{seconds:>5.0f} s  accuracy {right.mean():.3f}  {shares}", flush=True)


def main() -> None:
    pairs = build_pairs(read_events())
    labels = {split: [row["label"] for row in rows] for split, rows in pairs.items()}
    regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    regression.fit([overlap_and_lengths_of(row) for row in pairs["train"]], labels["train"])
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())

    def encode(rows):
        texts = [[row[name] for row in rows] for name in ("sentence1", "sentence2")]
        return Dataset.from_dict({**tokenizer(*texts), "labels": [row["label"] for row in rows]})

    for split in ("validation", "test"):
        report(f"majority, {split}", 0, pairs[split], [1] * len(pairs[split]))
        guesses = regression.predict([overlap_and_lengths_of(row) for row in pairs[split]])
        report(f"word overlap, {split}", 0, pairs[split], guesses)
    for seed in range(3):
        set_seed(seed)
        model = AutoModelForSequenceClassification.from_pretrained(checkpoint_path())
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                folder,
                per_device_train_batch_size=16,
                learning_rate=1e-4,
                warmup_steps=0.1,
                num_train_epochs=3,
                train_sampling_strategy="group_by_length",
                save_strategy="no",
                report_to="none",
                seed=seed,
                disable_tqdm=True,
                logging_strategy="no",
            )
            trainer = Trainer(
                model, arguments, train_dataset=encode(pairs["train"]), processing_class=tokenizer
            )
            start = time.perf_counter()
            trainer.train()
            seconds = time.perf_counter() - start
            # Grouped by length, predictions would come back in another order than the pairs.
            trainer.args.train_sampling_strategy = "random"
            for split in ("validation", "test"):
                logits = trainer.predict(encode(pairs[split])).predictions
                report(f"seed {seed}, {split}", seconds, pairs[split], logits.argmax(axis=-1))


if __name__ == "__main__":
    main()
