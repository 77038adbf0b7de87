"""The checks of notebook 5, dynamic padding."""

import math
from collections import Counter

import numpy as np
from datasets import Dataset
from transformers import DataCollatorWithPadding

from helpers.exercises.verdict import (
    a_batch,
    a_number,
    agrees,
    check,
    require,
    require_a_value,
    tell_apart,
)
from helpers.padding import count_tokens, pad_batches
from helpers.prepare import prepare_mrpc

SORTED_IN_PLACE = (
    "`lengths` is no longer in the dataset's order: `.sort()` changes the list itself; `sorted(lengths)` makes a new "
    "one, which needs a name of its own. Run the cell that makes `lengths` again."
)
INPUTS = ("input_ids", "token_type_ids", "attention_mask")


def mask_of(value, what: str) -> np.ndarray:
    """The attention mask of a batch of tensors or arrays whose rows are padded to one width, on the right."""
    require_a_value(value, what)
    require(
        not isinstance(value, DataCollatorWithPadding),
        f"{what} is the collator itself. Call it with the samples, and it returns a batch.",
    )
    require(
        not isinstance(value, Dataset),
        f"{what} is a dataset. Rows taken from it with [positions] are what the collator makes a batch of.",
    )
    batch = a_batch(value, what)
    lost = [name for name in INPUTS if name not in batch]
    require(
        not lost,
        f"{what} has no {' and no '.join(lost)}. The model needs {', '.join(INPUTS)}: keep all three.",
    )
    require(
        all(is_rectangle(batch[name]) for name in INPUTS),
        f"the rows in {what} are not equally long. These samples are not a batch yet: the collator makes one of them.",
    )
    old_name = "label" in batch
    require(
        all(hasattr(batch[name], "shape") for name in INPUTS),
        f'{what} holds lists, and the model takes tensors. With return_tensors="pt", the tokenizer\'s pad makes them, '
        "too; or let the collator make the batch."
        + (" It also renames label to labels, as the model expects." if old_name else ""),
    )
    require(
        not old_name,
        f"in {what}, the labels are still called label. The model expects the name labels, and without it returns no "
        "loss. The collator renames them; the tokenizer's pad does not.",
    )
    ids, types, kept = (batch[name].shape[1] for name in INPUTS)
    require(
        ids == types == kept,
        f"in {what}, input_ids is {ids} wide, token_type_ids {types}, attention_mask {kept}: all three need the same "
        "width.",
    )
    mask = np.asarray(batch["attention_mask"])
    on_the_right = (mask[:, 1:] <= mask[:, :-1]).all(axis=1)
    require(
        mask[~on_the_right, 0].all(),
        f"in {what}, padding is on the left. BERT expects it on the right.",
    )
    require(
        on_the_right.all(),
        f"in {what}, the attention mask calls some of the padding real: it has a 1 to the right of a 0. It must be 0 "
        "wherever there is padding.",
    )
    return mask


def is_rectangle(values) -> bool:
    try:
        return np.asarray(values).ndim == 2
    except ValueError:  # lists of different lengths
        return False


def rows_of(batch, mask: np.ndarray) -> list[tuple]:
    """The input_ids of each row, without padding."""
    ids = np.asarray(batch["input_ids"])
    return [tuple(row[kept].tolist()) for row, kept in zip(ids, mask.astype(bool), strict=True)]


