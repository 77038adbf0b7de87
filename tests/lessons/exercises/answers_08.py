"""Answers to the exercises of notebook 8, the training loop: with dots, right, and wrong by what the check says."""

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification

from helpers.exercises.notebook_01 import tiny_model
from helpers.sources import checkpoint_path


def for_steps_per_epoch(course):
    data = course.raw["train"]

    def steps(function):
        return function, data

    return {
        "dots": [steps(lambda pairs, batch_size, processes: ...)],
        "right": [
            steps(lambda pairs, batch_size, processes: -(-pairs // (batch_size * processes))),
            steps(lambda pairs, batch_size, processes: np.ceil(pairs / batch_size / processes)),
        ],
        "wrong": {
            "Round up": steps(lambda pairs, size, processes: pairs // (size * processes)),
            "Where do the processes": steps(lambda pairs, size, processes: -(-pairs // size)),
            "not longer": steps(lambda pairs, size, processes: -(-pairs // size) * processes),
            "not a whole number": steps(lambda pairs, size, processes: pairs / (size * processes)),
            "TypeError": steps(lambda pairs, batch_size: pairs // batch_size),
            "ZeroDivisionError": steps(lambda pairs, size, processes: pairs / 0),
            "How many pairs": steps(lambda pairs, size, processes: pairs),
            "is a string": steps(lambda pairs, size, processes: "10 steps"),
        },
    }


def for_make_ready(course):
    tokenizer = course.tokenizer
    inputs = tokenizer.model_input_names

    def ready(keep=(*inputs, "label"), rename=True, with_format="torch"):
        def function(dataset):
            dataset = dataset.select_columns(
                [name for name in dataset.column_names if name in keep or "*" in keep]
            )
            if rename:
                dataset = dataset.rename_column("label", "labels")
            return dataset.with_format(with_format) if with_format else dataset

        return function, tokenizer

    def mrpc_only(dataset):
        return dataset.remove_columns(["sentence1", "sentence2", "idx"])

    def in_place(dataset):
        dataset = ready()[0](dataset).with_format(None)
        dataset.set_format("torch")
        return dataset

    def kept_values(dataset):
        return ready()[0](dataset).with_format("torch", columns=inputs)

    return {
        "dots": [(lambda dataset: ..., tokenizer)],
        "right": [ready(), (in_place, tokenizer)],
        "wrong": {
            "dataset.column_names": (mrpc_only, tokenizer),
            "still called label": ready(rename=False),
            "the column labels is missing": ready(keep=inputs, rename=False),
            "which the model does not take": ready(keep="*"),
            "token_type_ids is gone": ready(keep=("input_ids", "attention_mask", "label")),
            "not as tensors": ready(with_format=None),
            "(None)": (lambda dataset: dataset.set_format("torch"), tokenizer),
            "with_format returns a new one": (
                lambda dataset: dataset.set_format("torch").rename_column("label", "labels"),
                tokenizer,
            ),
            "should be a dataset": (lambda dataset: dataset.to_dict(), tokenizer),
        },
    }


def for_training_loop(course):
    def new_model():
        torch.manual_seed(42)
        return AutoModelForSequenceClassification.from_pretrained(
            checkpoint_path(), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )

    def loop(*calls, losses=True, item=True, early=False, model=None):
        def train(given, dataloader, optimizer):
            used, result = model or given, []
            for batch in dataloader:
                loss = used(**batch).loss
                for call in calls:
                    {"b": loss.backward, "s": optimizer.step, "z": optimizer.zero_grad}[call]()
                if losses:
                    result.append(loss.item() if item else loss)
                if early:
                    return result
            return result

        return train, new_model, course.tokenizer

    def plain(function):
        return function, new_model, course.tokenizer

    return {
        "dots": [plain(lambda model, dataloader, optimizer: ...), plain(lambda *_: [])],
        "right": [loop(*"bsz"), loop(*"zbs"), loop(*"bsz", item=False)],
        "wrong": {
            "without zero_grad()": loop(*"bs"),
            "nobody moves weights": loop(*"b"),
            "the weights do not move": loop(*"sz"),
            "Append loss.item()": loop(*"bsz", losses=False),
            "inside the loop": loop(*"bsz", early=True),
            "never called": loop(*"bsz", model=tiny_model()),
            "16 steps": loop(*"bssz"),
            "model(**batch)": plain(lambda model, dataloader, optimizer: model(next(dataloader))),
            "(None)": plain(lambda model, dataloader, optimizer: None),
            "should be a list": plain(lambda model, dataloader, optimizer: 0.4),
        },
    }
