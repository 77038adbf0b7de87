"""Answers to the exercises of notebook 5, dynamic padding: with dots, right, and wrong by what the check says."""

import numpy as np
import torch
from transformers import DataCollatorWithPadding
from transformers.trainer_pt_utils import get_length_grouped_indices

from helpers.exercises.notebook_05 import share_of
from helpers.padding import count_tokens, pad_batches


def on_the_left(batch):
    """A batch with its padding moved to the left of each row."""
    mask = batch["attention_mask"]
    orders = [torch.cat([row.eq(0).nonzero(), row.nonzero()]).flatten() for row in mask]
    return {
        name: torch.stack([row[order] for row, order in zip(values, orders, strict=True)])
        for name, values in batch.items()
        if values.ndim == 2
    }


def for_longest_batch(course):
    lengths, train, collator = course.lengths, course.train, course.collator
    order = sorted(range(len(lengths)), key=lambda position: lengths[position])

    def batch(positions, share=None, collate=collator):
        made = collate(train[positions])
        padding = made["attention_mask"].eq(0)
        value = padding.float().mean().item() if share is None else share(padding)
        return made, value, course.tokenized

    def with_share(value):
        return made, value, course.tokenized

    wide = DataCollatorWithPadding(course.tokenizer, padding="max_length", max_length=512)
    other_side = on_the_left(collator(train[order[-8:]]))
    made, share, _ = batch(order[-8:])
    without_mask = {name: values for name, values in made.items() if name != "attention_mask"}
    foreign = course.tokenizer(["word " * (lengths[at] - 2) for at in order[-8:]])
    return {
        "dots": [(..., ..., course.tokenized), (made, ..., course.tokenized)],
        "right": [
            (made, share, course.tokenized),
            batch(order[::-1][:8]),
            (dict(made), torch.tensor(share), course.tokenized),
            (collator([train[p] for p in order[-8:]]), round(share, 2), course.tokenized),
            (
                collator(
                    course.tokenized["train"]
                    .select(order[-8:])
                    .select_columns([*course.tokenizer.model_input_names, "label"])[:]
                ),
                round(share, 3),
                course.tokenized,
            ),
            (
                course.tokenizer.pad(train[order[-8:]], return_tensors="np"),
                np.float32(share),
                course.tokenized,
            ),
        ],
        "wrong": {
            "longest_batch is None": (None, None, course.tokenized),
            "padding_share is None": (made, None, course.tokenized),
            "eight shortest": batch(order[:8]),
            "first eight pairs. Sort": batch(list(range(8))),
            "last eight rows": batch(list(range(len(lengths) - 8, len(lengths)))),
            "not 8": batch(order[-7:]),
            "share of real tokens": batch(order[-8:], lambda padding: 1 - padding.float().mean()),
            "number of padding tokens": batch(order[-8:], lambda padding: padding.sum()),
            "is a percentage": batch(order[-8:], lambda padding: 100 * padding.float().mean()),
            "A share lies between": with_share(-0.2),
            "rounded too much": with_share(round(share, 1)),
            "that of the first eight pairs": with_share(share_of(lengths[:8])),
            "padded to 512": batch(order[-8:], collate=wide),
            "is not 0.900": batch(order[-8:], lambda padding: 0.9),
            "not a batch yet": (train[order[-8:]], share, course.tokenized),
            "the collator itself": (collator, share, course.tokenized),
            "is a dataset": (course.train.select(order[-8:]), share, course.tokenized),
            "has no attention_mask": (without_mask, share, course.tokenized),
            "holds lists": (course.tokenizer.pad(train[order[-8:]]), share, course.tokenized),
            "padding is on the left": (other_side, share, course.tokenized),
            "not pairs of the training split": (collator(dict(foreign)), share, course.tokenized),
            "the longest rows have": batch(order[-16:-8]),
            "as if a length were a position": batch(sorted(lengths)[-8:]),
            "padding per real token": batch(
                order[-8:], lambda padding: (padding.sum() / (~padding).sum()).item()
            ),
        },
    }