@check(answers=2)
def check_longest_batch(longest_batch, padding_share, tokenized_datasets):
    """`longest_batch`: the batch of the eight longest training pairs; `padding_share`: its share of padding."""
    mask = mask_of(longest_batch, "longest_batch")
    every = [tuple(ids) for ids in tokenized_datasets["train"]["input_ids"]]
    lengths = [len(ids) for ids in every]
    wanted = sorted(lengths)[-8:]
    require(len(mask) == 8, f"the batch has {len(mask)} rows, not 8.")
    given = sorted(mask.sum(axis=1).tolist())
    rows = Counter(rows_of(longest_batch, mask))
    shortest, first, last = sorted(lengths)[:8], sorted(lengths[:8]), sorted(lengths[-8:])
    mistakes = {
        "these are not pairs of the training split. The batch is to be made of tokenized_datasets['train'].": not (
            set(rows) <= set(every)
        ),
        "these are the eight shortest pairs. sorted() begins with the smallest: take the last eight, "
        "or reverse=True.": shortest,
        "these are the first eight pairs. Sort positions by length, "
        f"then take the rows at these positions. If you did, {SORTED_IN_PLACE}": first,
        "these are the last eight rows of the split. Sort positions by length first. "
        f"If you did, {SORTED_IN_PLACE}": last,
        "you have taken the rows *at* the largest lengths, as if a length were a position. Sort "
        "range(len(lengths)) by length.": sorted(lengths[at] for at in wanted if at < len(lengths)),
    }
    otherwise = f"the longest rows have {wanted} tokens, and yours have {given}."
    tell_apart(given, wanted if set(rows) <= set(every) else False, mistakes, otherwise)
    require(
        rows <= Counter(every),
        "one pair is in the batch more often than in the training split. Take eight different pairs.",
    )
    require(
        mask.shape[1] == max(wanted),
        f"the rows are padded to {mask.shape[1]}, and the longest has {max(wanted)} tokens. The collator pads to the "
        "batch's longest.",
    )
    require_a_value(padding_share, "padding_share")
    share = a_number(padding_share, "padding_share")
    padding, real = float((mask == 0).sum()), float(mask.sum())
    right = padding / mask.size
    mistakes = {
        "padding_share is the number of padding tokens. Divide by all tokens of the batch.": padding,
        "padding_share is a percentage. As a share, it is a hundredth of that, "
        "between 0 and 1.": agrees(share, 100 * right, 0.51),
        f"padding_share is {share:g}. A share lies between 0 and 1.": not 0 <= share <= 1,
        "padding_share is the share of real tokens. The mask has 1 for a real token and 0 for padding.": any(
            agrees(share, round(1 - right, digits), 1e-4) for digits in (2, 3, 9)
        ),
        "padding_share is padding per real token. A share is a part of all tokens of the batch, "
        "padding included.": padding / real,
        "padding_share is rounded too much. Keep at least two decimal places.": share
        == round(right, 1),
        "padding_share is that of the first eight pairs. Compute it from longest_batch.": any(
            agrees(share, round(share_of(lengths[:8]), digits), 1e-4) for digits in (2, 3, 9)
        ),
    }
    otherwise = f"the batch is right; the share of zeros in its attention mask is not {share:.3f}."
    is_right = any(agrees(share, round(right, digits), 1e-4) for digits in (2, 3, 9))
    tell_apart(share, is_right, mistakes, otherwise)
    first_share = share_of(lengths[:8])
    compared = (
        "less than" if right < first_share else "more than" if right > first_share else "as much as"
    )
    return (
        f"the batch has the shape {tuple(mask.shape)}, and {right:.0%} of it is padding, {compared} the "
        f"{first_share:.0%} of the first eight pairs. What counts is not how long the pairs are, but how much their "
        f"lengths differ: here they lie between {min(wanted)} and {max(wanted)}."
    )


def share_of(lengths: list[int]) -> float:
    """The share of padding in a batch of pairs with these lengths."""
    return 1 - sum(lengths) / (len(lengths) * max(lengths))


@check
def check_multiple_of_8(batch_of_8s, samples):
    """`batch_of_8s`: the first eight samples, padded to the next multiple of 8."""
    mask = mask_of(batch_of_8s, "batch_of_8s")
    wanted_rows = [tuple(ids) for ids in samples["input_ids"]]
    given_rows = rows_of(batch_of_8s, mask)
    lengths = [len(ids) for ids in wanted_rows]
    longest, width = max(lengths), mask.shape[1]
    wanted = math.ceil(longest / 8) * 8
    mistakes = {
        f"the batch is {width} wide, and its longest sample has {longest} tokens: some are missing. The next multiple "
        "is the one above.": given_rows == [row[:width] for row in wanted_rows],
        "the attention mask calls some of the padding real. The collator's mask hides only the padding that the "
        "collator itself adds: give it `samples` as they are, and let it do the padding.": len(
            given_rows
        )
        == len(wanted_rows)
        and all(
            given[: len(row)] == row for given, row in zip(given_rows, wanted_rows, strict=True)
        ),
        "these are the samples in another order. Give the collator `samples` as they are.": sorted(
            given_rows
        )
        == sorted(wanted_rows),
        f"the batch has {len(given_rows)} rows, and there are {len(wanted_rows)} samples.": len(
            given_rows
        )
        != len(wanted_rows),
    }
    tell_apart(given_rows, wanted_rows, mistakes, "the rows are not those of `samples`.")
    mistakes = {
        f"the batch is {width} wide, as its longest sample. It needs a collator of its own, "
        "with pad_to_multiple_of=8.": longest,
        f"{width} is not a multiple of 8. The option takes the number itself: "
        "pad_to_multiple_of=8.": width % 8 > 0,
    }
    otherwise = (
        f"{width} is a multiple of 8, but {wanted} is the next one after {longest}. A fixed max_length, or a larger "
        "multiple, pads more than is needed."
    )
    tell_apart(width, wanted, mistakes, otherwise)
    if wanted == longest:
        return f"the longest sample has {longest} tokens, which is a multiple of 8 already, so nothing was added."
    before, after = share_of(lengths), 1 - sum(lengths) / mask.size
    return (
        f"{longest} columns become {width}, and the share of padding rises from {before:.0%} to {after:.0%}. That is "
        "the price for fewer different widths."
    )


