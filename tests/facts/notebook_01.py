"""What must hold after the cells of notebook 1; helpers/commands/support/facts.py says how this file is read."""

# %% 01-logits
# the new weights are small: each probability is about one half
assert (logits.softmax(dim=-1) - 0.5).abs().max() < 0.05

# %% 01-loss
import math

assert abs(loss.item() - math.log(2)) < 0.05

# %% 01-after
assert loss_after.item() < 0.75 * loss.item()

# %% 01-moved
# everything in the layers moved by the learning rate, the embeddings on average hardly
assert all(abs(distance[part] - 1e-3) < 2e-5 for part in ("layer 0", "layer 5", "classifier"))
assert distance["position embeddings"] < 1e-4
assert distance["word embeddings"] < 1e-5

# %% 01-moved-plot
# the part of the word embeddings that moved is that of the tokens in the batch
assert abs(distance["word embeddings"] - 1e-3 * 20 / 30522) < 1e-6

# %% 01-more
assert len(losses) == 11
assert losses[-1] < 0.01

# %% 01-more-plot
assert losses[1] == loss_after.item()
assert losses[2] < losses[1] < losses[0]
assert losses.index(min(losses)) > 5
