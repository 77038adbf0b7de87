"""The checks of notebook 8, the training loop."""

import copy
import functools
import math
from statistics import fmean

import torch
from datasets import ClassLabel, Dataset
from transformers import DataCollatorWithPadding

from helpers.exercises.notebook_01 import tiny_model
from helpers.exercises.verdict import (
    NotAnswered,
    a_dataset,
    a_list,
    a_number,
    agrees,
    call,
    check,
    require,
    tell_apart,
)


@check
def check_steps_per_epoch(steps_per_epoch, train_dataset):
    """`steps_per_epoch(pairs, batch_size, processes)`: how often the optimizer steps in one epoch."""
    total = len(train_dataset)
    cases = [(100, 10, 1), (105, 10, 1), (105, 10, 2), (101, 5, 4), (total, 16, 1), (total, 8, 2)]
    for pairs, size, processes in cases:
        given = call(steps_per_epoch, pairs, size, processes)
        given = a_number(given, "what your function returns")
        wanted, of_one = math.ceil(pairs / (size * processes)), math.ceil(pairs / size)
        asked = f"{pairs} pairs, batches of {size}, processes: {processes}"
        mistakes = {
            f"{asked}: your function forgets the last batch, which is not full and is a step all the same. "
            "Round up.": pairs // (size * processes),
            f"{asked}: with several processes each has its own batch, and one step uses all of them. "
            "Where do the processes come in?": of_one,
            f"{asked}: more processes make an epoch shorter, not longer.": of_one * processes,
            f"{asked}: {given:g} is not a whole number of steps. A batch that is not full is a step all the "
            "same.": not given.is_integer(),
        }
        otherwise = f"{asked}: {wanted} steps, and your function says {given:g}. How many pairs does one step use?"
        tell_apart(given, wanted, mistakes, otherwise)
    return (
        f"{math.ceil(total / 16)} steps for one process with batches of 16, and as many for two with batches of 8: "
        f"the same recipe. Two with batches of 16 take {math.ceil(total / 32)}, and that is another one."
    )


SENTENCES = {
    1: [
        "A warm and clever film.",
        "I loved every minute of it.",
        "The actors are wonderful.",
        "What a beautiful story, and so well told!",
        "Funny, touching, and never too long.",
        "The best evening that I have had in years.",
        "A delight from its first scene to its last.",
        "Go and see it, you will be happy.",
    ],
    0: [
        "A cold and stupid film.",
        "I hated every minute of it.",
        "The actors are terrible.",
        "What an ugly story, and so badly told!",
        "Silly, boring, and far too long.",
        "The worst evening that I have had in years.",
        "A bore from its first scene to its last.",
        "Stay at home, you will be angry.",
    ],
}


def tokenized_task(tokenizer, texts: dict[str, list], names: list[str], labels: list) -> Dataset:
    """A dataset with the columns of `texts`, label, idx, and what the tokenizer makes of the texts."""
    columns = {**texts, "label": labels, "idx": range(len(labels))}
    dataset = Dataset.from_dict(columns).cast_column("label", ClassLabel(names=names))
    for name, values in tokenizer(*texts.values(), truncation=True).items():
        dataset = dataset.add_column(name, values)
    return dataset


def opinions(tokenizer) -> Dataset:
    """Sixteen rows of SST-2's shape, tokenized: columns sentence, label, idx, and the tokenizer's."""
    texts = [text for both in zip(SENTENCES[1], SENTENCES[0], strict=True) for text in both]
    return tokenized_task(tokenizer, {"sentence": texts}, ["negative", "positive"], [1, 0] * 8)


def questions(tokenizer) -> Dataset:
    """Two rows of QNLI's shape, tokenized: columns question, sentence, label, idx, and the tokenizer's."""
    texts = {
        "question": ["Where is the museum?", "Who wrote it?"],
        "sentence": ["It stands by the river.", "The bridge is new."],
    }
    return tokenized_task(tokenizer, texts, ["entailment", "not_entailment"], [0, 1])


