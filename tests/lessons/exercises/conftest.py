"""What the tests of the checks share."""

from types import SimpleNamespace

import pytest
from transformers import DataCollatorWithPadding

from helpers.exercises.notebook_01 import tiny_model
from helpers.prepare import prepare_mrpc


@pytest.fixture(scope="session")
def course():
    """What the notebooks have at hand when their exercises come."""
    raw, tokenized, tokenizer = prepare_mrpc()
    train = tokenized["train"].select_columns(tokenizer.model_input_names)
    return SimpleNamespace(
        raw=raw,
        tokenized=tokenized,
        tokenizer=tokenizer,
        train=train,
        lengths=[len(ids) for ids in train["input_ids"]],
        collator=DataCollatorWithPadding(tokenizer),
        batch=tokenizer(["I've been waiting.", "Good!"], padding=True, return_tensors="pt"),
        model=tiny_model(),
    )


@pytest.fixture
def said(capsys):
    """A function that calls a check with the arguments given and returns what it prints."""

    def said(check, *arguments) -> str:
        capsys.readouterr()
        assert check(*arguments) is None
        return capsys.readouterr().out.strip()

    return said