def sorted_in_place(lengths: list[int]) -> bool:
    """Whether `lengths` is sorted, and the training split itself is not."""
    if lengths not in (sorted(lengths), sorted(lengths, reverse=True)):
        return False
    _, tokenized_datasets, _ = prepare_mrpc()
    return lengths != [len(ids) for ids in tokenized_datasets["train"]["input_ids"]]


@check
def check_sorted_padding(sorted_padding, lengths):
    """`sorted_padding`: the padding tokens in batches of 8 of the training split, sorted by length."""
    require_a_value(sorted_padding, "sorted_padding")
    given = a_number(sorted_padding, "sorted_padding")
    require(not sorted_in_place(lengths), SORTED_IN_PLACE)

    def tokens(order, pad_to=None, size=8) -> tuple[int, int]:
        """(real, computed)"""
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        return count_tokens(pad_batches(lengths, batches, pad_to))

    def padding(order, **options) -> float:
        real, computed = tokens(order, **options)
        return float(computed - real)

    positions = list(range(len(lengths)))
    order = sorted(positions, key=lambda position: lengths[position])
    full = len(order) - len(order) % 8
    as_positions = [length for length in sorted(lengths) if length < len(lengths)] or order
    wanted = [padding(order), padding(order[::-1])]
    sizes = {size: padding(order, size=size) for size in (4, 16, 32, 64)}
    real, computed = tokens(order)
    mistakes = {
        "this is the ratio of computed tokens to real ones. Here their difference is asked for.": any(
            agrees(given, tokens(each)[1] / real, 0.006) for each in (order, order[::-1])
        ),
        "this is the number of real tokens. Padding is what comes on top of them.": float(real),
        "this is the number of computed tokens. Subtract the real ones.": any(
            given == tokens(each)[1] for each in (order, order[::-1])
        ),
        "this is the right number with a minus: subtract the real tokens from the computed ones, "
        "not the other way around.": any(given == -value for value in wanted),
        "no padding at all would mean that all pairs of every batch are equally long, and some differ.": 0.0,
        "this is the padding of batches in the dataset's order. "
        "Sort the positions by length first.": padding(positions),
        "this is what padding to the dataset's longest pair costs. Let every batch have its own longest: "
        "no pad_to.": padding(order, pad_to=max(lengths)),
        "this is the padding of batches made of sorted lengths, as if these were positions. Sort "
        "range(len(lengths)), with the length as the key.": padding(as_positions),
        "the last batch, which is not full, is missing: drop_last=False keeps it.": any(
            given == padding(each[:full]) for each in (order, order[::-1])
        ),
        **{
            f"this is the padding of batches of {size}. Batches of 8 are asked for.": value
            for size, value in sizes.items()
        },
        "this counts the last batch as a full one. It has fewer than 8 rows: "
        "multiply its width by its own number of rows.": any(
            given == value + (-len(each) % 8) * max(lengths[at] for at in each[full:])
            for value, each in zip(wanted, (order, order[::-1]), strict=True)
            if each[full:]
        ),
        f"{given:g} is a share, or a mean. The number of padding tokens of the whole split is asked for.": (
            given != int(given)
        ),
        f"{given:g} is less than sorting by length can reach in batches of 8. Are all batches of the epoch "
        "counted?": given < min(wanted),
    }
    otherwise = (
        f"{given:,.0f} is not it. Is the whole split sorted by length before it is cut into batches of 8, "
        "and each batch padded to its own longest pair?"
    )
    tell_apart(given, any(given == value for value in wanted), mistakes, otherwise)
    return (
        f"{given:,.0f} tokens of padding beside {real:,} real ones; in the dataset's order, the batches would "
        f"have {padding(positions):,.0f}. What you lose is randomness: every epoch would have the same batches, "
        "in the same order, from one end of the lengths to the other. Grouping by length shuffles first, at the price "
        "of some more padding."
    )
