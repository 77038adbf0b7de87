"""Answers to the exercises of notebook 1, one training step: with dots, right, and wrong by what the check says."""

import torch
from transformers import BatchEncoding

from helpers.exercises.notebook_01 import tiny_model


def for_mixed_labels(course):
    sentences = ["I've been waiting.", "Good!"]

    def batch(labels, texts=sentences, left_out=(), **options):
        encoded = course.tokenizer(texts, **({"padding": True, "return_tensors": "pt"} | options))
        kept = {name: values for name, values in encoded.items() if name not in left_out}
        return {**kept, "labels": labels}, course.batch, course.model

    labels = torch.tensor([1, 0])
    unlabeled = (dict(course.batch), course.batch, course.model)
    return {
        "dots": [batch(...)],
        "right": [
            batch(labels),
            batch(torch.LongTensor((1, 0))),
            batch(labels.reshape(2, 1)),
            batch(labels, padding="max_length", max_length=32, truncation=True),
            batch(labels, left_out=["token_type_ids"]),
            (BatchEncoding(batch(labels)[0]), course.batch, course.model),
        ],
        "wrong": {
            "wrong order": batch(torch.tensor([0, 1])),
            "the labels are [1, 1]": batch(torch.tensor([1, 1])),
            "the labels are [0, 0]": batch(torch.tensor([0, 0])),
            "the labels are words": batch(["positive", "negative"]),
            "type list": batch([1, 0]),
            "type ndarray": batch(labels.numpy()),
            "torch.float32": batch(torch.tensor([1.0, 0.0])),
            "torch.bool": batch(torch.tensor([True, False])),
            "torch.int32": batch(labels.int()),
            'With return_tensors="pt"': batch(labels, return_tensors=None),
            "the shape (3,)": batch(torch.tensor([1, 0, 0])),
            "the shape ()": batch(torch.tensor(1)),
            "reverse order": batch(labels, sentences[::-1]),
            "not the two sentences": batch(labels, ["One.", "Two."]),
            "number of rows is 1": batch(labels, sentences[0]),
            "number of rows is 3": batch(labels, [*sentences, "Bad!"]),
            "no attention_mask": batch(labels, left_out=["attention_mask"]),
            'no "labels"': unlabeled,
            "should be a batch": (labels, course.batch, course.model),
        },
    }


def for_one_step(course):
    def step(
        *calls,
        model=None,
        optimizer=torch.optim.AdamW,
        result=lambda loss: loss.item(),
        parts=None,
        **options,
    ):
        """A function that makes these calls, and returns what `result` makes of the loss before the step."""

        def function(given, batch, lr):
            used = model or given
            part = parts(used) if parts else used
            stepper = optimizer(part.parameters(), **({"lr": lr} | options))
            loss = used(**batch).loss
            for call in calls:
                {"backward": loss.backward, "step": stepper.step, "zero": used.zero_grad}[call]()
            return result(loss)

        return (function,)

    def after(model, batch, lr):
        step("backward", "step", "zero")[0](model, batch, lr)
        return model(**batch).loss.item()

    def twice(model, batch, lr):
        loss = step("backward", "step", "zero")[0](model, batch, lr)
        step("backward", "step", "zero")[0](model, batch, lr)
        return loss

    theirs = tiny_model()
    outer = torch.optim.AdamW(theirs.parameters())

    def with_the_outer_optimizer(model, batch, lr):
        loss = model(**batch).loss
        loss.backward()
        outer.step()
        outer.zero_grad()
        return loss.item()

    def without_gradients(model, batch, lr):
        with torch.no_grad():
            model(**batch).loss.backward()

    def of_one_row(model, batch, lr):
        one = {name: values[:1] for name, values in batch.items()}
        step("backward", "step", "zero")[0](model, one, lr)
        return 0.7

    three = ("backward", "step", "zero")
    return {
        "dots": [(lambda model, batch, lr: ...,)],
        "right": [
            step(*three),
            step("zero", *three),
            step(*three, result=lambda loss: loss),
            step(*three, result=lambda loss: loss.detach().numpy()),
            step(*three, result=lambda loss: round(loss.item(), 2)),
            step(*three, fused=True),
            (lambda model, batch, lr: step(*three)[0](model.train(), batch.to("cpu"), lr),),
        ],
        "wrong": {
            "gradients are there, but nothing has moved": step("backward"),
            "none has a gradient": step("step", "zero"),
            "AdamW's own learning rate": step(*three, lr=1e-3),
            "the rate is fixed in your function": step(*three, lr=5e-5),
            "does not belong to the `model`": (with_the_outer_optimizer,),
            "not under torch.no_grad()": (without_gradients,),
            "moved by 9": step(*three, optimizer=torch.optim.SGD),
            "moved by 1.0e-04": (twice,),
            "still there": step("backward", "step"),
            "returns nothing": step(*three, result=lambda loss: None),
            "before the step was": (after,),
            "is a string": step(*three, result=lambda loss: f"{loss:.3f}"),
            "of type list": step(*three, result=lambda loss: [loss.item()]),
            "backward through the graph a second time": step("backward", "backward"),
            "raised AttributeError. A batch is": (lambda model, batch, lr: model(batch).loss,),
            "the layers below it do not": step(*three, parts=lambda model: model.classifier),
            "without weight decay": step(*three, optimizer=torch.optim.Adam),
            "the loss that of the whole batch": (of_one_row,),
            "a function is asked for": (3,),
            "TypeError": (lambda model: 0.7,),
            "NameError": (lambda model, batch, lr: losss.item(),),  # noqa: F821
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
            optimizer([p for name, p in model.named_parameters() if "classifier" in name], lr=5e-5),
            optimizer(
                [
                    {"params": model.bert.parameters(), "lr": 0.0},
                    {"params": model.classifier.parameters()},
                ]
            ),
            (torch.optim.AdamW(frozen.parameters()), frozen),
        ],
        "wrong": {
            "Did the cell above stop with an error": (None, model),
            "an optimizer is asked for": (list(model.classifier.parameters()), model),
            "type type": (torch.optim.AdamW, model),
            "moves all": optimizer(model.parameters()),
            "classifier.bias is left out": optimizer([model.classifier.weight]),
            "classifier.weight is left out": optimizer([model.classifier.bias]),
            "the new layer stays where it is": optimizer(model.bert.pooler.parameters()),
            "more, and the new layer": optimizer(model.bert.parameters()),
            "no parameter of `model`": optimizer(tiny_model().classifier.parameters()),
            "it also moves bert.pooler": optimizer(
                [*model.classifier.parameters(), *model.bert.pooler.parameters()]
            ),
        },
    }
