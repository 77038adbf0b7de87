"""The checks of notebook 1, one training step."""

import contextlib
import math

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook
from transformers import BatchEncoding, BertConfig, BertForSequenceClassification

from helpers.exercises.verdict import (
    a_batch,
    a_number,
    agrees,
    call,
    check,
    of_type,
    require,
    tell_apart,
)


def tiny_model(seed: int = 0) -> BertForSequenceClassification:
    """A BERT of two small layers with random weights and without dropout: a step takes milliseconds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = BertConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        return BertForSequenceClassification(config)


def real_tokens(batch) -> list[list[int]]:
    """The ids of each row of a batch, padding left out."""
    rows = zip(batch["input_ids"], batch["attention_mask"], strict=True)
    return [ids[mask == 1].tolist() for ids, mask in rows]


@check
def check_mixed_labels(mixed_batch, batch, model):
    """`mixed_batch`: the two sentences of `batch`, in the same order, with the labels 1 and 0."""
    a_batch(mixed_batch, "mixed_batch")
    require(
        "labels" in mixed_batch,
        'the batch has no "labels": it is under this name that the model looks for them.',
    )
    require(
        isinstance(mixed_batch.get("input_ids"), torch.Tensor),
        'the batch has no tensor of input_ids. With return_tensors="pt" the tokenizer returns tensors for the model.',
    )
    require(
        "attention_mask" in mixed_batch,
        "the batch has no attention_mask, so the model would read the padding as text.",
    )
    sentences, given = real_tokens(batch), real_tokens(mixed_batch)
    mistakes = {
        "the two sentences are in reverse order. Keep the order of `sequences`.": sentences[::-1],
        f"the batch needs one row for each of the two sentences, and its number of rows is {len(given)}.": (
            len(given) != len(sentences)
        ),
    }
    otherwise = "these are not the two sentences of `sequences`, or not whole. Hand that list to the tokenizer."
    tell_apart(given, sentences, mistakes, otherwise)
    labels = mixed_batch["labels"]
    words = isinstance(labels, list | tuple) and any(isinstance(label, str) for label in labels)
    require(
        not words,
        "the labels are words. A label is a number: 1 stands for positive and 0 for negative.",
    )
    require(
        isinstance(labels, torch.Tensor),
        f"the labels are {of_type(labels)}. The model computes with tensors: torch.tensor(...) makes one of a list.",
    )
    require(
        labels.dtype == torch.long,
        f"the labels are of type {labels.dtype}. The model expects classes as {torch.long}, which is what "
        "torch.tensor makes of plain whole numbers such as 1.",
    )
    require(
        labels.numel() == len(sentences),
        f"the labels have the shape {tuple(labels.shape)}. The batch has {len(sentences)} sentences and needs one "
        f"label for each: the shape ({len(sentences)},).",
    )
    values = labels.flatten().tolist()
    mistakes = {
        "the two labels are in the wrong order. 1 is positive, and the first sentence stays positive.": [
            0,
            1,
        ]
    }
    otherwise = f"the labels are {values}. The first sentence is positive, which is 1, and the second negative, 0."
    tell_apart(values, [1, 0], mistakes, otherwise)
    with torch.no_grad():
        output = model(**mixed_batch)
    loss = output.loss.item()
    first, second = output.logits.softmax(dim=-1)[[0, 1], [1, 0]].tolist()
    sizes = {"much larger than": 2, "larger than": 1.2, "near": 0.8, "below": 0}
    size = next(word for word, times in sizes.items() if loss >= times * math.log(2))
    surprise = (
        " A confident answer that contradicts the label is expensive." if second < 0.05 else ""
    )
    return (
        f"your model has a loss of {loss:.2f} on this batch, which is {size} ln 2 (0.69). It gives the first "
        f"sentence's label a probability of {in_words(first)}, and the second's {in_words(second)}.{surprise}"
    )


def in_words(probability: float) -> str:
    """A probability with two digits, without rounding one below 1 to 1."""
    return "almost 1" if probability >= 0.995 else f"{probability:.2g}"


def a_batch_to_train_on() -> BatchEncoding:
    """Two rows of 8 tokens with ids below 1,000, the second one padded, with the labels 1 and 0."""
    ids = torch.arange(101, 117).reshape(2, 8)
    mask = torch.ones_like(ids)
    ids[1, 5:], mask[1, 5:] = 0, 0
    labels = torch.tensor([1, 0])
    return BatchEncoding({"input_ids": ids, "attention_mask": mask, "labels": labels})


@check
def check_one_step(one_step):
    """`one_step(model, batch, lr)` takes one step of AdamW and returns the loss before it."""
    hints = {
        RuntimeError: "Compute the loss inside the function, from its arguments and not under torch.no_grad(), "
        "and call its backward() once.",
        AttributeError: "A batch is a dictionary of arguments, model(**batch), and the loss is the .loss of what "
        "that returns.",
    }
    distances = []
    for lr in (5e-5, 1e-2):
        example = a_batch_to_train_on()
        model, wanted_model, start = tiny_model(), tiny_model(), tiny_model()
        wanted = take_step(wanted_model, example, lr)
        with optimizers_that_step() as stepped:
            loss = call(one_step, model, a_batch_to_train_on(), lr, hints=hints)
        of_others = bool(stepped) and not any(updates(optimizer, model) for optimizer in stepped)
        loss = a_number(loss, "what your function returns")
        moved = distance(model.classifier, start.classifier)
        inner = distance(model.bert.encoder, start.bert.encoder)
        off = max(
            distance(model.bert.encoder, wanted_model.bert.encoder),
            distance(model.classifier, wanted_model.classifier),
        )
        new_rows, old_rows = (m.bert.embeddings.word_embeddings.weight for m in (model, start))
        used, unused = example["input_ids"][0], 2000
        all_move = inner > 0 and not torch.equal(new_rows[used], old_rows[used])
        decayed = not torch.equal(new_rows[unused], old_rows[unused])
        by_lr = agrees(moved, lr, 0.2 * lr)
        gradients = any(
            parameter.grad is not None and bool(parameter.grad.any())
            for parameter in model.parameters()
        )
        mistakes = {
            "the optimizer that made the step does not belong to the `model` that was handed over. "
            "Make one inside the function, for model.parameters().": of_others,
            "the gradients are there, but nothing has moved. After backward() it is the optimizer's step() that "
            "moves.": gradients and moved == 0,
            "no parameter of the model that was handed over has moved, and none has a gradient. In this order: "
            "loss.backward(), optimizer.step(), optimizer.zero_grad(), and all of it with the argument "
            "`model`.": moved == 0,
            "parameters moved by 0.001, which is AdamW's own learning rate. "
            "Hand it yours: lr=lr.": agrees(moved, 1e-3, 2e-4),
            f"with lr={lr} the classifier's parameters moved by {moved:.1e}, as far as with the rate "
            "before: the rate is fixed in your function. Use its argument: lr=lr.": any(
                agrees(moved, earlier, 0.02 * earlier) for earlier in distances
            ),
            f"with lr={lr} the classifier's parameters moved by {moved:.1e} on average. One step of AdamW moves "
            "them by lr: is it AdamW, and one step only?": not by_lr,
            "the classifier moves, and the layers below it do not, or not all of them. Hand all of "
            "model.parameters() to the optimizer.": not all_move,
            "the parameters move as they should, but without weight decay. AdamW has one by default, and Adam, "
            "for example, has none.": not decayed,
            "the parameters move as far as they should, but not all in the direction of one step of AdamW on this "
            "batch. Is the loss that of the whole batch, with its labels?": off > 0.01 * lr,
            "the step is right, but the gradients are still there, and the next step would add to them: "
            "zero_grad().": gradients,
        }
        otherwise = (
            f"the step is right, but the function returns {loss:.4f}, and the loss of this model before the step was "
            f"{wanted:.4f}."
        )
        step_is_right = by_lr and all_move and decayed and off <= 0.01 * lr and not gradients
        tell_apart(loss, step_is_right and agrees(loss, wanted, 0.0051), mistakes, otherwise)
        distances.append(moved)
    return (
        f"with lr=5e-5 the classifier's parameters moved by {distances[0]:.5f} on average, and with lr=1e-2 by "
        f"{distances[1]:.2f}. AdamW's first step moves a parameter by the learning rate, unless its gradient is almost "
        "zero."
    )


@contextlib.contextmanager
def optimizers_that_step():
    """The list of the optimizers that make a step inside a `with`, one entry per step."""
    stepped = []
    hook = register_optimizer_step_post_hook(lambda optimizer, *_: stepped.append(optimizer))
    try:
        yield stepped
    finally:
        hook.remove()


def updates(optimizer, model) -> bool:
    """Whether an optimizer was given any of the model's parameters."""
    given = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    return any(id(parameter) in given for parameter in model.parameters())


