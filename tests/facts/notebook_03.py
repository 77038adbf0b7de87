"""What must hold after the cells of notebook 3; helpers/commands/support/facts.py says how this file is read."""

import json
from pathlib import Path

from helpers.sources import checkpoint_path

# %% 03-features
assert raw_train_dataset.features["label"].names == ["not_equivalent", "equivalent"]

# %% 03-read-answers
if mrpc_kind == "full":
    # the third pair names two different courts, and is labeled equivalent; the fourth is not
    assert "state Supreme Court" in chosen[2]["sentence1"]
    assert "U.S. Supreme Court" in chosen[2]["sentence2"]
    assert [row["label"] for row in chosen][2:] == [1, 0]

# %% 03-read-same
# many pairs of either label share at least half of the words of their shorter sentence
assert len(different) + len(same) == len(raw_train_dataset)
for rows in (different, same):
    sets = [[set(row[name].lower().split()) for name in ("sentence1", "sentence2")] for row in rows]
    shared = [len(one & two) / min(len(one), len(two)) for one, two in sets]
    assert statistics.mean(part >= 0.5 for part in shared) > 0.4
# equivalent pairs differ in details as well: few consist of the same words
assert statistics.mean(one == two for one, two in sets) < 0.2

# %% 03-balance
# about two thirds are equivalent
assert 0.6 < share < 0.72

# %% 03-balance-plot
assert counts.total() == len(raw_train_dataset)

# %% 03-lengths
# the longest is about twice as long as the mean
assert 1.5 < max(words) / statistics.mean(words) < 2.5
assert len(words) == 2 * len(raw_train_dataset)
assert max(words) < 60
if mrpc_kind == "full":
    of_length = Counter(words)
    plateau = [of_length[length] for length in range(16, 27)]
    assert min(plateau) > 360 and max(plateau) < 460
    assert max(plateau) == max(of_length.values())
    # one in eight is a punctuation mark
    every_word = " ".join(
        raw_train_dataset["sentence1"][:] + raw_train_dataset["sentence2"][:]
    ).split()
    marks_only = [word for word in every_word if not any(sign.isalnum() for sign in word)]
    assert 0.12 < len(marks_only) / len(every_word) < 0.13
    # half have between 18 and 26 words, and hardly any more than 35
    assert 0.47 < statistics.mean(18 <= length <= 26 for length in words) < 0.53
    assert statistics.mean(length > 35 for length in words) < 0.001
    assert max(one + two for one, two in zip(words1, words2, strict=True)) == 81

# %% 03-lengths-plot
assert marks["longest"] == max(words)
# the longest of them fits into 512 tokens
model_settings = json.loads((Path(checkpoint_path()) / "config.json").read_text(encoding="utf-8"))
assert model_settings["max_position_embeddings"] == 512

# %% 03-difference
# on MRPC the share falls from group to group
assert list(shares) == list(groups)
if mrpc_kind == "full":
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert round(shares["0 words"], 2) == 0.77 and round(shares["8 or more"], 2) == 0.49
    # equivalent is the better answer in four of the five groups, and the last is nearly a coin toss
    *above, last = shares.values()
    assert min(above) > 0.6 and 0.47 < last < 0.5
    # on validation this rule is right no more often than always saying equivalent
    held_out = raw_datasets["validation"]
    by_rule = []
    for row in held_out:
        gap = abs(len(row["sentence1"].split()) - len(row["sentence2"].split()))
        group = next(name for name, (least, most) in groups.items() if least <= gap <= most)
        by_rule.append((shares[group] > 0.5) == row["label"])
    assert statistics.mean(by_rule) <= statistics.mean(held_out["label"][:])
elif mrpc_kind == "bundled sample":
    # the sample does not show the pattern
    assert shares["0 words"] < shares["8 or more"] + 0.05
# many pairs of either label in every group
for least, most in groups.values():
    found = Counter(
        one for gap, one in zip(gaps, train_labels, strict=True) if least <= gap <= most
    )
    assert min(found[0], found[1]) >= 20

# the difference alone does not settle the label: no rule by groups is right much more often than a constant answer
sizes = [sum(least <= gap <= most for gap in gaps) for least, most in groups.values()]
assert sum(sizes) == len(gaps)
best = sum(
    size * max(part, 1 - part) for size, part in zip(sizes, shares.values(), strict=True)
) / len(gaps)
assert best < share + 0.05

# %% 03-baseline
assert set(predictions.tolist()) == {label.str2int("equivalent")}
assert accuracy == sum(labels) / len(labels)
# it differs a little from the share in training
assert 0 < abs(accuracy - share) < 0.03
# about two in three
assert 0.6 < accuracy < 0.72

# %% 03-precision
assert recall == 1 and abs(precision - accuracy) < 1e-9

# %% 03-f1
assert abs(scores["F1"] - 2 * precision * recall / (precision + recall)) < 1e-9
assert 0.75 < scores["F1"] < 0.85
assert scores["F1"] > scores["accuracy"]
assert scores["F1 of the other class"] == 0
