"""What must hold after the cells of notebook 9; helpers/commands/support/facts.py says how this file is read."""

from pathlib import Path

# %% 09-constant
assert constant_loss < math.log(2)
# no other probability for all pairs has a lower loss
for share in (majority - 0.02, majority + 0.02):
    assert -(majority * np.log(share) + (1 - majority) * np.log(1 - share)) > constant_loss

# %% 09-healthy
table = curves_of(healthy)
assert healthy.state.global_step == 180
assert mrpc_kind != "full" or 180 * 16 == 2880 < len(tokenized_datasets["train"])
assert table["step"].tolist() == [30, 60, 90, 120, 150, 180]

# %% 09-healthy-plot
table = curves_of(healthy)
assert table["training loss"].iloc[-1] < table["training loss"].iloc[0]
assert table["validation loss"].iloc[-1] < table["validation loss"].iloc[0]
assert max(table["training loss"].iloc[-1], table["validation loss"].iloc[-1]) < constant_loss
assert table["accuracy"].iloc[-1] > majority + 0.02
# close together, for the whole training
assert (table["training loss"] - table["validation loss"]).abs().max() < 0.2
# the losses have fallen before accuracy has risen by half of what it gains
half = majority + (table["accuracy"].iloc[-1] - majority) / 2
assert table["validation loss"][table["accuracy"] < half].min() < math.log(2)

# %% 09-erratic
# single losses jump by more from step to step than their mean falls in all
mean = steps["loss"].rolling(30).mean().dropna()
assert steps["loss"].diff().abs().mean() > mean.diff().abs().mean() * 5
assert len(steps) == 180

# %% 09-underfit
table = curves_of(underfit)
assert table["step"].tolist() == curves_of(healthy)["step"].tolist()
moved = [p for p in underfit.model.parameters() if p.requires_grad]
assert sum(p.numel() for p in moved) == 2 * underfit.model.config.hidden_size + 2
# one thing changed
same = ("learning_rate", "max_steps", "seed", "per_device_train_batch_size", "warmup_steps")
assert all(getattr(underfit.args, name) == getattr(healthy.args, name) for name in same)

# %% 09-underfit-plot
table = curves_of(underfit)
assert (table["training loss"].iloc[-3:] - table["validation loss"].iloc[-3:]).abs().max() < 0.1
# neither gets clearly below one answer to all, and both are above ln 2 at most a little
assert table[["training loss", "validation loss"]].min().min() > constant_loss - 0.03
assert table["validation loss"].max() < math.log(2) + 0.03

# %% 09-longer
# validation hardly gets below one answer to all, and the healthy one's does; its training loss was lower, too
assert abs(validation_loss.item() - constant_loss) < 0.04
assert validation_loss.item() > curves_of(healthy)["validation loss"].iloc[-1] + 0.02
assert loss.item() > curves_of(healthy)["training loss"].iloc[-1]

# %% 09-collapse
assert collapse.args.learning_rate == 20 * healthy.args.learning_rate
assert collapse.args.max_steps == healthy.args.max_steps
assert collapse.args.seed == healthy.args.seed

# %% 09-collapse-plot
table = curves_of(collapse)
assert abs(table["accuracy"].iloc[-1] - majority) < 1e-9
assert abs(table["training loss"].iloc[-1] - constant_loss) < 0.1
assert abs(table["validation loss"].iloc[-1] - constant_loss) < 0.1

# %% 09-apart
spreads = {name: curves_of(trainer)["spread"].iloc[-1] for name, trainer in controls.items()}
assert spreads["collapse"] < 1e-3
assert spreads["underfitting"] > 10 * spreads["collapse"]
assert spreads["healthy"] > 3 * spreads["underfitting"]

# %% 09-overfit
assert overfit.state.epoch == 16
assert len(curves_of(overfit)) == 8

# %% 09-overfit-plot
table = curves_of(overfit)
assert table["training loss"].iloc[-1] < 0.15
assert table["validation loss"].iloc[-1] > 1.05 * table["validation loss"].min()
# accuracy never gets clearly above the majority's; the loss ends far above one answer to all
assert table["accuracy"].max() < majority + 0.05
assert table["validation loss"].iloc[-1] > constant_loss + 0.05
assert table["spread"].iloc[-1] > 5 * curves_of(underfit)["spread"].iloc[-1]

# %% 09-early
assert stopped.state.global_step == stopped.state.best_global_step + 12
# a checkpoint without the state of the optimizer; the best and the latest are kept
folders = list(Path(stopped.args.output_dir).glob("checkpoint-*"))
assert 1 <= len(folders) <= 2
assert not any((folder / "optimizer.pt").exists() for folder in folders)

# %% 09-early-stopped
assert stopped.state.global_step < overfit.state.global_step
best = min(curves_of(stopped)["validation loss"])
assert abs(kept["test_loss"] - best) < 1e-3
assert kept["test_loss"] < curves_of(overfit)["validation loss"].iloc[-1]
# up to there, it is the same training
both = curves_of(overfit)["training loss"][: len(curves_of(stopped))]
assert np.allclose(both, curves_of(stopped)["training loss"])

# %% 09-choose
assert set(table["step"]) == set(range(6, 49, 6))

# %% 09-steps
# without an offset, the accuracy is that of the last evaluation, and the labels are those of the rows, in another order
answers = logits.argmax(dim=-1)
assert abs((answers == of_pairs).double().mean() - curves_of(healthy)["accuracy"].iloc[-1]) < 1e-9
assert sorted(of_pairs.tolist()) == sorted(labels.tolist())
assert of_pairs.tolist() != labels.tolist()

# %% 09-steps-plot
# every change of a logit moves the loss; accuracy moves by whole pairs
assert len(set(accuracies)) < len(set(losses))
right_pairs = np.array(accuracies) * len(labels)
assert np.allclose(right_pairs, right_pairs.round())

# %% 09-seeds
assert [trainer.args.seed for trainer in runs.values()] == [42, 7, 8]
assert all(trainer.state.global_step == 180 for trainer in runs.values())

# %% 09-right
# the same pairs in the same order, other answers
orders = [trainer.predict(tokenized_datasets["validation"]).label_ids for trainer in runs.values()]
assert all((order == orders[0]).all() for order in orders)
assert len({tuple(values) for values in right.values()}) == 3
assert all(values.mean() > majority - 0.02 for values in right.values())
if mrpc_kind == "full":
    means = [values.mean() for values in right.values()]
    assert max(means) - min(means) > 0.02

# %% 09-bootstrap
assert 0.05 < high - low < 0.11
assert low < p < high
assert abs(scores.std() - math.sqrt(p * (1 - p) / n)) < 0.002
assert abs((high - low) / 4 - scores.std()) < 0.003

# %% 09-difference
widths = {name: np.ptp(np.quantile(values, [0.025, 0.975])) for name, values in differences.items()}
alone = np.ptp(np.quantile(bootstrap(one), [0.025, 0.975]))
assert 1.25 * alone < widths["on different pairs"] < 1.6 * alone
assert widths["on the same pairs"] < widths["on different pairs"]
# on the same pairs, only those count that one of the two gets right and the other wrong
disagree = one != other
assert abs((one - other)[disagree].sum() / len(one) - (one - other).mean()) < 1e-12
