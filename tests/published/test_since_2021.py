"""The table of what changed since 2021: every row is run, so that it cannot say what is not so.

The first column is run and has to fail with the error, or print the value, that the second column shows in code marks;
the third is run and has to work, and to print what it says where the second column shows a value.
"""

import re

import pytest
from datasets import ClassLabel, List, Sequence, Value, load_dataset
from huggingface_hub.utils import parse_hf_uri
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
)

from helpers.runs import PROJECT
from helpers.sources import SAMPLE, checkpoint_path

PAGE = PROJECT / "notebooks" / "since_2021.md"


def table_rows() -> list[tuple[str, str, str]]:
    """The rows of the table, the code marks still in them."""
    text = PAGE.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    return rows[2:]  # the header and the line under it aside


def code_in(cell: str) -> str:
    return re.search(r"(`+)(.+?)\1(?!`)", cell)[2].strip()


def on_the_hub(name, part):
    """The first thing that load_dataset does with a name, and the only one that needs no network: its address."""
    return parse_hf_uri(f"hf://datasets/{name}@main/{part}")


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What the code in the table refers to: the course's own names, with a tiny model."""
    runs = tmp_path_factory.mktemp("runs")
    tiny = BertConfig(
        hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4
    )
    return {
        "ClassLabel": ClassLabel,
        "List": List,
        "Sequence": Sequence,
        "Trainer": Trainer,
        "TrainingArguments": lambda **options: TrainingArguments(str(runs), **options),
        "Value": Value,
        "load_dataset": on_the_hub,
        "model": BertForSequenceClassification(tiny),
        "raw_datasets": load_dataset(str(SAMPLE), "mrpc"),
        "tokenizer": AutoTokenizer.from_pretrained(checkpoint_path()),
        "training_args": TrainingArguments(str(runs)),
    }


def run(code: str, names: dict):
    """The value of an expression; None for a statement, whose names are then known to the next code."""
    try:
        expression = compile(code, PAGE.name, "eval")
    except SyntaxError:
        exec(compile(code, PAGE.name, "exec"), names)
        return None
    return eval(expression, names)


def test_the_table_has_rows():
    assert len(table_rows()) >= 12


@pytest.mark.parametrize("row", table_rows(), ids=lambda row: code_in(row[0]))
def test_the_old_code_does_today_what_the_table_says_and_the_new_code_works(row, names):
    old, today, new = row
    result = code_in(today)
    names = dict(names)
    if today.startswith("prints"):
        assert repr(run(code_in(old), names)) == result != code_in(old)
        assert repr(run(code_in(new), names)) == result
    else:
        with pytest.raises(Exception) as error:
            run(code_in(old), names)
        assert f"{type(error.value).__name__}: {error.value}".startswith(
            result.removesuffix(" ...")
        )
        run(code_in(new), names)
