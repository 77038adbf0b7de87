"""Answers to the exercises of notebook 1, one training step: with dots, right, and wrong by what the check says."""

import torch

from helpers.exercises.notebook_01 import tiny_model


def for_mixed_labels(course):
    def batch(labels):
        return ({**course.batch, "labels": labels}, course.model)

    return {
        "dots": [batch(...)],
        "right": [batch(torch.tensor([1, 0])), batch(torch.LongTensor((1, 0)))],
        "wrong": {
            "wrong order": batch(torch.tensor([0, 1])),
            "the second gets 0": batch(torch.tensor([1, 1])),
            "torch.tensor(...)": batch([1, 0]),
            "whole number": batch(torch.tensor([1.0, 0.0])),
            "torch.bool": batch(torch.tensor([True, False])),
            "tokenizer returns lists": (
                {**course.tokenizer(["One.", "Two."]), "labels": torch.tensor([1, 0])},
                course.model,
            ),
            "the shape (2,)": batch(torch.tensor([[1, 0]])),
            'no "labels"': (dict(course.batch), course.model),
            "should be a batch": (torch.tensor([1, 0]), course.model),
        },
    }


def for_one_step(course):
    def step(*calls, model=None, optimizer=torch.optim.AdamW, result="before", **options):
        def function(given, batch, lr):
            used = model or given
            stepper = optimizer(used.parameters(), **({"lr": lr} | options))
            loss = used(**batch).loss
            for call in calls:
                {"backward": loss.backward, "step": stepper.step, "zero": stepper.zero_grad}[call]()
            after = used(**batch).loss
            return {"before": loss, "after": after, "nothing": None}[result]

        return function, course.batch

    def only_the_classifier(model, batch, lr):
        stepper = torch.optim.AdamW(model.classifier.parameters(), lr=lr)
        loss = model(**batch).loss
        loss.backward()
        stepper.step()
        model.zero_grad()
        return loss

    three = ("backward", "step", "zero")
    return {
        "dots": [(lambda model, batch, lr: ..., course.batch)],
        "right": [step(*three), step("zero", *three)],
        "wrong": {
            "gradients are there, but nothing has moved": step("backward"),
            "none has a gradient": step("step", "zero"),
            "lr=lr": step(*three, lr=1e-3),
            "One step of AdamW": step(*three, optimizer=torch.optim.SGD),
            "still there": step("backward", "step"),
            "returns nothing": step(*three, result="nothing"),
            "before the step was": step(*three, result="after"),
            "RuntimeError": step("backward", "backward"),
            "model(**batch)": (lambda model, batch, lr: model(batch).loss, course.batch),
            "the layers below it do not": (only_the_classifier, course.batch),
            "a function is asked for": (3, course.batch),
            "TypeError": (lambda model: 0.7, course.batch),
        },
    }


def for_only_classifier(course):
    model = course.model

    def optimizer(parameters, **options):
        return torch.optim.AdamW(parameters, **options), model

    frozen = tiny_model()
    for name, parameter in frozen.named_parameters():
        parameter.requires_grad = name.startswith("classifier")
    return {
        "dots": [(..., model)],
        "right": [
            optimizer(model.classifier.parameters()),
            optimizer([model.classifier.weight, model.classifier.bias]),
            (torch.optim.SGD(model.classifier.parameters(), lr=0.1), model),
            (torch.optim.AdamW(frozen.parameters()), frozen),
        ],
        "wrong": {
            "an optimizer is asked for": (list(model.classifier.parameters()), model),
            "moves all": optimizer(model.parameters()),
            "left out": optimizer([model.classifier.weight]),
            "no parameter of `model`": optimizer(tiny_model().classifier.parameters()),
            "MISSING": optimizer([*model.classifier.parameters(), *model.bert.pooler.parameters()]),
        },
    }
