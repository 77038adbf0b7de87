"""Counting real and padded tokens."""

import pytest

from helpers.padding import count_tokens, pad_batches

LENGTHS = [50, 59, 47, 67]


def test_a_batch_is_padded_to_its_own_longest_pair():
    assert pad_batches(LENGTHS, [[0, 1], [2, 3]]) == [([50, 59], 59), ([47, 67], 67)]


def test_pad_to_sets_the_same_length_for_every_batch():
    assert pad_batches(LENGTHS, [[0, 1], [2]], pad_to=128) == [([50, 59], 128), ([47], 128)]


def test_a_pair_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="a pair of 67 tokens does not fit into pad_to=64"):
        pad_batches(LENGTHS, [[0, 3]], pad_to=64)


def test_real_and_computed_tokens_are_counted_over_all_batches():
    assert count_tokens(pad_batches(LENGTHS, [[0, 1], [2, 3]])) == (
        50 + 59 + 47 + 67,
        2 * 59 + 2 * 67,
    )


def test_pairs_of_one_length_need_no_padding():
    real, computed = count_tokens(pad_batches([32, 32, 32], [[0, 1, 2]]))
    assert real == computed == 96
