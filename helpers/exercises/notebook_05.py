"""The checks of notebook 5, dynamic padding."""

import math

import torch
from transformers import DataCollatorWithPadding

from helpers.exercises.verdict import a_batch, a_number, agrees, check, require, tell_apart
from helpers.padding import count_tokens, pad_batches


def mask_of(value, what: str) -> torch.Tensor:
    """The attention mask of a batch."""
    require(
        not isinstance(value, DataCollatorWithPadding),
        f"{what} is the collator itself. Call it with the samples, and it returns a batch.",
    )
    mask = a_batch(value, what).get("attention_mask")
    require(
        isinstance(mask, torch.Tensor),
        f"{what} has no tensor attention_mask. The samples are not a batch yet: the collator makes one of them.",
    )
    return mask


@check
def check_longest_batch(longest_batch, padding_share, tokenized_datasets):
    """`longest_batch`: the batch of the eight longest training pairs; `padding_share`: its share of padding."""
    mask = mask_of(longest_batch, "longest_batch")
    lengths = [len(ids) for ids in tokenized_datasets["train"]["input_ids"]]
    wanted = sorted(lengths)[-8:]
    require(len(mask) == 8, f"the batch has {len(mask)} rows, not 8.")
    given = sorted(mask.sum(dim=1).tolist())
    shortest, first, last = sorted(lengths)[:8], sorted(lengths[:8]), sorted(lengths[-8:])
    mistakes = {
        "these are the eight shortest pairs. sorted() begins with the smallest: take the last eight, "
        "or reverse=True.": shortest,
        "these are the first eight pairs. Sort positions by length, "
        "then take the rows at these positions.": first,
        "these are the last eight rows of the split. Sort positions by length first.": last,
        "you have taken the rows *at* the largest lengths, as if a length were a position. Sort "
        "range(len(lengths)) by length.": sorted(lengths[at] for at in wanted if at < len(lengths)),
    }
    otherwise = f"the longest rows have {wanted} tokens, and yours have {given}."
    tell_apart(given, wanted, mistakes, otherwise)
    require(
        mask.shape[1] == max(wanted),
        f"the rows are padded to {mask.shape[1]}, and the longest has {max(wanted)} tokens. The collator pads to the "
        "batch's longest.",
    )
    share = a_number(padding_share, "padding_share")
    padding, real = float(mask.eq(0).sum()), float(mask.sum())
    right = padding / mask.numel()
    mistakes = {
        "padding_share is the number of padded tokens. Divide by all tokens of the batch.": padding,
        f"padding_share is {share:g}. A share lies between 0 and 1; a percentage is a hundred times "
        "as large.": share > 1,
        "this is the share of real tokens. The mask has 1 for text and 0 for padding.": 1 - right,
        "this is padding per real token. A share has all tokens of the batch under it, "
        "padding included.": padding / real,
    }
    otherwise = f"the batch is right; the share of zeros in its attention mask is not {share:.3f}."
    is_right = any(agrees(share, round(right, digits), 1e-4) for digits in (2, 3, 9))
    tell_apart(share, is_right, mistakes, otherwise)
    return (
        f"the shape is {tuple(mask.shape)}, and {right:.0%} is padding. The longest pairs are of similar length, so "
        "they fit well together; that is what length-grouping makes use of."
    )


@check
def check_multiple_of_8(batch_of_8s, samples):
    """`batch_of_8s`: the first eight samples, padded to the next multiple of 8."""
    mask = mask_of(batch_of_8s, "batch_of_8s")
    lengths = [len(ids) for ids in samples["input_ids"]]
    longest, width = max(lengths), mask.shape[1]
    wanted = math.ceil(longest / 8) * 8
    require(
        mask.sum(dim=1).tolist() == lengths,
        "the rows are not those of `samples`, with their attention mask.",
    )
    mistakes = {
        f"the batch is {width} wide, its longest sample. It needs a collator of its own, "
        "with pad_to_multiple_of=8.": longest,
        f"{width} is not a multiple of 8. The option takes the number itself: "
        "pad_to_multiple_of=8.": width % 8 > 0,
    }
    otherwise = (
        f"{width} is a multiple of 8, but {wanted} is the next one after {longest}. A fixed max_length, or a larger "
        "multiple, pads more than is needed."
    )
    tell_apart(width, wanted, mistakes, otherwise)
    return (
        f"{longest} becomes {width}. On the CPU that is only work for nothing; a GPU's matrix units take numbers in "
        "blocks of 8, and a compiled model meets fewer different widths."
    )


@check
def check_sorted_ratio(sorted_ratio, lengths):
    """`sorted_ratio`: computed tokens per real token, in batches of 8 of the training split sorted by length."""
    given = a_number(sorted_ratio, "sorted_ratio")

    def ratio(order, pad_to=None):
        batches = [order[start : start + 8] for start in range(0, len(order), 8)]
        real, computed = count_tokens(pad_batches(lengths, batches, pad_to))
        return computed / real

    positions = list(range(len(lengths)))
    order = sorted(positions, key=lambda position: lengths[position])
    as_positions = [length for length in sorted(lengths) if length < len(lengths)] or order
    wanted = [ratio(order), ratio(order[::-1])]
    mistakes = {
        f"{given:.3f} is less than 1: real tokens per computed one. "
        "Divide the other way round.": given < 1,
        f"{given:g} is rounded to two digits, as computed_per_real rounds it. That is too little to see how small "
        "the difference is: compute it yourself, and keep three "
        "digits.": given == round(wanted[0], 2),
        "exactly 1 would mean no padding at all, and pairs of different length do meet in a batch.": 1,
        "this is the ratio of the rows in their own order. "
        "Sort the positions by length first.": ratio(positions),
        "this is the ratio of padding to the dataset's longest pair. Let every batch have its own longest: "
        "no pad_to.": ratio(order, pad_to=max(lengths)),
        "this is the ratio of batches made of sorted lengths, as if these were positions. Sort "
        "range(len(lengths)), with the length as the key.": ratio(as_positions),
        f"{given:.3f} is close, and not that of the whole split sorted into batches of 8. Is it the "
        "length-grouped order, or another batch size?": given <= 1.1,
    }
    otherwise = f"{given:.3f} is not it. Pairs in a sorted batch are about equally long: expect a number just above 1."
    tell_apart(given, any(agrees(given, value) for value in wanted), mistakes, otherwise)
    return (
        f"{wanted[0]:.4f}, as good as it gets. But every epoch would have the same batches in the same order, all "
        "short pairs first, and a model that learns from one kind of pair at a time forgets the others. Grouping "
        "keeps chance and costs next to nothing."
    )
