"""What must hold after the cells of notebook 2; helpers/commands/support/facts.py says how this file is read."""

import time

# %% 02-load
sizes = {split: rows.num_rows for split, rows in raw_datasets.items()}
assert max(sizes, key=sizes.get) == "train"
if mrpc_kind == "full":
    # train and validation share the numbers of the 4,076 pairs that MRPC's authors published for training
    idx = raw_datasets["train"]["idx"][:] + raw_datasets["validation"]["idx"][:]
    assert sorted(idx) == list(range(4076))
assert set(raw_datasets["test"]["label"][:]) == {0, 1}
assert all(0 in raw_datasets[split]["idx"][:] for split in ("train", "test"))

# %% 02-select
rows_before = raw_train_dataset.num_rows
try:
    refused = str(raw_train_dataset.select([-1]))
except OverflowError as error:
    refused = error
assert isinstance(refused, OverflowError)
# no data is copied: the same file
assert raw_train_dataset.select(range(3)).cache_files == raw_train_dataset.cache_files
assert raw_train_dataset.num_rows == rows_before > 3

# %% 02-column
assert not isinstance(column, list)
assert type(column[:3]) is list

# %% 02-column-list
start = time.perf_counter()
one_by_one = list(column)
slow = time.perf_counter() - start
quick = []
for _ in range(3):
    start = time.perf_counter()
    at_once = column[:]
    quick.append(time.perf_counter() - start)
assert one_by_one == at_once == sentences
assert slow > 20 * min(quick)

# %% 02-cache
assert cache_file.suffix == ".arrow"
assert Path(config.HF_DATASETS_CACHE) in cache_file.parents
assert len(list(cache_file.parent.glob("*.arrow"))) >= 3
written = cache_file.stat().st_mtime_ns
again = load_dataset(glue_path(), "mrpc")["train"]
assert again.cache_files == raw_train_dataset.cache_files
assert cache_file.stat().st_mtime_ns == written

# %% 02-big
assert abs(size - 100 * raw_train_dataset.data.nbytes / 1e6) < 0.01 * size
assert row in raw_train_dataset.to_list()
assert 0.05 * size < opened < 0.6 * size
smaps = Path("/proc/self/smaps")
if smaps.exists():
    # none of the mapped file's pages is a copy of the process's own, so the system can drop them all
    maps = smaps.read_text().split("VmFlags:")
    mapped = [text for text in maps if Path(folder.name).name in text]
    assert mapped
    assert all("Anonymous:             0 kB" in text for text in mapped)

# %% 02-big-all
assert opened < read and 0.5 * size < read < 1.5 * size

# %% 02-big-lists
assert listed - read > size

# %% 02-big-plot
assert [len(column) for column in sentences] == [len(large)] * 2
assert growth["all sentences in lists"] - growth["every row read, none kept"] > size
