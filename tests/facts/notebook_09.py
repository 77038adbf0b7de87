"""What must hold after the cells of notebook 9; helpers/commands/support/facts.py says how this file is read."""


def curve(trainer, name):
    """The values of one name in a trainer's log, in the order of the steps."""
    return [entry[name] for entry in trainer.state.log_history if name in entry]


# %% 09-healthy
assert healthy.state.global_step == steps_per_epoch
assert len(curve(healthy, "eval_loss")) >= 4

# %% 09-healthy-plot
assert curve(healthy, "loss")[-1] < curve(healthy, "loss")[0]
assert min(curve(healthy, "eval_loss")) < curve(healthy, "eval_loss")[0]
assert curve(healthy, "eval_accuracy")[-1] > majority + 0.02

# %% 09-overfit
assert overfit.state.epoch == 8
assert curve(overfit, "loss")[-1] < 0.3

# %% 09-overfit-plot
# the validation loss turns and rises
assert curve(overfit, "eval_loss")[-1] > 1.05 * min(curve(overfit, "eval_loss"))

# %% 09-early
# with a patience of 1 it stops one evaluation after the best
assert stopped.state.global_step == stopped.state.best_global_step + 10

# %% 09-early-plot
assert stopped.state.global_step < overfit.state.global_step

# %% 09-early-kept
assert abs(kept - min(curve(stopped, "eval_loss"))) < 1e-3
assert kept < curve(overfit, "eval_loss")[-1]

# %% 09-underfit
assert underfit.state.global_step == 18

# %% 09-underfit-plot
# the losses stay high
assert min(curve(underfit, "loss")[-1], curve(underfit, "eval_loss")[-1]) > 0.55

# %% 09-collapse
assert collapse.state.global_step == 18

# %% 09-collapse-plot
assert abs(curve(collapse, "eval_accuracy")[-1] - majority) < 1e-9

# %% 09-collapse-answers
# the same answer to every pair: the majority class
assert (logits.argmax(axis=-1) == 1).all()
assert np.ptp(logits, axis=0).max() < 0.1

# %% 09-steps
# predictions in the rows' order: without an offset, the accuracy is that of the last evaluation
answers = logits.argmax(dim=-1).numpy()
assert abs((answers == labels).mean() - curve(healthy, "eval_accuracy")[-1]) < 0.02

# %% 09-steps-plot
# every change of a logit moves the loss; accuracy moves by whole pairs
assert len(set(accuracies)) < len(set(losses))
right_pairs = np.array(accuracies) * len(labels)
assert np.allclose(right_pairs, right_pairs.round())

# %% 09-seed
# another seed, another model
assert (answers["seed 42"] != answers["seed 7"]).any()
assert all((answer == labels).mean() > majority for answer in answers.values())

# %% 09-bootstrap
assert high - low > 0.05
assert low < right["seed 42"].mean() < high

# %% 09-difference
# better than the majority, beyond luck
assert interval(differences["seed 42 minus majority"])[0] > 0
# the interval of a difference is narrower than the difference of two single scores would be
width = np.ptp(interval(differences["seed 42 minus seed 7"]))
assert width < np.ptp(interval(right["seed 42"])) + np.ptp(interval(right["seed 7"]))
