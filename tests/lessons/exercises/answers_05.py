"""Answers to the exercises of notebook 5, dynamic padding: with dots, right, and wrong by what the check says."""

import numpy as np
import torch
from transformers import DataCollatorWithPadding
from transformers.trainer_pt_utils import get_length_grouped_indices

from helpers.padding import count_tokens, pad_batches


def for_longest_batch(course):
    lengths, train, collator = course.lengths, course.train, course.collator
    order = sorted(range(len(lengths)), key=lambda position: lengths[position])

    def batch(positions, share=None, collate=collator):
        made = collate(train[positions])
        padding = made["attention_mask"].eq(0)
        value = padding.float().mean().item() if share is None else share(padding)
        return made, value, course.tokenized

    wide = DataCollatorWithPadding(course.tokenizer, padding="max_length", max_length=512)
    made, share, _ = batch(order[-8:])
    return {
        "dots": [(..., ..., course.tokenized), (made, ..., course.tokenized)],
        "right": [
            (made, share, course.tokenized),
            batch(order[::-1][:8]),
            (dict(made), torch.tensor(share), course.tokenized),
            (collator([train[p] for p in order[-8:]]), round(share, 2), course.tokenized),
        ],
        "wrong": {
            "eight shortest": batch(order[:8]),
            "first eight pairs": batch(list(range(8))),
            "last eight rows": batch(list(range(len(lengths) - 8, len(lengths)))),
            "not 8": batch(order[-7:]),
            "share of real tokens": batch(order[-8:], lambda padding: 1 - padding.float().mean()),
            "number of padded tokens": batch(order[-8:], lambda padding: padding.sum()),
            "percentage": batch(order[-8:], lambda padding: 100 * padding.float().mean() + 0.6),
            "padded to 512": batch(order[-8:], collate=wide),
            "is not 0.900": batch(order[-8:], lambda padding: 0.9),
            "not a batch yet": (train[order[-8:]], share, course.tokenized),
            "the collator itself": (collator, share, course.tokenized),
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

    def padded(**options):
        return DataCollatorWithPadding(tokenizer, **options)(samples), samples

    return {
        "dots": [(..., samples)],
        "right": [
            padded(pad_to_multiple_of=8),
            (
                tokenizer.pad(
                    {name: samples[name] for name in tokenizer.model_input_names},
                    pad_to_multiple_of=8,
                    return_tensors="pt",
                ),
                samples,
            ),
        ],
        "wrong": {
            "its longest sample": padded(),
            "the next one after": padded(padding="max_length", max_length=512),
            "not a multiple of 8": padded(padding="max_length", max_length=125),
            "the collator itself": (
                DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8),
                samples,
            ),
            "not a batch yet": (samples, samples),
            "should be a batch": (8, samples),
            "not those of `samples`": (
                course.collator({n: v[:4] for n, v in samples.items()}),
                samples,
            ),
        },
    }


def for_sorted_ratio(course):
    lengths = course.lengths

    def ratio(order, size=8, pad_to=None):
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        real, computed = count_tokens(pad_batches(lengths, batches, pad_to))
        return computed / real

    order = sorted(range(len(lengths)), key=lambda position: lengths[position])
    positions = list(range(len(lengths)))
    generator = torch.Generator().manual_seed(42)
    grouped = get_length_grouped_indices(lengths, 8, generator=generator)
    return {
        "dots": [(..., lengths)],
        "right": [
            (ratio(order), lengths),
            (ratio(order[::-1]), lengths),
            (np.float64(round(ratio(order), 3)), lengths),
        ],
        "wrong": {
            "the other way round": (1 / ratio(order), lengths),
            "in their own order": (ratio(positions), lengths),
            "no pad_to": (ratio(order, pad_to=max(lengths)), lengths),
            "as if these were positions": (ratio(sorted(lengths)), lengths),
            "another batch size": (ratio(order, 16), lengths),
            "rounded to two digits": (round(ratio(order), 2), lengths),
            "no padding at all": (1, list(range(1, 100))),
            "Is it the length-grouped order": (ratio(grouped), lengths),
            "just above 1": (2.5, lengths),
            "is a string": ("1.003", lengths),
            "one number": ([1.0, 1.0], lengths),
        },
    }
