"""What notebooks 6 and 7 say of Trainer and no cell shows: a trap, resuming, a missing eval_dataset, the order of evaluation."""

import shutil

import pytest
import torch
from datasets import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
    set_seed,
)

from helpers.speed import NO_DROPOUT
from tests.support.tiny_bert import save_tiny_bert


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def make_trainer(tiny, tmp_path):
    """A function that makes a Trainer of a fresh tiny model on 64 texts of different lengths."""
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    texts = ["the bank " + "cut its rates " * (number % 7) for number in range(64)]
    data = Dataset.from_dict({**tokenizer(texts), "label": [number % 2 for number in range(64)]})

    def make(model_options=NO_DROPOUT, accepts=None, **options):
        set_seed(0)
        model = AutoModelForSequenceClassification.from_pretrained(tiny, **model_options)
        if accepts is not None:
            model.accepts_loss_kwargs = accepts
        options = {"save_strategy": "no", "logging_steps": 1, "report_to": "none"} | options
        return Trainer(
            model,
            TrainingArguments(tmp_path / "runs", **options),
            train_dataset=data,
            data_collator=DataCollatorWithPadding(tokenizer),
            processing_class=tokenizer,
        )

    return make


def first_step(trainer) -> tuple[float, float]:
    """The loss and the length of the gradient that are logged for the first step."""
    trainer.train()
    entry = trainer.state.log_history[0]
    return entry["loss"], entry["grad_norm"]


def test_accumulation_doubles_the_loss_of_a_bert_unless_the_model_says_that_it_takes_no_loss_options(
    make_trainer,
):
    options = {"max_steps": 1, "train_sampling_strategy": "sequential"}
    halves = options | {"per_device_train_batch_size": 8, "gradient_accumulation_steps": 2}
    whole = first_step(make_trainer(per_device_train_batch_size=16, **options))
    trap = first_step(make_trainer(**halves))
    remedy = first_step(make_trainer(accepts=False, **halves))
    assert trap == pytest.approx([2 * value for value in whole], rel=1e-4)
    assert remedy == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize(("checkpoint", "same"), [(5, True), (8, True), (10, False)])
def test_resuming_gives_the_same_model_but_for_checkpoints_within_a_later_epoch(
    make_trainer, tmp_path, checkpoint, same
):
    """With dropout, in batches grouped by length, 8 steps per epoch."""
    options = {
        "model_options": {},
        "per_device_train_batch_size": 8,
        "num_train_epochs": 2,
        "warmup_steps": 0.1,
        "train_sampling_strategy": "group_by_length",
        "save_strategy": "steps",
        "save_steps": 1,
    }
    whole = make_trainer(**options)
    whole.train()
    for folder in (tmp_path / "runs").glob("checkpoint-*"):
        if folder.name != f"checkpoint-{checkpoint}":
            shutil.rmtree(folder)
    resumed = make_trainer(**options)
    resumed.train(resume_from_checkpoint=True)
    assert resumed.state.global_step == whole.state.global_step == 16
    both = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in both) == same


def test_without_an_eval_dataset_a_trainer_that_is_to_evaluate_is_not_even_made(make_trainer):
    with pytest.raises(ValueError, match="eval_dataset"):
        make_trainer(eval_strategy="steps", eval_steps=1 / 6)


def test_grouped_by_length_predictions_come_in_another_order_but_with_their_labels(make_trainer):
    trainers = [
        make_trainer(train_sampling_strategy=name) for name in ("random", "group_by_length")
    ]
    kept, grouped = (trainer.predict(trainer.train_dataset) for trainer in trainers)
    assert kept.label_ids.tolist() == trainers[0].train_dataset["label"][:]
    assert grouped.label_ids.tolist() != kept.label_ids.tolist()

    def pairs(output):
        rows = zip(output.predictions.round(4).tolist(), output.label_ids.tolist(), strict=True)
        return sorted(map(str, rows))

    assert pairs(kept) == pairs(grouped)
