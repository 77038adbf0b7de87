"""What must hold after the cells of notebook 7; helpers/commands/support/facts.py says how this file is read."""

# %% 07-train
assert trainer.state.global_step == 300

# %% 07-predict
assert accuracy_score(labels, predictions) > labels.mean() + 0.05
# in the rows' order: grouped, they would come in another
first = data_collator(
    [tokenized_datasets["validation"].remove_columns(["idx", "sentence1", "sentence2"])[0]]
)
model.eval()
with torch.no_grad():
    alone = model(**first.to(model.device)).logits[0].cpu()
assert torch.allclose(alone, torch.tensor(logits[0]), atol=1e-3)

# %% 07-confusion
# different sentences are called equivalent more often than the other way around
assert counts.sum() == len(labels)
assert counts[0, 1] > counts[1, 0]

# %% 07-worst
worst = losses.argsort(descending=True)[:5].numpy()
assert (predictions[worst] != labels[worst]).all()
# most of the worst share nearly all their words
shared = []
for position in losses.argsort(descending=True)[:5].tolist():
    row = raw_datasets["validation"][position]
    words1, words2 = (set(row[name].lower().split()) for name in ("sentence1", "sentence2"))
    shared.append(len(words1 & words2) / min(len(words1), len(words2)))
assert sorted(shared)[2] > 0.5

# %% 07-own
said = {
    name: classifier({"text": report, "text_pair": other})["label"]
    for name, other in others.items()
}
assert said["reworded"] == "equivalent"
assert said["another topic"] == "not_equivalent"
assert said["the opposite"] == "equivalent"

# %% 07-order
assert 0 < changed < 0.25
difference = accuracy_score(labels, swapped_predictions) - accuracy_score(labels, predictions)
assert abs(difference) < 0.04

# %% 07-long
assert inputs["input_ids"].shape[1] > 512

# %% 07-long-cut
both = [
    classifier({"text": report_text, "text_pair": question}, truncation=True)
    for report_text in reports
]
assert both[0] == both[1]

# %% 07-test
assert accuracy > test_labels.mean() + 0.02
assert mrpc_kind != "full" or 0.018 < margin < 0.022

# %% 07-card
assert card.data.license == "apache-2.0"
assert interval in card.text and f"{changed:.0%}" in card.text
