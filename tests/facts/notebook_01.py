"""What must hold after the cells of notebook 1; helpers/commands/support/facts.py says how this file is read."""

# %% 01-load
# BERT's architecture with 6 layers and vectors of 384 numbers; only the classifier is new
assert model.config.model_type == "bert"
assert (model.config.num_hidden_layers, model.config.hidden_size) == (6, 384)
assert not model.training
import os

if "COURSE_CHECKPOINT" not in os.environ:
    # the pooler of the packaged MiniLM was never trained: its bias still has the value that it began with
    assert model.bert.pooler.dense.bias.count_nonzero() == 0

# %% 01-count
assert new == 2 * 384 + 2
assert total - new > 22e6
assert round(total / 1e6) == 23

# %% 01-batch
# one sentence per text, and nothing cut off
assert batch["token_type_ids"].sum() == 0
assert len(tokenizer(sequences[0])["input_ids"]) == 16

assert tokenizer.model_max_length == model.config.max_position_embeddings == 512

# %% 01-tokens
assert "huggingface" not in tokenizer.get_vocab()
assert len(tokenizer.get_vocab()) == 30522

# %% 01-logits
# the new weights are small, and so is what the pooler hands to them: each logit is near 0
assert model.classifier.weight.std() < 0.03
with torch.no_grad():
    pooled = model.bert(batch["input_ids"], batch["attention_mask"]).pooler_output
assert pooled.abs().mean() < 0.1
assert logits.abs().max() < 0.1

# %% 01-softmax
assert logits.shape == (2, 2)
assert (logits.softmax(dim=-1) - 0.5).abs().max() < 0.05
shares = torch.tensor([2.0, 0.0]).softmax(dim=-1).tolist()
assert [round(share, 2) for share in shares] == [0.88, 0.12]

# %% 01-by-hand
assert (-logits.softmax(dim=-1)[:, 1].log() - 0.693).abs().max() < 0.05

# %% 01-loss
import math

assert abs(loss.item() - math.log(2)) < 0.05
# the loss is the average of what was computed by hand
assert abs(loss.item() + logits.softmax(dim=-1)[:, 1].log().mean().item()) < 1e-5

# %% 01-step
# AdamW's own learning rate and weight decay
assert optimizer.defaults["lr"] == 1e-3
assert optimizer.defaults["weight_decay"] == 0.01

# %% 01-after
# evaluation mode: the same batch gives the same loss
assert not model.training
# "by about 40%", and the two numbers of the text
assert 0.35 < 1 - loss_after.item() / loss.item() < 0.45
assert abs(loss.item() - 0.702) < 0.002
assert abs(loss_after.item() - 0.420) < 0.01

# %% 01-moved
# what has a gradient of almost zero hardly moves: a key's bias cannot change what a layer computes
assert all(moved[name].mean() < 1e-5 for name in moved if name.endswith("key.bias"))

# %% 01-distance
# all but the embeddings moved by the learning rate, to within 1 %
assert all(
    abs(distance[part] - 1e-3) < 1e-5 for part in ("layer 0", "layer 5", "pooler", "classifier")
)
assert distance["word embeddings"] < 1e-5

# %% 01-rows
assert (len(used), int(unused.sum())) == (20, 30502)
assert tokenizer.pad_token_id not in used
assert model.bert.embeddings.word_embeddings.padding_idx == tokenizer.pad_token_id
assert len(batch["input_ids"].unique()) == 21
assert abs(rows[used].mean() - 1e-3) < 1e-5
# weight decay alone moved the others, by 1/100,000 of their size
old_rows = before["bert.embeddings.word_embeddings.weight"].abs().mean(dim=1)
assert (rows[unused] / old_rows[unused] - 1e-5).abs().max() < 1e-6

# %% 01-more
assert len(losses) == 11
assert losses[4] < 0.01
assert losses[-1] < 0.0005

# %% 01-more-plot
assert losses[1] == loss_after.item()
assert losses[2] < losses[1] < losses[0]
assert losses.index(min(losses)) > 5

# %% 01-nothing
# "almost certain", also of sentences that it has not seen
assert new_logits.softmax(dim=-1)[:, 1].min() > 0.99
