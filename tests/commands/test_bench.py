"""make bench: what it measures, and that its recipes are what they say."""

import pytest

from helpers.padding import count_tokens, pad_batches
from helpers.prepare import prepare_mrpc
from helpers.speed import RECIPES, epoch_of, measure_training, peak_memory


@pytest.fixture(scope="module")
def prepared():
    return prepare_mrpc()


@pytest.fixture(scope="module")
def lengths(prepared):
    return [len(ids) for ids in prepared[1]["train"]["input_ids"]]


@pytest.mark.parametrize("name", RECIPES)
def test_an_epoch_has_every_pair_once(name, lengths):
    batches = epoch_of(RECIPES[name], lengths, seed=0)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert batches != epoch_of(RECIPES[name], lengths, seed=1)


def computed_per_real(name, lengths):
    batches = epoch_of(RECIPES[name], lengths, seed=0)
    real, computed = count_tokens(pad_batches(lengths, batches, RECIPES[name].pad_to))
    return computed / real


def test_our_recipe_computes_at_most_5_percent_more_tokens_than_there_are(lengths):
    assert computed_per_real("ours", lengths) <= 1.05
    assert computed_per_real("the course's", lengths) > 1.1
    assert computed_per_real("padded to 128", lengths) > 1.9


def test_a_measurement_gives_speed_and_what_it_means_for_an_epoch(prepared, lengths):
    _, tokenized_datasets, tokenizer = prepared
    measured = measure_training(RECIPES["ours"], tokenized_datasets["train"], tokenizer, pairs=64)
    seconds = sum(lengths) / measured["real tokens a second"]
    assert measured["seconds an epoch"] == pytest.approx(seconds)
    assert measured["computed per real token"] == computed_per_real("ours", lengths)
    assert 0.1 < peak_memory() < 16
