"""How learnable the passengers' messages are: python -m tests.support.measure_passenger_messages

Splits the clean messages into 80 % train and 20 % test, stratified by category, with each of several split seeds, and scores
the macro F1 on test of four methods: the most frequent category; TF-IDF with a logistic regression; the untouched model's
mean token vectors with a logistic regression; and the packaged MiniLM, fine-tuned with each of several training seeds.
Prints a Markdown table. Options: --splits N (3), --seeds N (3), --epochs N (5).
"""

import argparse
import tempfile
import time

import numpy
import torch
from datasets import Dataset
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
    set_seed,
)

from helpers.passenger_messages.build import CATEGORIES, read_messages
from helpers.sources import checkpoint_path

C = [0.1, 0.3, 1, 3, 10, 30, 100, 300]


def regression_on(features=None) -> GridSearchCV:
    """`features` with a logistic regression, whose C five-fold cross-validation chooses by macro F1."""
    steps = [features] if features is not None else []
    model = make_pipeline(*steps, LogisticRegression(max_iter=2000, class_weight="balanced"))
    return GridSearchCV(model, {"logisticregression__C": C}, scoring="f1_macro", cv=5)


@torch.no_grad()
def embed(texts: list[str]) -> numpy.ndarray:
    """The untouched model's mean token vector of each text, of length 1."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())
    encoder = AutoModel.from_pretrained(checkpoint_path()).eval()
    found = []
    for start in range(0, len(texts), 32):
        inputs = tokenizer(texts[start : start + 32], padding=True, return_tensors="pt")
        mask = inputs["attention_mask"].unsqueeze(-1)
        means = (encoder(**inputs).last_hidden_state * mask).sum(dim=1) / mask.sum(dim=1)
        found.append(torch.nn.functional.normalize(means).numpy())
    return numpy.concatenate(found)


def fine_tuned(texts: list[str], labels: numpy.ndarray, seed: int, epochs: int):
    """The packaged model, trained on `texts` and `labels`; returns what gives the labels of other texts."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())

    def encode(texts, labels):
        return Dataset.from_dict({**tokenizer(texts), "labels": labels})

    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint_path(),
        num_labels=len(CATEGORIES),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            per_device_train_batch_size=16,
            learning_rate=1e-4,
            warmup_steps=0.1,
            num_train_epochs=epochs,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            report_to="none",
            seed=seed,
            disable_tqdm=True,
            logging_strategy="no",
        )
        trainer = Trainer(
            model, arguments, train_dataset=encode(texts, labels), processing_class=tokenizer
        )
        trainer.train()
    # Grouped by length, predictions would come back in another order than the texts.
    trainer.args.train_sampling_strategy = "random"
    unknown = 0  # predict wants labels, and does not use them for its predictions
    return lambda texts: trainer.predict(encode(texts, [unknown] * len(texts))).predictions.argmax(
        axis=-1
    )


def table(scores: dict[str, list[float]], splits: int) -> str:
    """A Markdown table with one row per method: each split's macro F1, and their mean."""
    head = " | ".join(f"split {split}" for split in range(splits))
    lines = [f"| macro F1 on test | {head} | mean |", "|---|" + "---|" * (splits + 1)]
    for name, values in scores.items():
        cells = " | ".join(f"{value:.3f}" for value in values)
        lines.append(f"| {name} | {cells} | {numpy.mean(values):.3f} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args(arguments)
    messages = read_messages()
    texts = numpy.array([message["text"] for message in messages], dtype=object)
    labels = numpy.array([list(CATEGORIES).index(message["category"]) for message in messages])
    splits = [
        train_test_split(
            numpy.arange(len(texts)), test_size=0.2, stratify=labels, random_state=split
        )
        for split in range(options.splits)
    ]
    vectors = embed(list(texts))
    scores = {}

    def score(name, test, predictions):
        value = f1_score(labels[test], predictions, average="macro")
        scores.setdefault(name, []).append(value)
        print(f"{name}: {value:.3f}", flush=True)

    for train, test in splits:
        baselines = {
            "most frequent category": (DummyClassifier(), texts),
            "TF-IDF, logistic regression": (regression_on(TfidfVectorizer()), texts),
            "embeddings, logistic regression": (regression_on(), vectors),
        }
        for name, (model, features) in baselines.items():
            score(name, test, model.fit(features[train], labels[train]).predict(features[test]))
    for seed in range(options.seeds):
        for train, test in splits:
            start, start_cpu = time.perf_counter(), time.process_time()
            answer = fine_tuned(list(texts[train]), labels[train], seed, options.epochs)
            seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
            print(f"{seconds:.0f} s, {cpu:.0f} CPU seconds, {len(train)} messages", flush=True)
            score(f"fine-tuned, seed {seed}", test, answer(list(texts[test])))
    print(f"\n{table(scores, options.splits)}")


if __name__ == "__main__":
    main()