def take_step(model, batch, lr: float) -> float:
    """One step of AdamW on all parameters; returns the loss before it."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    loss = model(**batch).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def distance(part, other) -> float:
    """How far apart the parameters of two modules of one kind are, on average."""
    with torch.no_grad():
        pairs = zip(part.parameters(), other.parameters(), strict=True)
        return torch.cat([(one - two).abs().flatten() for one, two in pairs]).mean().item()


def some(names: set[str]) -> str:
    """The first two of some names, and how many more there are."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(sorted(names)[:2]) + more


@check
def check_only_classifier(classifier_optimizer, model):
    """`classifier_optimizer`: an optimizer that updates the parameters of `model.classifier`, and no others."""
    require(
        classifier_optimizer is not None,
        "there is no optimizer yet. Did the cell above stop with an error?",
    )
    require(
        isinstance(classifier_optimizer, torch.optim.Optimizer),
        f"an optimizer is asked for, and this is {of_type(classifier_optimizer)}. Give the parameters to "
        "torch.optim.AdamW(...).",
    )
    moving = {
        id(parameter)
        for group in classifier_optimizer.param_groups
        for parameter in group["params"]
        if parameter.requires_grad and group["lr"] > 0
    }
    everything = dict(model.named_parameters())
    names = {name for name, parameter in everything.items() if id(parameter) in moving}
    new = {name for name in everything if name.startswith("classifier")}
    mistakes = {
        "this optimizer moves no parameter of `model`. Does it have the parameters of another model, are they "
        "frozen, or is the learning rate 0?": set(),
        f"{', '.join(sorted(new - names))} is left out. The new layer has a weight and a bias; "
        ".parameters() gives both.": names < new,
        f"it moves {some(names - new)}, and the new layer stays where it is. Which part of the model "
        "was MISSING in the load report?": not names & new,
        f"it moves all {len(everything)} tensors of the model. model.parameters() is everything: "
        "take those of one part.": set(everything),
    }
    otherwise = (
        f"it also moves {some(names - new)}, which the new layer does not contain. Which part of the model was "
        "MISSING in the load report?"
    )
    tell_apart(names, new, mistakes, otherwise)
    count = sum(everything[name].numel() for name in names)
    total = sum(parameter.numel() for parameter in everything.values())
    return (
        f"{count} of {total:,} parameters would move. Of the figure's bars only the classifier's is left: the "
        "other layers stay as they are, and the new layer learns from what they hand to it."
    )
