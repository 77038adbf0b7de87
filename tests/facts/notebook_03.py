"""What must hold after the cells of notebook 3; helpers/commands/support/facts.py says how this file is read."""

# %% 03-balance
# about two thirds are equivalent
assert 0.62 < share < 0.72

# %% 03-balance-plot
assert counts.total() == len(raw_train_dataset)

# %% 03-lengths-plot
# most sentences are close to the mean, none is a paragraph
mean = statistics.mean(words)
assert sum(abs(count - mean) <= 10 for count in words) > 0.9 * len(words)
assert marks["longest"] == max(words) < 60

# %% 03-difference
# a ruler is not enough: no threshold on the difference in words is right much more often than the majority
both = [(gap, name) for name, values in gaps.items() for gap in values]


def right(threshold):
    hits = sum((gap > threshold) == (name == "equivalent") for gap, name in both)
    return max(hits, len(both) - hits) / len(both)


assert max(right(threshold) for threshold in range(-1, 40)) < share + 0.08

# %% 03-baseline
assert set(predictions.tolist()) == {label.str2int("equivalent")}
assert majority.score(nothing * len(labels), labels) == sum(labels) / len(labels)

# %% 03-f1
# recall is 1, and precision the share of equivalent pairs
assert abs(scores["F1"] - 2 * scores["accuracy"] / (scores["accuracy"] + 1)) < 1e-9