@check
def check_make_ready(make_ready, tokenizer):
    """`make_ready(dataset)`: a tokenized dataset of any task with what the model takes, as tensors."""
    for dataset, task in ((opinions(tokenizer), "SST-2"), (questions(tokenizer), "QNLI")):
        columns = dataset.column_names
        has = f"A dataset in the shape of {task} has the columns {', '.join(columns)}."
        hints = {
            ValueError: f"{has} Which ones go, you can only learn from dataset.column_names.",
            KeyError: has,
            AttributeError: "set_format changes the dataset in place and returns None; with_format returns a new one.",
        }
        ready = a_dataset(call(make_ready, dataset, hints=hints), "what your function returns")
        names = ready.column_names
        mistakes = {
            f"{task}: the column is still called label. The model looks for labels: "
            "rename_column.": "label" in names
        }
        otherwise = f"{task}: the column labels is missing. Remove the text and idx, and rename label before or after."
        tell_apart(names, "labels" in names, mistakes, otherwise)
        left = [
            name for name in columns if name in names and name not in tokenizer.model_input_names
        ]
        require(
            not left,
            f"{task}: {' and '.join(left)} {'are' if len(left) > 1 else 'is'} left, which the model does not take. "
            "tokenizer.model_input_names lists what it does.",
        )
        gone = [name for name in tokenizer.model_input_names if name not in names]
        require(
            not gone,
            f"{task}: {' and '.join(gone)} is gone, and the model makes use of it. Keep all of "
            "tokenizer.model_input_names.",
        )
        row = ready[0]
        require(
            all(isinstance(value, torch.Tensor) for value in row.values()),
            f"{task}: rows come out as {type(row['input_ids']).__name__}s of numbers, not as tensors: "
            "with_format('torch').",
        )
        require(
            ready["labels"][:].tolist() == dataset["label"][:]
            and row["input_ids"].tolist() == dataset[0]["input_ids"],
            f"{task}: names and types are right, but values have changed.",
        )
    return (
        "one function, whatever the columns of text are called. It asks the tokenizer what a model takes instead of "
        "listing what one dataset happens to have; Trainer does the same, with remove_unused_columns."
    )


def training_run(model, batches, lr: float, backward=True, zero_grad=True) -> list:
    """The losses of the loop that the exercise asks for, or of one that leaves a call out."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for batch in batches:
        loss = model(**batch).loss
        losses.append(loss.item())
        if backward:
            loss.backward()
        optimizer.step()
        if zero_grad:
            optimizer.zero_grad()
    return losses


@check
def check_training_loop(train, new_model, tokenizer):
    """`train(model, dataloader, optimizer)`: one step per batch; returns the loss of each.

    It is tried on a model that takes milliseconds, beside loops that leave a call out, then on `new_model()`.
    """
    dataset = opinions(tokenizer).remove_columns(["sentence", "idx"])
    collator = DataCollatorWithPadding(tokenizer)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    batches = [
        collator([dataset[row] for row in range(start, start + 4)]).to(device)
        for start in (0, 4, 8, 12) * 2
    ]
    hints = {
        TypeError: "It is called with a model, something that gives batches, and an optimizer. A batch is a "
        "dictionary: model(**batch).",
        RuntimeError: "backward() is for a loss that model(**batch) has just computed; and on a GPU, batch and model "
        "have to be there both.",
        AttributeError: "The model returns an object with .loss; it is the loss that has backward().",
    }

    def losses_of(model, optimizer) -> list[float]:
        losses = call(train, model, batches, optimizer, hints=hints)
        return [
            a_number(loss, "each loss") for loss in a_list(losses, "what your function returns")
        ]

    start, lr = tiny_model().to(device), 1e-2
    model = copy.deepcopy(start)
    calls = []
    model.register_forward_hook(lambda *_: calls.append("forward"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    optimizer.register_step_post_hook(lambda *_: calls.append("step"))
    losses = losses_of(model, optimizer)
    if not losses and not calls:
        raise NotAnswered
    require(
        "forward" in calls,
        "the model that was handed over is never called. Use the arguments, not what the notebook calls by another "
        "name.",
    )
    mistakes = {"the returned list of losses is empty. Append loss.item() after each step.": 0}
    otherwise = (
        f"{len(batches)} batches went in, and the list has {len(losses)}. Is `return` inside the loop, or append "
        "outside it?"
    )
    tell_apart(len(losses), len(batches), mistakes, otherwise)
    steps = calls.count("step")
    mistakes = {
        "optimizer.step() is never called: the gradients are there, and nobody moves weights.": 0
    }
    otherwise = f"{len(batches)} batches, and {steps} steps. There should be one for each batch."
    tell_apart(steps, len(batches), mistakes, otherwise)

    def losses_with(**calls):
        return training_run(copy.deepcopy(start), batches, lr, **calls)

    mistakes = {
        "the losses are those of a loop without zero_grad(): each step follows the sum of all gradients "
        "so far.": losses_with(zero_grad=False),
        "steps are taken, but the weights do not move. Either backward() is missing, or zero_grad() comes between "
        "backward() and step() and wipes the gradients away.": losses_with(backward=False),
    }
    otherwise = (
        "the losses are not those of one step per batch, with the loss from before the step. In this order: forward, "
        "backward, step, zero_grad."
    )
    same = functools.partial(agrees, tolerance=0.001)
    tell_apart(losses, losses_with(), mistakes, otherwise, same)
    real = new_model().to(device)
    losses = losses_of(real, torch.optim.AdamW(real.parameters(), lr=2e-4))
    first, last = fmean(losses[:4]), fmean(losses[4:])
    require(
        last < first,
        f"on the small model the loop is right, but the real one's loss went from {first:.2f} to {last:.2f}.",
    )
    return (
        f"sixteen opinions on films, twice: the mean loss fell from {first:.2f} in the first round to {last:.2f} in "
        "the second. The loop does not know what the labels mean; another task is other data."
    )
