"""What train.py trains on: MRPC, or a CSV file of yours; tokenized, with what the run says of it and remembers."""

import argparse
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from datasets import DatasetDict
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from helpers import own_data
from helpers.prepare import prepare_mrpc
from helpers.sources import checkpoint_path, use_mrpc


@dataclass
class TrainingData:
    """Tokenized splits (train, validation) with the column label, and their tokenizer.

    `recorded` is what a run remembers, so that it is resumed on the same data; `said` is printed when it starts. Of a CSV
    file, `raw_datasets` holds the texts, and `names` those of the labels; of MRPC, both are empty.
    """

    tokenized_datasets: DatasetDict
    tokenizer: PreTrainedTokenizerBase
    recorded: str
    said: list[str]
    unit: str = "pairs"
    raw_datasets: DatasetDict = field(default_factory=DatasetDict)
    names: list[str] = field(default_factory=list)

    @property
    def model_options(self) -> dict:
        """What from_pretrained needs to know of the labels."""
        return own_data.named(self.names) if self.names else {}

    @property
    def average(self) -> str:
        """Which F1 is scored: that of label 1 on MRPC, macro F1 on data of yours."""
        return "macro" if self.names else "binary"


def prepare_data(args: argparse.Namespace) -> TrainingData:
    """The data that the options `args` ask for. Raises CourseError if it cannot be used."""
    return csv_data(args) if args.csv else mrpc_data()


def mrpc_data() -> TrainingData:
    mrpc = use_mrpc()
    _, tokenized_datasets, tokenizer = prepare_mrpc()
    recorded = f"{mrpc.kind} {mrpc.fingerprint}"
    return TrainingData(
        tokenized_datasets, tokenizer, recorded, [f"MRPC: {mrpc.kind} ({mrpc.origin})"]
    )


def csv_data(args: argparse.Namespace) -> TrainingData:
    """The rows of the file args.csv, cleaned, and split with args.seed."""
    table, notes = own_data.read_table(
        args.csv, args.text, args.label, args.encoding, args.most_rows
    )
    fingerprint = hashlib.sha256(table.to_json(orient="split").encode()).hexdigest()[:16]
    raw_datasets = own_data.split_table(table, args.seed)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())

    def tokenize_function(example):
        texts = [example[name] for name in own_data.TEXTS if name in example]
        return tokenizer(*texts, truncation=True)

    rows = ", ".join(f"{count:,} {name}" for name, count in raw_datasets.num_rows.items())
    return TrainingData(
        tokenized_datasets=raw_datasets.map(tokenize_function, batched=True),
        tokenizer=tokenizer,
        recorded=f"{Path(args.csv).name} {fingerprint}",
        said=[*notes, f"Split with seed {args.seed}: {rows}"],
        unit="pairs" if len(args.text) == 2 else "texts",
        raw_datasets=raw_datasets,
        names=raw_datasets["train"].features["label"].names,
    )
