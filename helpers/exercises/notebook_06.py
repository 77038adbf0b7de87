"""The checks of notebook 6, fine-tuning."""

import math
import time
from collections.abc import Mapping
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.metrics import accuracy_score, precision_recall_fscore_support
from transformers import EvalPrediction, TrainingArguments

from helpers.exercises.verdict import (
    a_number,
    a_share,
    agrees,
    call,
    check,
    of_type,
    require,
    require_a_value,
    tell_apart,
)

LARGEST_BATCH, PAIRS_PER_STEP = 8, 32  # exercise 2
TIMED_PAIRS, TIMED_SIZES = 64, (4, 32)  # exercise 3


@check
def check_all_metrics(compute_all_metrics):
    """`compute_all_metrics(eval_pred)` returns accuracy, and f1, precision and recall of label 1."""
    labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 1])
    answers = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0])
    logits = np.stack([1.0 - 2 * answers, 0.5 * answers], axis=1)
    hints = {
        ValueError: "scikit-learn compares labels with classes, not with logits: argmax(axis=-1) gives the class.",
        AttributeError: "What your function gets has the arrays .predictions and .label_ids.",
    }
    result = call(compute_all_metrics, EvalPrediction(logits, labels), hints=hints)
    require(
        isinstance(result, Mapping),
        f"your function returns something {of_type(result)}. Trainer expects a dictionary of names and numbers.",
    )
    result = {str(name).lower(): value for name, value in result.items()}
    names = ("accuracy", "f1", "precision", "recall")
    missing = [name for name in names if name not in result]
    require(not missing, f"there is no {' and no '.join(missing)} in what your function returns.")
    given = [a_share(result[name], name) for name in names]

    def scores(**options) -> list[float]:
        """Precision, recall and F1."""
        return list(map(float, precision_recall_fscore_support(labels, answers, **options)[:3]))

    def close(value, wanted) -> bool:
        """Two digits are enough: what the mistakes give differs by more."""
        return agrees(value, wanted, 0.0051)

    precision, recall, f1 = scores(average="binary")
    wanted = [float(accuracy_score(labels, answers)), f1, precision, recall]
    wrong = next((i for i in range(4) if not close(given[i], wanted[i])), 0)
    averages = {"macro or micro": scores(average="macro"), "weighted": scores(average="weighted")}
    mistakes = {
        "precision and recall are swapped. scikit-learn takes the labels first, "
        "then the predictions.": close(given[2:], [recall, precision]),
        **{
            f"this precision is an average over both classes ({average}). Asked for is that of label 1, which is "
            "what scikit-learn takes by itself.": close(given[2], values[0])
            for average, values in averages.items()
        },
        "this is the precision of label 0. Equivalent is label 1.": close(
            given[2], scores(average="binary", pos_label=0)[0]
        ),
        "this is the F1 of label 0, or an average. Equivalent is label 1.": close(
            given[2:], wanted[2:]
        )
        and wrong == 1,
    }
    otherwise = f"on ten made-up pairs {names[wrong]} is {wanted[wrong]:.3f}; your function says {given[wrong]:.3f}."
    tell_apart(given, wanted, mistakes, otherwise, same=close)
    return (
        f"on ten made-up pairs, precision is {precision:.2f} and recall {recall:.2f}. F1 is {f1:.2f}, between the two. "
        "Handed to Trainer as compute_metrics, your function adds precision and recall to every evaluation."
    )


