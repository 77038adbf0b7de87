"""What must hold after the cells of notebook 2; helpers/commands/support/facts.py says how this file is read."""

# %% 02-load
sizes = {split: rows.num_rows for split, rows in raw_datasets.items()}
assert max(sizes, key=sizes.get) == "train"

# %% 02-column
assert column.__class__ is not list

# %% 02-cache
assert cache_file.suffix == ".arrow"
assert Path(config.HF_DATASETS_CACHE) in cache_file.parents

# %% 02-cache-again
assert times[0].keys() == times[1].keys()

# %% 02-arrow-plot
assert megabytes["Arrow, in memory"] < 0.1
assert megabytes["Python lists, in memory"] > 1.5 * megabytes["Arrow, on disk"]

# %% 02-big
assert abs(size - 100 * raw_train_dataset.data.nbytes / 1e6) < 0.01 * size
assert allocated < size / 100
assert row in rows
assert opened < 1
