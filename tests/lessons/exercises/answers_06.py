"""Answers to the exercises of notebook 6, fine-tuning: with dots, right, and wrong by what the check says."""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score
from transformers import Trainer, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from helpers.exercises.notebook_01 import tiny_model


def for_all_metrics(course):
    def metrics(
        answers=lambda logits: logits.argmax(axis=-1), swap=False, keep=4, scale=1, **options
    ):
        def compute(eval_pred):
            logits, labels = eval_pred
            both = (answers(logits), labels) if swap else (labels, answers(logits))
            values = {
                "accuracy": accuracy_score(*both),
                "f1": f1_score(*both),
                "precision": precision_score(*both, **options),
                "recall": recall_score(*both, **options),
            }
            return {name: scale * values[name] for name in list(values)[:keep]}

        return (compute,)

    def by_attributes(eval_pred):
        return metrics()[0]((eval_pred.predictions, eval_pred.label_ids))

    def rounded(digits):
        return (lambda pair: {n.upper(): round(v, digits) for n, v in metrics()[0](pair).items()},)

    def with_f1_of_label_0(eval_pred):
        predictions = eval_pred.predictions.argmax(axis=-1)
        return by_attributes(eval_pred) | {
            "f1": f1_score(eval_pred.label_ids, predictions, pos_label=0)
        }

    def in_tensors(eval_pred):
        return {name: torch.tensor(value) for name, value in by_attributes(eval_pred).items()}

    return {
        "dots": [(lambda eval_pred: ...,), (lambda eval_pred: {"accuracy": ..., "f1": 0.5},)],
        "right": [
            metrics(),
            (by_attributes,),
            (in_tensors,),
            rounded(3),
            rounded(2),
            (lambda pair: by_attributes(pair) | {"mcc": 0.1},),
        ],
        "wrong": {
            "swapped": metrics(swap=True),
            "(macro or micro)": metrics(average="macro"),
            "(weighted)": metrics(average="weighted"),
            "the precision of label 0": metrics(pos_label=0),
            "the F1 of label 0": (with_f1_of_label_0,),
            "no precision and no recall": metrics(keep=2),
            "percentage": metrics(scale=100),
            "argmax": metrics(answers=lambda logits: logits),
            "returns nothing": (lambda eval_pred: None,),
            "expects a dictionary": (lambda eval_pred: (0.5, 0.5),),
            ".predictions and .label_ids": (lambda eval_pred: eval_pred.logits,),
            "your function says": metrics(answers=lambda logits: logits.argmin(axis=-1)),
        },
    }


def for_small_gpu_args(course):
    pairs = len(course.train)
    recipe = {
        "output_dir": Path(tempfile.gettempdir()),  # nothing is saved
        "per_device_train_batch_size": 16,
        "learning_rate": 1e-4,
        "warmup_steps": 0.1,
        "num_train_epochs": 3,
        "train_sampling_strategy": "group_by_length",
        "bf16": False,
        "dataloader_pin_memory": False,
        "report_to": "none",
    }
    wanted = {
        "per_device_train_batch_size": 8,
        "gradient_accumulation_steps": 4,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
    }

    def options(**changes):
        return recipe | wanted | changes

    def args(without=(), **changes):
        kept = {name: value for name, value in options(**changes).items() if name not in without}
        return TrainingArguments(**kept), recipe, pairs

    steps = {"eval_strategy": "steps", "save_strategy": "steps"}
    return {
        "dots": [(..., recipe, pairs)],
        "right": [
            args(metric_for_best_model="loss", greater_is_better=False),
            args(),  # the loss is what chooses by default
            args(metric_for_best_model="eval_loss", save_strategy="best"),
            args(per_device_train_batch_size=4, gradient_accumulation_steps=8, logging_steps=10),
            args(per_device_train_batch_size=2, gradient_accumulation_steps=16),
            args(**steps, eval_steps=1 / 3, save_steps=1 / 3),
            args(**steps, eval_steps=-(-pairs // 32), save_steps=-(-pairs // 32)),
        ],
        "wrong": {
            "is None": (None, recipe, pairs),
            "is a dictionary of options": (options(), recipe, pairs),
            "should be TrainingArguments": ("epoch", recipe, pairs),
            "batches of 32 pairs do not fit": args(
                per_device_train_batch_size=32, gradient_accumulation_steps=1
            ),
            "8 * 1 = 8 pairs": args(gradient_accumulation_steps=1),
            "8 * 2 = 16 pairs": args(gradient_accumulation_steps=2),
            "learning_rate should be": args(learning_rate=5e-5),
            "warmup_steps and train_sampling_strategy should be": args(
                without=("warmup_steps", "train_sampling_strategy")
            ),
            "num_train_epochs should be": args(num_train_epochs=1),
            "'no', which does not": args(
                eval_strategy="no", save_strategy="no", load_best_model_at_end=False
            ),
            "'steps', which does not": args(**steps, eval_steps=50, save_steps=50),
            "is not brought back": args(load_best_model_at_end=False),
            "chosen by accuracy": args(metric_for_best_model="accuracy"),
            "the highest loss would be kept": args(
                metric_for_best_model="loss", greater_is_better=True
            ),
        },
    }


def for_seconds_per_pair(course):
    train = course.tokenized["train"]

    def with_trainer(size):
        args = TrainingArguments(
            tempfile.gettempdir(),  # nothing is saved
            per_device_train_batch_size=size,
            num_train_epochs=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        some = train.select(range(64))
        trainer = Trainer(tiny_model(), args, train_dataset=some, data_collator=course.collator)
        trainer.remove_callback(PrinterCallback)  # what it prints is no verdict
        return trainer.train().metrics

    def loop(answer=lambda seconds, size: seconds / 64, pairs=64, fixed=None, learn=True):
        """A training by hand, and what it makes of its duration."""

        def function(size):
            model = tiny_model()
            optimizer = torch.optim.AdamW(model.parameters())
            start = time.perf_counter()
            for at in range(0, pairs, fixed or size):
                rows = train.select(range(at, at + (fixed or size)))
                batch = course.collator(
                    rows.select_columns([*course.tokenizer.model_input_names, "label"])[:]
                )
                with torch.set_grad_enabled(learn):
                    loss = model(**batch).loss
                if learn:
                    loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
            return answer(time.perf_counter() - start, size)

        return (function,)

    return {
        "dots": [(lambda batch_size: ...,)],
        "right": [
            (lambda size: with_trainer(size)["train_runtime"] / 64,),
            (lambda size: 1 / with_trainer(size)["train_samples_per_second"],),
            loop(),
            loop(lambda seconds, size: np.float32(seconds / 64)),
            loop(lambda seconds, size: torch.tensor(seconds / 64)),
        ],
        "wrong": {
            "time for all 64 pairs": loop(lambda seconds, size: seconds),
            "time per step": loop(lambda seconds, size: seconds / 64 * size),
            "pairs per second": loop(lambda seconds, size: 64 / seconds),
            "the whole call took": loop(lambda seconds, size: -1.0),
            "trains no model": loop(learn=False),
            "in batches of 8": loop(fixed=8),
            "trains on 32 pairs": loop(pairs=32),
            "is a string": loop(lambda seconds, size: f"{seconds / 64:.4f}"),
            "returns nothing": loop(lambda seconds, size: None),
            "TypeError": (lambda: 0.1,),
            "should be one number": loop(lambda seconds, size: [seconds, size]),
        },
    }
