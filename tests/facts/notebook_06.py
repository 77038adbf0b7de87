"""What must hold after the cells of notebook 6; helpers/commands/support/facts.py says how this file is read."""

# %% 06-words-score
assert results["common words"]["accuracy"] > results["majority"]["accuracy"]

# %% 06-embeddings-score
assert results["embeddings"]["accuracy"] > results["majority"]["accuracy"]

# %% 06-before
# the classifier is random: its loss is near ln 2, whatever its accuracy
untrained = trainer.state.log_history[-1]
assert abs(untrained["eval_loss"] - np.log(2)) < 0.1
assert 0 <= untrained["eval_accuracy"] <= 1

# %% 06-train
assert trainer.state.global_step == 3 * steps_per_epoch
# the learning rate falls in a straight line from 1e-4 to 0
rates = {
    entry["step"]: entry["learning_rate"]
    for entry in trainer.state.log_history
    if "learning_rate" in entry
}
steps = trainer.state.max_steps
assert all(abs(rate - 1e-4 * (1 - step / steps)) < 1.5e-4 / steps for step, rate in rates.items())

# %% 06-curves
first, last = train_log["loss"].iloc[:5].mean(), train_log["loss"].iloc[-5:].mean()
assert last < first
assert eval_log["epoch"].tolist() == [1, 2, 3]
# the training loss falls further
assert last < eval_log["eval_loss"].iloc[-1]

# %% 06-predict
# in the rows' order: in another one, these would not be the scores of the last evaluation
assert logits.shape == (len(labels), 2)
evaluated = eval_log["eval_accuracy"].iloc[-1]
assert abs((logits.argmax(axis=-1) == labels).mean() - evaluated) < 0.01

# %% 06-table
for metric in ("accuracy", "F1"):
    assert results["fine-tuned"][metric] > results["majority"][metric]
    assert results["fine-tuned"][metric] > results["common words"][metric]
    assert results["fine-tuned"][metric] > results["embeddings"][metric] + 0.02
if mrpc_kind == "bundled sample":
    assert results["fine-tuned"]["accuracy"] > results["embeddings"]["accuracy"] + 0.08

# %% 06-confusion
# different sentences are more often called the same than the same ones different
assert counts.sum() == len(labels)
assert counts[0, 1] > counts[1, 0]

# %% 06-worst
worst = losses.argsort(descending=True)[:5].numpy()
assert (predictions[worst] != labels[worst]).all()
assert (losses[worst] > np.log(2)).all()

# %% 06-test
assert test.metrics["test_accuracy"] > np.mean(tokenized_datasets["test"]["label"])

# %% 06-speed-run
first, *_, last = speeds.values()
assert last > first