@check
def check_small_gpu_args(small_gpu_args, recipe, pairs):
    """`small_gpu_args`: `recipe` with 32 pairs per step in batches of 8 or fewer, the lowest loss of three evaluations kept."""
    require_a_value(small_gpu_args, "small_gpu_args")
    require(
        not isinstance(small_gpu_args, Mapping),
        "small_gpu_args is a dictionary of options. Hand them to TrainingArguments(folder, **options).",
    )
    require(
        isinstance(small_gpu_args, TrainingArguments),
        f"small_gpu_args should be TrainingArguments, and it is {of_type(small_gpu_args)}.",
    )
    args = small_gpu_args
    size, accumulated = args.per_device_train_batch_size, args.gradient_accumulation_steps
    require(
        size <= LARGEST_BATCH,
        f"batches of {size} pairs do not fit: the GPU has room for {LARGEST_BATCH}. per_device_train_batch_size is what "
        "goes through the model at once.",
    )
    require(
        size * accumulated == PAIRS_PER_STEP,
        f"a step learns from {size} * {accumulated} = {size * accumulated} pairs, not from {PAIRS_PER_STEP}. The batch size "
        "times gradient_accumulation_steps is what counts.",
    )
    lost = [
        name
        for name, value in recipe.items()
        if name not in ("output_dir", "per_device_train_batch_size", "report_to")
        and getattr(args, name) != value
    ]
    require(
        not lost,
        f"{' and '.join(lost)} should be as in recipe. Begin with **recipe, and replace only what has to change.",
    )
    steps = math.ceil(pairs / PAIRS_PER_STEP)

    def once_per_epoch(strategy: str, every: float) -> bool:
        as_steps = every in (steps, 1 / recipe["num_train_epochs"])
        return strategy == "epoch" or (strategy == "steps" and as_steps)

    require(
        once_per_epoch(args.eval_strategy, args.eval_steps),
        f"eval_strategy is {str(args.eval_strategy.value)!r}, which does not evaluate once per epoch. There is a strategy of "
        "that name.",
    )
    require(
        args.load_best_model_at_end,
        "the best checkpoint is not brought back in the end: load_best_model_at_end=True asks for it.",
    )
    metric = args.metric_for_best_model.removeprefix("eval_")
    require(
        metric == "loss",
        f"the checkpoint is chosen by {metric}, and the loss is to choose: metric_for_best_model.",
    )
    require(
        not args.greater_is_better,
        "greater_is_better is true, so the checkpoint with the highest loss would be kept.",
    )
    return (
        f"{size} * {accumulated} = {PAIRS_PER_STEP} pairs per step, and {steps} steps per epoch, as many as in batches of "
        f"{PAIRS_PER_STEP}. Before you train a BERT with it, remember model.accepts_loss_kwargs = False."
    )


@contextmanager
def watched_training():
    """A list of (time in seconds, rows) that grows, inside the block, with every batch that a model is trained on."""
    batches = []

    def note(module, inputs, outputs) -> None:
        logits = getattr(outputs, "logits", None)
        if isinstance(logits, torch.Tensor) and logits.requires_grad:
            batches.append((time.perf_counter(), len(logits)))

    handle = torch.nn.modules.module.register_module_forward_hook(note)
    try:
        yield batches
    finally:
        handle.remove()


def time_per_pair(seconds_per_pair, size: int) -> float:
    """What the learner's function returns for one batch size, if it can be true. Raises NotYet."""
    start = time.perf_counter()
    with watched_training() as batches:
        given = call(seconds_per_pair, size)
    longest = time.perf_counter() - start
    value = a_number(given, "what your function returns")
    rows = [rows for _, rows in batches]
    require(rows, "your function trains no model. Make a Trainer, or a loop, and take the time.")
    require(
        max(rows) == size,
        f"called with {size}, your function trains in batches of {max(rows)}. Pass the batch size on.",
    )
    require(
        sum(rows) == TIMED_PAIRS,
        f"your function trains on {sum(rows)} pairs. Take the first {TIMED_PAIRS}, once through.",
    )
    shortest = (batches[-1][0] - batches[0][0]) / 2  # the last batch's own step is not in it

    def is_time_per(parts: float) -> bool:
        return shortest / parts <= value <= 1.01 * longest / parts

    mistakes = {
        f"with batches of {size}, this is the time for all {TIMED_PAIRS} pairs. Divide it by their "
        "number.": is_time_per(1),
        f"with batches of {size}, this is the time per step. Divide by the number of pairs, not of "
        "batches.": is_time_per(len(rows)),
        "these are pairs per second. Asked for are seconds per pair, which is one divided by "
        "that.": value > 0 and shortest / TIMED_PAIRS <= 1 / value <= 1.01 * longest / TIMED_PAIRS,
    }
    otherwise = (
        f"with batches of {size}, your function says {value:.4g} s per pair, but the whole call took {longest:.2f} s, which is "
        f"{longest / TIMED_PAIRS:.4f} s per pair. Take the time of the training alone."
    )
    tell_apart(value, is_time_per(TIMED_PAIRS), mistakes, otherwise)
    return value


@check
def check_seconds_per_pair(seconds_per_pair):
    """`seconds_per_pair(batch_size)`: the time per pair of training a new model once on the first 64 pairs."""
    small, large = (time_per_pair(seconds_per_pair, size) for size in TIMED_SIZES)
    measured = f"{small:.4f} s per pair in batches of {TIMED_SIZES[0]}, {large:.4f} s in batches of {TIMED_SIZES[1]}"
    if large < small:
        return (
            f"{measured}: {small / large:.1f} times as fast. Larger batches take fewer optimizer steps, and give the "
            "processor larger matrices, which it multiplies more efficiently. But a faster recipe is better only if the "
            "model learns as well with it, and fewer steps may need a larger learning rate."
        )
    return (
        f"{measured}. Here, larger batches do not pay: they save optimizer steps, but pad more, and this machine gains "
        "nothing from larger matrices, or was busy with something else. Run it again to see how much it varies."
    )
