"""The checks of notebook 1, one training step."""

import math

import torch
from transformers import BertConfig, BertForSequenceClassification

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


@check
def check_mixed_labels(mixed_batch, model):
    """`mixed_batch`: the notebook's two sentences with the labels 1 and 0."""
    a_batch(mixed_batch, "mixed_batch")
    require(
        "labels" in mixed_batch,
        'the batch has no "labels": it is under this name that the model looks for them.',
    )
    labels = mixed_batch["labels"]
    require(
        isinstance(labels, torch.Tensor),
        f"the labels are {of_type(labels)}. The model computes with tensors: torch.tensor(...) makes one of a list.",
    )
    require(
        not labels.is_floating_point() and labels.dtype != torch.bool,
        f"the labels are of type {labels.dtype}. A class is a whole number: write 1, not 1.0 or True.",
    )
    require(
        isinstance(mixed_batch.get("input_ids"), torch.Tensor),
        'the batch has no tensor of input_ids. Without return_tensors="pt" the tokenizer returns lists.',
    )
    rows = len(mixed_batch["input_ids"])
    require(
        labels.shape == (rows,),
        f"the labels have the shape {tuple(labels.shape)}. The batch has {rows} sentences and needs one label "
        f"for each: the shape ({rows},).",
    )
    values = labels.tolist()
    mistakes = {"the two labels are in the wrong order. The first sentence has 1.": [0, 1]}
    otherwise = f"the labels are {values}. The first sentence keeps 1, the second gets 0."
    tell_apart(values, [1, 0], mistakes, otherwise)
    with torch.no_grad():
        loss = a_number(call(lambda: model(**mixed_batch)).loss, "the loss")
    return (
        f"the model that you trained has a loss of {loss:.2f} here, against ln 2 = {math.log(2):.2f} for knowing "
        "nothing. It learned to say 1 to everything, and is now sure, and wrong, about one of the two."
    )


@check
def check_one_step(one_step, batch):
    """`one_step(model, batch, lr)` takes one AdamW step and returns the loss before it."""
    example = {name: batch[name] for name in ("input_ids", "token_type_ids", "attention_mask")}
    device = example["input_ids"].device
    example["labels"] = torch.tensor([1, 0], device=device)
    hints = {
        RuntimeError: "Compute the loss inside the function, from its arguments, and call its backward() once.",
        AttributeError: "A batch is a dictionary of arguments, model(**batch), and the loss is the .loss of what "
        "that returns.",
    }
    for lr in (5e-5, 1e-2):
        model = tiny_model().to(device)
        watched = (model.classifier.weight, model.bert.encoder.layer[0].output.dense.weight)
        before = [weight.detach().clone() for weight in watched]
        with torch.no_grad():
            wanted = model(**example).loss.item()
        loss = call(one_step, model, dict(example), lr, hints=hints)
        loss = a_number(loss, "what your function returns")
        moved, inner = (
            (weight.detach() - old).abs().mean().item()
            for weight, old in zip(watched, before, strict=True)
        )
        gradients = any(
            parameter.grad is not None and bool(parameter.grad.any())
            for parameter in model.parameters()
        )
        by_lr = agrees(moved, lr, 0.2 * lr)
        mistakes = {
            "the gradients are there, but nothing has moved. After backward() it is the optimizer's step() that "
            "moves.": gradients and moved == 0,
            "no parameter of the model that was handed over has moved, and none has a gradient. In this order: "
            "loss.backward(), optimizer.step(), optimizer.zero_grad(), and all of it with the argument "
            "`model`.": moved == 0,
            "parameters moved by 0.001, which is AdamW's own learning rate. "
            "Hand it yours: lr=lr.": agrees(moved, 1e-3, 2e-4),
            f"with lr={lr} the average parameter of the classifier moved by {moved:.1e}. One step of AdamW moves "
            "it by lr: is it AdamW, and one step only?": not by_lr,
            "the classifier moves, and the layers below it do not. Hand all of model.parameters() to the "
            "optimizer.": inner == 0,
            "the step is right, but the gradients are still there, and the next step would add to them: "
            "zero_grad().": gradients,
        }
        otherwise = (
            f"the step is right, but the function returns {loss:.4f}, and the loss of this model before the step was "
            f"{wanted:.4f}."
        )
        right = by_lr and inner > 0 and not gradients and agrees(loss, wanted, 1e-4)
        tell_apart(loss, right, mistakes, otherwise)
    return (
        "with lr=5e-5 every parameter moves by 0.00005, a twentieth of AdamW's default. In its first step AdamW "
        "looks at the direction of a gradient only, so you choose the distance."
    )


@check
def check_only_classifier(classifier_optimizer, model):
    """`classifier_optimizer`: an optimizer that moves the parameters of `model.classifier`, and no others."""
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
        f"it moves all {len(everything)} tensors of the model. model.parameters() is everything: "
        "take those of one part.": set(everything),
    }
    otherwise = (
        f"it also moves {', '.join(sorted(names - new)[:2])}, which is not the new layer. Which part of the model was "
        "MISSING in the load report?"
    )
    tell_apart(names, new, mistakes, otherwise)
    count = sum(everything[name].numel() for name in names)
    total = sum(parameter.numel() for parameter in everything.values())
    return (
        f"{count} of {total:,} parameters would move. Of the picture's bars only the classifier's is left: what the "
        "model knew stays as it is, and the new layer has to make do with it."
    )
