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
    """`steps_per_epoch(pairs, batch_size, processes, accumulated)`: how often the optimizer steps in one epoch."""
    total = len(train_dataset)
    cases = [
        (100, 10, 1, 1),
        (105, 10, 1, 1),
        (133, 10, 2, 3),
        (105, 10, 2, 1),
        (105, 10, 1, 2),
        (101, 5, 2, 2),
        (123, 4, 3, 2),
        (7, 8, 2, 4),
        (total, 8, 2, 2),
    ]
    for pairs, size, processes, accumulated in cases:
        given = call(steps_per_epoch, pairs, size, processes, accumulated)
        given = a_number(given, "what your function returns")
        together = size * processes * accumulated
        wanted, batches = math.ceil(pairs / together), math.ceil(pairs / size)
        asked = (
            f"{pairs} pairs, batches of {size}, processes: {processes}, accumulated: {accumulated}"
        )
        mistakes = {
            f"{asked}: what is left over at the end of the epoch is a step, too. Round up.": (
                pairs // together
            ),
            f"{asked}: this is the number of batches of one process alone. With several processes, one step uses "
            "the batches of all of them.": processes > 1 and given == batches,
            f"{asked}: this is the number of batches. The optimizer steps only after every "
            f"{accumulated} of them.": accumulated > 1
            and given == math.ceil(pairs / (size * processes)),
            f"{asked}: this leaves the processes out. One step uses the batches of all of them.": (
                processes > 1 and given == math.ceil(pairs / (size * accumulated))
            ),
            f"{asked}: more processes, or more batches for a step, make fewer steps, not more.": given
            > batches,
            f"{asked}: {given:g} is not a whole number of steps. Round up.": not given.is_integer(),
        }
        otherwise = (
            f"{asked}: {given:g} is not the number of steps. How many pairs does one step use, all processes and "
            "all their batches together?"
        )
        tell_apart(given, wanted, mistakes, otherwise)
    return (
        f"{math.ceil(total / 32)} steps for {total:,} pairs on two processes with batches of 8, two of them accumulated. "
        f"One process with batches of 32 takes as many: in each case, a step uses 32 pairs. With batches of 16 on one "
        f"process it is {math.ceil(total / 16)}, and another recipe."
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
    """`make_ready(dataset)`: a tokenized dataset of any task whose rows the collator makes batches of for the model."""
    collator = DataCollatorWithPadding(tokenizer)
    for make, task in ((opinions, "SST-2"), (questions, "QNLI")):
        dataset, untouched = make(tokenizer), make(tokenizer)
        columns = untouched.column_names
        has = f"A dataset in the shape of {task} has the columns {', '.join(columns)}."
        hints = {
            ValueError: f"{has} Which ones have to go, you only learn from dataset.column_names, or keep by name what the "
            "model takes.",
            KeyError: has,
            AttributeError: "set_format changes the dataset in place and returns None; with_format returns a new one.",
        }
        ready = a_dataset(call(make_ready, dataset, hints=hints), "what your function returns")
        require(
            len(ready) == len(untouched),
            f"{task}: {len(untouched)} rows went in, and {len(ready)} came out.",
        )
        rows = [ready[at] for at in range(len(ready))]
        names = list(rows[0])
        mistakes = {
            f"{task}: the rows have no label. Without it, the model has no loss.": (
                not {"label", "labels"} & set(names)
            ),
            f"{task}: the label is there twice, as label and as labels. One of the two is enough.": (
                {"label", "labels"} <= set(names)
            ),
        }
        tell_apart(names, len({"label", "labels"} & set(names)) == 1, mistakes, "")
        taken = {*tokenizer.model_input_names, "label", "labels"}
        left = [name for name in names if name not in taken]
        require(
            not left,
            f"{task}: {' and '.join(left)} {'are' if len(left) > 1 else 'is'} left, which the model does not take. "
            "tokenizer.model_input_names lists what it takes.",
        )
        gone = [name for name in tokenizer.model_input_names if name not in names]
        require(
            not gone,
            f"{task}: {' and '.join(gone)} {'are' if len(gone) > 1 else 'is'} gone, and the model uses it. Keep all of "
            "tokenizer.model_input_names.",
        )
        wanted = [{name: untouched[at][name] for name in taken & set(columns)} for at in range(2)]
        try:
            batch, right = collator(rows[:2]), collator(wanted)
            same = all(batch[name].tolist() == right[name].tolist() for name in right)
        except (ValueError, AttributeError, TypeError, KeyError):
            same = False
        require(
            same,
            f"{task}: the columns are right, but the collator does not make the same batch of your rows as of those that "
            "went in. Leave the values as they are.",
        )
    return (
        "one function, whatever the columns of text are called, and the label keeps its name: renaming it and making "
        "tensors is left to the collator. Trainer finds the columns in a similar way, from the arguments of the model's "
        "forward method."
    )


def training_run(
    model, batches, optimizer, train=True, backward=True, clip=1.0, zero_grad=True, mask=True
) -> list:
    """The losses of the loop that the exercise asks for, or of one that leaves a call out."""
    model.train(train)
    losses = []
    for batch in batches:
        inputs = {name: values for name, values in batch.items() if mask or "mask" not in name}
        loss = model(**inputs).loss
        losses.append(loss.item())
        if backward:
            loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        if zero_grad:
            optimizer.zero_grad()
    return losses


@check
def check_training_loop(train, new_model, tokenizer):
    """`train(model, dataloader, optimizer)`: one clipped step per batch, with dropout; returns the loss of each.

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
        require(
            isinstance(losses, torch.Tensor)
            or not any(isinstance(loss, torch.Tensor) for loss in a_list_of(losses)),
            "your list holds tensors. A loss that is a tensor keeps everything in memory that its backward() would need; "
            "loss.item() is the plain number.",
        )
        return [
            a_number(loss, "each loss") for loss in a_list(losses, "what your function returns")
        ]

    start = a_model_with_dropout().to(device)

    def fresh():
        """The same model each time, in evaluation mode as from_pretrained returns it, and its optimizer.

        Plain gradient descent with a large rate: unlike AdamW, it shows every change of a gradient's length.
        """
        torch.manual_seed(0)
        model = copy.deepcopy(start).eval()
        return model, torch.optim.SGD(model.parameters(), lr=0.3)

    with torch.random.fork_rng():
        model, optimizer = fresh()
        calls = []
        model.register_forward_hook(lambda *_: calls.append("forward"))
        optimizer.register_step_post_hook(lambda *_: calls.append("step"))
        losses = losses_of(model, optimizer)
        if not losses and not calls:
            raise NotAnswered
        require(
            "forward" in calls,
            "the model that was handed over is never called. Use the arguments, not what the notebook calls by "
            "another name.",
        )
        mistakes = {"the returned list of losses is empty. Append loss.item() after each step.": 0}
        otherwise = (
            f"{len(batches)} batches went in, and the list has {len(losses)} losses. Is `return` inside the loop, or "
            "append outside it?"
        )
        tell_apart(len(losses), len(batches), mistakes, otherwise)
        steps = calls.count("step")
        mistakes = {
            "optimizer.step() is never called: the gradients are there, and nobody moves the parameters.": 0
        }
        otherwise = (
            f"{len(batches)} batches, and {steps} steps. There should be one for each batch."
        )
        tell_apart(steps, len(batches), mistakes, otherwise)

        def losses_with(**calls):
            model, optimizer = fresh()
            return training_run(model, batches, optimizer, **calls)

        mistakes = {
            "the losses are those of a model in evaluation mode, without dropout. model.train() switches it "
            "on.": losses_with(train=False),
            "the losses are those of a loop without clipping. It comes between backward() and step().": losses_with(
                clip=None
            ),
            "the losses are those of a loop without zero_grad(): each step follows the sum of all gradients "
            "so far.": losses_with(zero_grad=False),
            "steps are taken, but the parameters do not move. Either backward() is missing, or zero_grad() comes between "
            "backward() and step() and deletes the gradients.": losses_with(backward=False),
            "the losses are those of a model that gets no attention mask. Give it the whole batch: "
            "model(**batch).": losses_with(mask=False),
            "the gradients are clipped, but not to a length of 1.0.": any(
                agrees(losses, losses_with(clip=clip), 0.0005) for clip in (0.1, 0.5, 2.0, 5.0)
            ),
        }
        otherwise = (
            "the losses are not those of one step per batch, with the loss from before the step. In this order: "
            "forward, backward, clip, step, zero_grad."
        )
        same = functools.partial(agrees, tolerance=0.0005)
        tell_apart(losses, losses_with(), mistakes, otherwise, same)
    real = new_model().to(device)
    losses = losses_of(real, torch.optim.AdamW(real.parameters(), lr=2e-4))
    first, last = fmean(losses[:4]), fmean(losses[4:])
    fell = "fell" if last < first else "went"
    return (
        f"sixteen opinions on films, twice: the mean loss {fell} from {first:.2f} in the first round to {last:.2f} in "
        "the second. The loop does not know what the labels mean; another task is other data."
    )


def a_list_of(value) -> list:
    """The items of a list or tuple, as they are; none of anything else."""
    return list(value) if isinstance(value, list | tuple) else []


def a_model_with_dropout() -> torch.nn.Module:
    """The tiny model with dropout, and with weights so large that its gradients are longer than 1."""
    model = tiny_model()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.2
    with torch.no_grad():
        model.classifier.weight.mul_(20)
    return model
