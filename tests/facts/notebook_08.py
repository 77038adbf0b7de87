"""What must hold after the cells of notebook 8; helpers/commands/support/facts.py says how this file is read."""

import inspect

# %% 08-model
assert new_model().num_labels == 2
assert not new_model().training

# %% 08-trainer
assert trainer.state.global_step == len(trainer_log) == 12
assert trainer.args.eval_strategy == "no"
assert trainer.args.bf16 is False and trainer.args.device.type == "cpu"
# it makes the same model every time
assert all(
    (one == other).all()
    for one, other in zip(new_model().parameters(), new_model().parameters(), strict=True)
)

# %% 08-rates
# two steps of warm-up, from 0, then a straight line to 0, which would be reached in step 13
assert rates[0] == 0 and rates.index(max(rates)) == 2
assert abs(max(rates) - 1e-3) < 1e-9 and abs(rates[-1] - 1e-4) < 1e-9

# %% 08-columns
taken = inspect.signature(trainer.model.forward).parameters
assert [name for name in tokenized_datasets["train"].column_names if name in taken] == [
    "input_ids",
    "token_type_ids",
    "attention_mask",
]
assert "labels" in taken
# Trainer keeps the same columns as you
kept = trainer._remove_unused_columns(tokenized_datasets["train"]).column_names
assert sorted(kept) == ["attention_mask", "input_ids", "label", "token_type_ids"]

# %% 08-batch
assert set(batch) == {"input_ids", "token_type_ids", "attention_mask", "labels"}
assert all(isinstance(values, torch.Tensor) for values in batch.values())
assert isinstance(train_dataset[0]["input_ids"], list) and isinstance(
    train_dataset[0]["label"], int
)
# without the collator's renaming there is no loss, and no error
unnamed = {name: values for name, values in batch.items() if name != "labels"}
with torch.no_grad():
    assert trainer.model(**unnamed).loss is None

# %% 08-loader
assert len(new_dataloader()) == math.ceil(len(train_dataset) / 8)

# %% 08-first
assert (
    optimizer.defaults["weight_decay"]
    == inspect.signature(torch.optim.AdamW).parameters["weight_decay"].default
)
# the widest batch comes first
assert len(losses) == 12

# %% 08-first-plot
assert differences[:2] == [0.0, 0.0]
assert max(differences[2:]) > 1e-7

# %% 08-norms
assert any(norm > 1 for norm in norms)
assert not all(norm > 1 for norm in norms)

# %% 08-attempts
# each change alone is not enough, and clipping matters far more
assert attempts["clipping"]["in a weight"] > 0
assert attempts["no weight decay"]["in a weight"] > 0
assert attempts["clipping"]["in a loss"] < 0.5 * attempts["no weight decay"]["in a loss"]
assert sum(rates) * 0.01 < 1e-4

# %% 08-zero
assert attempts["both"] == {"in a loss": 0.0, "in a weight": 0.0}

# %% 08-epoch
assert len(epoch_losses) == num_training_steps == math.ceil(len(train_dataset) / 16)
assert lr_scheduler.get_last_lr() == [0.0]

# %% 08-epoch-plot
mean = smooth.dropna()
assert mean.iloc[-1] < mean.iloc[0]
assert len(mean) == len(epoch_losses) - 19
# single losses jump: from step to step more than their mean moves in all
steps_apart = pd.Series(epoch_losses).diff().abs()
assert steps_apart.mean() > mean.diff().abs().mean()

# %% 08-eval-run
majority = sum(eval_dataset["label"][:]) / len(eval_dataset)
assert scores["accuracy"] > majority
assert not model.training
assert len(eval_dataset) % 16 != 0

# %% 08-autocast
assert outputs.logits.dtype == torch.bfloat16
assert outputs.loss.dtype == next(model.parameters()).dtype == torch.float32

# %% 08-accumulate
assert (number, steps) == (8, 4)

# %% 08-accelerate
assert accelerator.num_processes == 1 and accelerator.device.type == "cpu"

# %% 08-accelerate-zero
assert compare(accelerator.unwrap_model(model), losses) == {"in a loss": 0.0, "in a weight": 0.0}
assert lr_scheduler.get_last_lr() == [0.0]

# %% 08-two
assert sum(parameter.numel() for parameter in model.parameters()) * 4 < 92e6

# %% 08-same
# 12 steps each, the same losses but for the last digits, and the same plan of the learning rate
assert one["step"].tolist() == two["step"].tolist() == list(range(1, 13))
assert (one["loss"] - two["loss"]).abs().max() < 5e-4
assert one["learning_rate"].tolist() == two["learning_rate"].tolist()
