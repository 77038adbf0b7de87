"""What must hold after the cells of notebook 5; helpers/commands/support/facts.py says how this file is read."""

# %% 05-strategies
per_real = table["computed per real"].tolist()
assert per_real == sorted(per_real, reverse=True)
assert table["real tokens"].nunique() == 1

# %% 05-picture
# five batches of each choice, and all of them of eight pairs
shown = {name: batches[every_fifth_part][:5] for name, batches in strategies.items()}
assert all(len(batches) == 5 for batches in shown.values())
assert all(len(inside) == 8 for batches in shown.values() for inside, width in batches)

# %% 05-slider
# the slider starts where the table above ended
assert batch_sizes.value == 8

# %% 05-sizes
# the larger the batch, the more a random order wastes; length-grouped batches waste less at every size
assert sizes["random order"].is_monotonic_increasing
assert (sizes["length-grouped"] < sizes["random order"]).all()
assert list(sizes.index) == list(batch_sizes.options)

# %% 05-seconds
assert seconds["to 512"] > 1.5 * seconds["to the batch's longest"]
assert len(by_length) == 32

# %% 05-same
assert torch.allclose(alone, padded, atol=1e-5)
assert not torch.allclose(alone, unmasked, atol=1e-3)

# %% 05-side
assert not torch.allclose(alone, left, atol=1e-3)