def for_multiple_of_8(course):
    tokenizer = course.tokenizer
    # eight pairs of which the longest is no multiple of 8 long already
    lengths = course.lengths
    start = next(i for i in range(0, len(lengths), 8) if max(lengths[i : i + 8]) % 8)
    samples = course.tokenized["train"][start : start + 8]
    samples = {name: samples[name] for name in [*tokenizer.model_input_names, "label"]}
    inputs = {name: samples[name] for name in tokenizer.model_input_names}
    backwards = {name: values[::-1] for name, values in samples.items()}
    others = course.tokenized["train"][start + 8 : start + 16]
    of_8s = DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8)

    width = of_8s(inputs)["input_ids"].shape[1]
    by_hand = {
        name: [ids + [0] * (width - len(ids)) for ids in inputs[name]]
        for name in ("input_ids", "token_type_ids")
    }

    def widened(**last_columns):
        """A batch with one column more, of zeros unless `last_columns` names another value."""
        return {
            name: torch.nn.functional.pad(values, (0, 1), value=last_columns.get(name, 0))
            for name, values in of_8s(inputs).items()
        }

    def padded(**options):
        return DataCollatorWithPadding(tokenizer, **options)(samples), samples

    return {
        "dots": [(..., samples)],
        "right": [
            padded(pad_to_multiple_of=8),
            (tokenizer.pad(inputs, pad_to_multiple_of=8, return_tensors="pt"), samples),
            (tokenizer.pad(inputs, pad_to_multiple_of=8, return_tensors="np"), samples),
            (dict(of_8s(inputs)), samples),
        ],
        "wrong": {
            "its longest sample": padded(),
            "the next one after": padded(padding="max_length", max_length=512),
            "not a multiple of 8": padded(padding="max_length", max_length=125),
            "the collator itself": (of_8s, samples),
            "not a batch yet": (samples, samples),
            "should be a batch": (8, samples),
            "4 rows": (of_8s({name: values[:4] for name, values in samples.items()}), samples),
            "in another order": (of_8s(backwards), samples),
            "not those of `samples`": (of_8s({name: others[name] for name in samples}), samples),
            "padding is on the left": (on_the_left(of_8s(samples)), samples),
            "has no token_type_ids": (
                of_8s({n: v for n, v in inputs.items() if n != "token_type_ids"}),
                samples,
            ),
            "batch_of_8s is None": (None, samples),
            "some are missing": ({n: v[:, :8] for n, v in of_8s(inputs).items()}, samples),
            "give it `samples` as they are": (of_8s(by_hand), samples),
            "a 1 to the right of a 0": (widened(attention_mask=1), samples),
            f"input_ids is {width + 1} wide, token_type_ids {width}, attention_mask {width}": (
                dict(of_8s(inputs)) | {"input_ids": widened()["input_ids"]},
                samples,
            ),
            "also renames label to labels": (tokenizer.pad(samples, pad_to_multiple_of=8), samples),
            "still called label": (
                tokenizer.pad(samples, pad_to_multiple_of=8, return_tensors="pt"),
                samples,
            ),
        },
    }


def for_sorted_padding(course):
    lengths = course.lengths

    def tokens(order, size=8, pad_to=None):
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        return count_tokens(pad_batches(lengths, batches, pad_to))

    def padding(order, **options):
        real, computed = tokens(order, **options)
        return computed - real

    order = sorted(range(len(lengths)), key=lambda position: lengths[position])
    positions = list(range(len(lengths)))
    generator = torch.Generator().manual_seed(42)
    grouped = get_length_grouped_indices(lengths, 8, generator=generator)
    real, computed = tokens(order)
    return {
        "dots": [(..., lengths)],
        "right": [
            (padding(order), lengths),
            (padding(order[::-1]), lengths),
            (float(padding(order)), lengths),
            (torch.tensor(padding(order)), lengths),
            (np.int64(padding(order[::-1])), lengths),
        ],
        "wrong": {
            "is the ratio": (computed / real, lengths),
            "number of real tokens": (real, lengths),
            "number of computed tokens": (computed, lengths),
            "with a minus": (real - computed, lengths),
            "no padding at all": (0, lengths),
            "in the dataset's order": (padding(positions), lengths),
            "no pad_to": (padding(order, pad_to=max(lengths)), lengths),
            "as if these were positions": (padding(sorted(lengths)), lengths),
            "batches of 16": (padding(order, size=16), lengths),
            "drop_last": (padding(order[: len(order) - len(order) % 8]), lengths),
            "Is the whole split sorted": (padding(grouped), lengths),
            "less than sorting by length": (17, lengths),
            "is a string": (str(padding(order)), lengths),
            "one number": ([1.0, 1.0], lengths),
            "sorted_padding is None": (None, lengths),
            "makes a new one": (padding(order), sorted(lengths)),
        },
    }
