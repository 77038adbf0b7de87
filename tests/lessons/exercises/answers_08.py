"""Answers to the exercises of notebook 8, the training loop: with dots, right, and wrong by what the check says."""

import math

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
        "dots": [steps(lambda pairs, size, processes, accumulated: ...)],
        "right": [
            steps(lambda pairs, size, processes, many: -(-pairs // (size * processes * many))),
            steps(lambda pairs, size, processes, many: np.ceil(pairs / size / processes / many)),
            steps(
                lambda pairs, size, processes, many: math.ceil(
                    math.ceil(pairs / (size * processes)) / many
                )
            ),
            steps(
                lambda pairs, size, processes, many: torch.tensor(
                    pairs / (size * processes * many)
                ).ceil()
            ),
        ],
        "wrong": {
            "Round up": steps(
                lambda pairs, size, processes, many: pairs // (size * processes * many)
            ),
            "one process alone": steps(lambda pairs, size, processes, many: -(-pairs // size)),
            "only after every": steps(
                lambda pairs, size, processes, many: -(-pairs // (size * processes))
            ),
            "leaves the processes out": steps(
                lambda pairs, size, processes, many: -(-pairs // (size * many))
            ),
            "make fewer steps": steps(
                lambda pairs, size, processes, many: -(-pairs // size) * processes
            ),
            "not a whole number": steps(
                lambda pairs, size, processes, many: pairs / (size * processes * many)
            ),
            "How many pairs": steps(lambda pairs, size, processes, many: 1),
            "not more": steps(lambda pairs, size, processes, many: pairs),
            "TypeError": steps(lambda pairs, batch_size, processes: pairs // batch_size),
            "ZeroDivisionError": steps(lambda pairs, size, processes, many: pairs / 0),
            "is a string": steps(lambda pairs, size, processes, many: "10 steps"),
            "(None)": steps(lambda pairs, size, processes, many: None),
        },
    }


def for_make_ready(course):
    tokenizer = course.tokenizer
    inputs = tokenizer.model_input_names
    wanted = [*inputs, "label"]

    def plain(function):
        return function, tokenizer

    def renamed(dataset):
        return dataset.select_columns(wanted).rename_column("label", "labels")

    def in_place(dataset):
        dataset.set_format("torch", columns=wanted)
        return dataset

    def cut(dataset):
        return dataset.select_columns(wanted).map(lambda row: {"input_ids": row["input_ids"][:3]})

    def all_zero(dataset):
        return dataset.select_columns(wanted).map(
            lambda row: {"input_ids": [0] * len(row["input_ids"])}
        )

    def twice(dataset):
        dataset = dataset.select_columns(wanted)
        return dataset.add_column("labels", dataset["label"][:])

    return {
        "dots": [plain(lambda dataset: ...)],
        "right": [
            plain(lambda dataset: dataset.select_columns(wanted)),
            plain(renamed),
            plain(in_place),
            plain(lambda dataset: dataset.with_format("torch", columns=wanted)),
            plain(lambda dataset: renamed(dataset).with_format("torch")),
            plain(
                lambda dataset: dataset.remove_columns(
                    [name for name in dataset.column_names if name not in wanted]
                )
            ),
            plain(
                lambda dataset: dataset.map(
                    lambda row: {}, remove_columns=list(set(dataset.column_names) - set(wanted))
                )
            ),
        ],
        "wrong": {
            "dataset.column_names": plain(
                lambda dataset: dataset.remove_columns(["sentence1", "sentence2", "idx"])
            ),
            "SST-2: sentence and idx are left": plain(lambda dataset: dataset),
            "SST-2: idx is left": plain(lambda dataset: dataset.select_columns([*wanted, "idx"])),
            "QNLI: question is left": plain(
                lambda dataset: dataset.remove_columns(["sentence", "idx"])
            ),
            "no label": plain(lambda dataset: dataset.select_columns(inputs)),
            "twice": plain(twice),
            "token_type_ids is gone": plain(
                lambda dataset: dataset.select_columns(["input_ids", "attention_mask", "label"])
            ),
            "same batch": plain(all_zero),
            "came out": plain(lambda dataset: dataset.select_columns(wanted).select([0])),
            "(None)": plain(lambda dataset: dataset.set_format("torch")),
            "with_format returns a new one": plain(
                lambda dataset: dataset.set_format("torch").rename_column("label", "labels")
            ),
            "should be a dataset": plain(lambda dataset: dataset.to_dict()),
        },
    }


def for_training_loop(course):
    def new_model():
        torch.manual_seed(42)
        return AutoModelForSequenceClassification.from_pretrained(checkpoint_path())

    def loop(*calls, item=True, early=False, model=None, train=True, mask=True, length=1.0):
        def function(given, dataloader, optimizer):
            used, result = model or given, []
            used.train(train)
            for batch in dataloader:
                if not mask:
                    batch = {name: values for name, values in batch.items() if "mask" not in name}
                loss = used(**batch).loss
                for call in calls:
                    {
                        "b": loss.backward,
                        "c": lambda: torch.nn.utils.clip_grad_norm_(used.parameters(), length),
                        "s": optimizer.step,
                        "z": optimizer.zero_grad,
                        "l": lambda: result.append(loss.item() if item else loss),  # noqa: B023
                    }[call]()
                if early:
                    return result
            return result

        return function, new_model, course.tokenizer

    def plain(function):
        return function, new_model, course.tokenizer

    def with_numpy(model, dataloader, optimizer):
        return np.array(loop(*"bcszl")[0](model, dataloader, optimizer))

    def with_the_model(model, dataloader, optimizer):
        losses = []
        model.train()
        for batch in dataloader:
            model.zero_grad()
            loss = model(**batch)[0]
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            losses.append(float(loss.detach()))
        return tuple(losses)

    return {
        "dots": [plain(lambda model, dataloader, optimizer: ...), plain(lambda *_: [])],
        "right": [
            loop(*"bcszl"),
            loop(*"zbcsl"),
            loop(*"lbcsz"),
            plain(with_numpy),
            plain(with_the_model),
        ],
        "wrong": {
            "without zero_grad()": loop(*"bcsl"),
            "nobody moves the parameters": loop(*"bcl"),
            "do not move": loop(*"cszl"),
            "Append loss.item()": loop(*"bcsz"),
            "inside the loop": loop(*"bcszl", early=True),
            "never called": loop(*"bcszl", model=tiny_model()),
            "16 steps": loop(*"bcsszl"),
            "without clipping": loop(*"bszl"),
            "not to a length of 1.0": loop(*"bcszl", length=0.5),
            "evaluation mode": loop(*"bcszl", train=False),
            "no attention mask": loop(*"bcszl", mask=False),
            "holds tensors": loop(*"bcszl", item=False),
            "model(**batch)": plain(lambda model, dataloader, optimizer: model(next(dataloader))),
            "(None)": plain(lambda model, dataloader, optimizer: None),
            "should be a list": plain(lambda model, dataloader, optimizer: 0.4),
        },
    }
