"""What must hold after the cells of notebook 4; helpers/commands/support/facts.py says how this file is read."""

# %% 04-pair-plot
assert len(tokens) == len(inputs["token_type_ids"])
assert inputs["token_type_ids"] == sorted(inputs["token_type_ids"])
assert tokens.count("[SEP]") == 2

# %% 04-pair-real
assert [position for position, token in enumerate(tokens) if token == "[SEP]"] == [
    inputs["token_type_ids"].index(1) - 1,
    len(tokens) - 1,
]

# %% 04-memory
assert in_memory > 5 * on_disk

# %% 04-map
# nothing that was there has changed
for split, rows in raw_datasets.items():
    assert tokenized_datasets[split].select_columns(rows.column_names)[:3] == rows[:3]

# %% 04-time
# on a busy machine and on few rows the two come close; batched is never much slower
assert seconds["batched"] < 2 * seconds["one by one"]

# %% 04-proc
assert seconds["batched, 2 processes"] > seconds["batched"] / 2

# %% 04-cache
# once more: it is read from the cache, and nothing is written
from pathlib import Path

(file,) = tokenized_datasets["train"].cache_files
written = Path(file["filename"]).stat().st_mtime_ns
again = raw_datasets.map(tokenize_function, batched=True)
assert again["train"].cache_files == [file]
assert Path(file["filename"]).stat().st_mtime_ns == written

# %% 04-fingerprint
assert max(map(len, shorter["train"]["input_ids"])) == 32
