"""Notebooks 2 to 4 in one call, for the notebooks after them."""

from datasets import DatasetDict, load_dataset
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from helpers.sources import checkpoint_path, glue_path


def prepare_mrpc() -> tuple[DatasetDict, DatasetDict, PreTrainedTokenizerBase]:
    """(raw_datasets, tokenized_datasets, tokenizer): MRPC loaded, and tokenized in pairs without padding."""
    raw_datasets = load_dataset(glue_path(), "mrpc")
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())

    def tokenize_function(example):
        return tokenizer(example["sentence1"], example["sentence2"], truncation=True)

    tokenized_datasets = raw_datasets.map(tokenize_function, batched=True)
    return raw_datasets, tokenized_datasets, tokenizer
