"""The figures that the post gives, on the full MRPC; skipped, with the reason, where it is out of reach."""

import pytest
from datasets import load_dataset
from transformers import AutoTokenizer, DataCollatorWithPadding

from helpers.sources import checkpoint_path


@pytest.fixture(scope="module")
def raw_datasets(mrpc):
    if mrpc.kind != "full":
        pytest.skip(f"the full MRPC is out of reach: {mrpc.origin}")
    return load_dataset(mrpc.path, "mrpc")


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(checkpoint_path())


@pytest.fixture(scope="module")
def samples(raw_datasets, tokenizer):
    def tokenize_function(example):
        return tokenizer(example["sentence1"], example["sentence2"], truncation=True)

    tokenized_datasets = raw_datasets.map(tokenize_function, batched=True)
    rows = tokenized_datasets["train"][:8]
    return {
        name: values
        for name, values in rows.items()
        if name not in ["idx", "sentence1", "sentence2"]
    }


def test_the_splits_have_the_sizes_of_the_post(raw_datasets):
    assert {split: rows.num_rows for split, rows in raw_datasets.items()} == {
        "train": 3668,
        "validation": 408,
        "test": 1725,
    }


def test_row_0_has_the_label_and_idx_of_the_post(raw_datasets):
    row = raw_datasets["train"][0]
    assert (row["label"], row["idx"]) == (1, 0)
    assert row["sentence1"].startswith("Amrozi accused his brother")


def test_the_features_are_those_of_the_post(raw_datasets):
    features = raw_datasets["train"].features
    assert sorted(features) == ["idx", "label", "sentence1", "sentence2"]
    assert features["label"].names == ["not_equivalent", "equivalent"]
    assert [features[name].dtype for name in ("sentence1", "sentence2", "idx")] == [
        "string",
        "string",
        "int32",
    ]


def test_the_first_eight_pairs_have_the_lengths_of_the_post(samples):
    assert [len(ids) for ids in samples["input_ids"]] == [50, 59, 47, 67, 59, 50, 62, 32]


def test_the_padded_batch_has_the_shapes_of_the_post(samples, tokenizer):
    batch = DataCollatorWithPadding(tokenizer=tokenizer)(samples)
    assert {name: tuple(values.shape) for name, values in batch.items()} == {
        "attention_mask": (8, 67),
        "input_ids": (8, 67),
        "token_type_ids": (8, 67),
        "labels": (8,),
    }
