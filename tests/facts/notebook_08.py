"""What must hold after the cells of notebook 8; helpers/commands/support/facts.py says how this file is read."""

# %% 08-loader-shapes
# the longest pairs come first
assert batch["input_ids"].shape[1] == max(lengths)

# %% 08-forward
assert abs(outputs.loss.item() - 0.693) < 0.1

# %% 08-loop
assert len(train_losses) == len(rates) == num_training_steps
assert sum(train_losses[-20:]) < sum(train_losses[:20])
assert rates[-1] == 0
assert rates.index(max(rates)) == 19

# %% 08-loop-plot
assert smooth.iloc[-1] < smooth.iloc[0]
assert len(smooth) == num_training_steps - 9

# %% 08-eval-run
majority = tokenized_datasets["validation"]["labels"][:].float().mean().item()
assert scores["accuracy"] > majority
# always answering equivalent has recall 1, and the share of equivalent pairs as its precision
assert scores["F1"] > 2 * majority / (majority + 1)

# %% 08-accelerate-fact
assert len(differences) == 5
assert max(differences) < 0.001

# %% 08-script-plot
# two processes are not twice as fast as one
assert pairs_per_second["2 processes, 1 thread each"] < 2 * pairs_per_second["1 process, 1 thread"]

# %% 08-same
# 6 steps each, and the same losses but for the last digits
one, two = curves["1 process"], curves["2 processes"]
assert one["step"].tolist() == two["step"].tolist() == [1, 2, 3, 4, 5, 6]
assert (one["loss"] - two["loss"]).abs().max() < 0.01
