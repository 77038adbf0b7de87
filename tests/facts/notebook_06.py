"""What must hold after the cells of notebook 6; helpers/commands/support/facts.py says how this file is read."""

# %% 06-metrics
assert mrpc_kind != "full" or results["majority"] == {"accuracy": 0.684, "F1": 0.812}

# %% 06-words-score
# better in accuracy; in F1 the lead is much smaller
words, majority = results["common words"], results["majority"]
assert words["accuracy"] > majority["accuracy"]
assert words["F1"] - majority["F1"] < 0.55 * (words["accuracy"] - majority["accuracy"])

# %% 06-embeddings-score
assert results["embeddings"]["accuracy"] > results["common words"]["accuracy"]
if mrpc_kind == "full":
    assert 0.73 < results["embeddings"]["accuracy"] < 0.75
    f1 = [found["F1"] for found in results.values()]
    assert max(f1) - min(f1) < 0.015

# %% 06-defaults
assert settings["per_device_eval_batch_size"] == 8
assert training_args.get_warmup_steps(690) == 69

# %% 06-model
# the configuration asks for a dropout of a tenth
config = AutoConfig.from_pretrained(checkpoint)
assert config.hidden_dropout_prob == config.attention_probs_dropout_prob == 0.1

# %% 06-accumulate-same
# in evaluation mode, so without dropout; the padding of the three batches differs
assert not model.training
assert (at_once - in_two).norm() < 1e-4 * at_once.norm()
widths = {max(map(len, rows["input_ids"])) for rows in (train[:16], train[:8], train[8:16])}
assert mrpc_kind != "full" or len(widths) > 1

# %% 06-sweep
assert len(sweep) == 3 and all(values["eval_loss"] > 0 for values in sweep.values())

# %% 06-sweep-table
found = {rate: values["eval_loss"] for rate, values in sweep.items()}
# the smallest has hardly begun, and the largest is no better than a constant answer
share = labels.mean()
constant_loss = -(share * np.log(share) + (1 - share) * np.log(1 - share))
assert abs(constant["eval_loss"] - constant_loss) < 0.01
assert found["1e-5"] > constant_loss - 0.01
assert found["1e-3"] > constant_loss - 0.01
assert found["1e-4"] < min(found["1e-5"], found["1e-3"]) - 0.01

# %% 06-before
# the classifier is random: its loss is near ln 2, whatever its accuracy
assert abs(before["eval_loss"] - np.log(2)) < 0.1
assert 1 - labels.mean() - 0.05 < before["eval_accuracy"] < labels.mean() + 0.05

# %% 06-steps
assert steps_per_epoch == -(-len(train_labels) // 16)

# %% 06-train
assert trainer.state.global_step == 3 * steps_per_epoch
# the learning rate rises to 1e-4 over a tenth of the steps, and falls in a straight line to 0
steps = trainer.state.max_steps
warmup = training_args.get_warmup_steps(steps)
for entry in trainer.state.log_history:
    if "learning_rate" in entry:
        done = entry["step"] - 1  # logged after the step, for the rate that it was taken with
        wanted = min(done / warmup, (steps - done) / (steps - warmup))
        assert abs(entry["learning_rate"] / 1e-4 - wanted) < 1.5 / warmup

# %% 06-checkpoint
sizes = {file.name: file.stat().st_size for file in best_folder.iterdir()}
assert 1.9 < sizes["optimizer.pt"] / sizes["model.safetensors"] < 2.1
assert {"scheduler.pt", "rng_state.pth", "trainer_state.json", "tokenizer.json"} <= set(sizes)
# the best is left, and no other
assert list(best_folder.parent.glob("checkpoint-*")) == [best_folder]

# %% 06-curves
first, last = train_log["loss"].iloc[:5].mean(), train_log["loss"].iloc[-5:].mean()
assert len(eval_log) == 6 and eval_log["step"].iloc[-1] == trainer.state.max_steps
# the training loss falls further
assert last < first
assert last < eval_log["eval_loss"].iloc[-1]
# the loss on validation falls, but less
evaluated = eval_log["eval_loss"].tolist()
assert min(evaluated[1:]) < evaluated[0]
assert evaluated[-1] > min(evaluated) - 0.01

# %% 06-choice
assert highest_accuracy["step"] == trainer.state.best_global_step
if mrpc_kind == "full":
    pairs = (highest_accuracy["eval_accuracy"] - lowest_loss["eval_accuracy"]) * len(labels)
    assert round(pairs) == 3 and highest_accuracy["step"] == trainer.state.max_steps
    assert 1.25 < highest_accuracy["eval_loss"] / lowest_loss["eval_loss"] < 1.42
assert lowest_loss["step"] <= highest_accuracy["step"]

# %% 06-predict
# the best checkpoint is back, and labels and logits match
assert abs(results["fine-tuned"]["accuracy"] - trainer.state.best_metric) < 0.0006
assert sorted(output.label_ids) == sorted(labels)
assert output.label_ids.tolist() != labels.tolist()

# %% 06-table
tuned = results["fine-tuned"]
for metric in ("accuracy", "F1"):
    for name in ("majority", "common words", "embeddings"):
        assert tuned[metric] > results[name][metric] + 0.02
if mrpc_kind == "full":
    assert tuned["accuracy"] < 0.858 and tuned["F1"] < 0.900
else:
    assert tuned["accuracy"] > results["embeddings"]["accuracy"] + 0.08

# %% 06-constant
assert mrpc_kind != "full" or 0.615 < constant["eval_loss"] < 0.63

# %% 06-random
assert from_random["eval_loss"] > constant["eval_loss"] - 0.01

# %% 06-random-table
assert sweep["1e-4"]["eval_loss"] < constant["eval_loss"] - 0.01
