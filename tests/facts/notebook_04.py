"""What must hold after the cells of notebook 4; helpers/commands/support/facts.py says how this file is read."""

import importlib
import sys
import tempfile

# %% 04-load
# a fast tokenizer; 512 positions; two token types, and none in DistilBERT, which ignores them
import torch
from transformers import AutoConfig, DistilBertConfig, DistilBertModel

assert tokenizer.is_fast
assert tokenizer.model_max_length == 512
settings = AutoConfig.from_pretrained(checkpoint)
assert settings.max_position_embeddings == 512 and settings.type_vocab_size == 2
tiny = DistilBertModel(
    DistilBertConfig(vocab_size=9, dim=4, hidden_dim=4, n_heads=1, n_layers=1)
).eval()
assert not any("token_type" in name for name in tiny.state_dict())
ids, types = torch.tensor([[2, 5, 3, 7, 3]]), torch.tensor([[0, 0, 0, 1, 1]])
with_types, without = tiny(ids, token_type_ids=types)[0], tiny(ids)[0]
assert torch.equal(with_types, without)

# %% 04-pair-plot
assert len(tokens) == len(inputs["token_type_ids"])
assert inputs["token_type_ids"] == sorted(inputs["token_type_ids"])
assert tokens.count("[SEP]") == 2

# %% 04-pair-real
assert [position for position, token in enumerate(tokens) if token == "[SEP]"] == [
    inputs["token_type_ids"].index(1) - 1,
    len(tokens) - 1,
]
assert mrpc_kind != "full" or [token for token in tokens[1:5] if token.startswith("##")]

# %% 04-truncation
# the third pair: nothing but the ends is lost, and 6 and 7 tokens are left
whole = tokenizer(first, second)
assert len(whole["input_ids"]) > 16 == len(inputs["input_ids"])
left = [inputs.sequence_ids().count(text) for text in (0, 1)]
assert left == [6, 7]
# without max_length, the limit is the model's
limit_of_the_model = tokenizer.model_max_length
assert len(tokenizer("Very " * 600, truncation=True)["input_ids"]) == limit_of_the_model
only_second = tokenizer(short, long, truncation="only_second", max_length=16)
assert (
    only_second["input_ids"] == tokenizer(short, long, truncation=True, max_length=16)["input_ids"]
)
assert tokenizer.decode(only_second["input_ids"]).startswith("[CLS] the ferry sank. [SEP]")
try:
    refused = False
    tokenizer(long, short, truncation="only_second", max_length=16)
except Exception as error:  # the library raises a bare Exception
    refused = "too short" in str(error)
assert refused

# %% 04-whole-type
assert len(tokenized_dataset["input_ids"]) == len(raw_datasets["train"])
assert len({len(ids) for ids in tokenized_dataset["input_ids"]}) == 1

# %% 04-map
# nothing that was there has changed, nothing is cut, and nothing is padded
for split, rows in raw_datasets.items():
    assert tokenized_datasets[split].select_columns(rows.column_names)[:3] == rows[:3]
    ids = tokenized_datasets[split]["input_ids"][:]
    assert max(map(len, ids)) < tokenizer.model_max_length / 2
    assert all(row[0] == 101 and row[-1] == 102 and 0 not in row for row in ids)
assert Path(tokenized_datasets["train"].cache_files[0]["filename"]).suffix == ".arrow"

# %% 04-map-lengths
# the post's numbers
if mrpc_kind == "full":
    lengths = [len(ids) for ids in tokenized_datasets["train"][:8]["input_ids"]]
    assert lengths == [50, 59, 47, 67, 59, 50, 62, 32]

# %% 04-overwrite
assert shouted.column_names == raw_datasets["validation"].column_names
assert shouted[0]["sentence1"] == raw_datasets["validation"][0]["sentence1"].upper()
assert raw_datasets["validation"][0]["sentence1"] != shouted[0]["sentence1"]
assert "idx" not in raw_datasets["validation"].map(shout, remove_columns=["idx"]).column_names

# %% 04-memory-plot
one, three = (
    [peaks[f"{rows}, {way}"] for way in ("in one call", "with map")]
    for rows in ("train", "3 times train")
)
assert 2 < three[0] / one[0] < 4
assert three[1] < 1.6 * one[1]
assert three[1] < three[0] / 2
# the sample's second slice is not full; from two full slices on, the peak is the same
if mrpc_kind == "full":
    assert three[1] < 1.1 * one[1]
    for peak, megabytes in zip([*one, *three], [16, 8, 50, 8], strict=True):
        assert 0.75 * megabytes < peak < 1.25 * megabytes, peak
else:
    twice = concatenate_datasets([raw_datasets["train"]] * 2)
    assert three[1] < 1.1 * peak_memory(with_map, twice)
# a dataset made in memory stays there
in_memory = Dataset.from_dict({"sentence": ["A film."]})
assert in_memory.map(lambda row: {"length": len(row["sentence"])}).cache_files == []

# %% 04-calls
assert calls_of_map() == len(raw_datasets["train"])
assert calls_of_map(batched=True) == -(-len(raw_datasets["train"]) // 1000)

# %% 04-time
# on a busy machine and on few rows the two come close; batched is never much slower
assert seconds["batched"] < 1.5 * seconds["one by one"]

# %% 04-proc
assert seconds["batched, 2 processes"] > seconds["batched"] / 1.5
# each process made one half; without num_proc here, because that option would change this kernel's environment
halves = raw_datasets["train"].map(tokenize_in_processes, batched=True)
rows = [len(Dataset.from_file(part["filename"])) for part in halves.cache_files]
assert rows == [len(halves) // 2] * 2
assert halves["input_ids"][:] == tokenized_datasets["train"]["input_ids"][:]

# %% 04-cache
assert share < (0.4 if mrpc_kind == "full" else 0.7)

# %% 04-cache-plot
# it is read from the cache, and nothing is written
again = raw_datasets["train"].map(tokenize_function, batched=True)
(file,) = again.cache_files
written = Path(file["filename"]).stat().st_mtime_ns
assert again._fingerprint in file["filename"]
assert raw_datasets["train"].map(tokenize_function, batched=True).cache_files == [file]
assert Path(file["filename"]).stat().st_mtime_ns == written
# another tokenizer has another fingerprint, but the options of a tokenizer's last call are no part of it
from types import FunctionType

from datasets.fingerprint import Hasher


def fingerprint_with(some_tokenizer):
    names = {**tokenize_function.__globals__, "tokenizer": some_tokenizer}
    return Hasher.hash(FunctionType(tokenize_function.__code__, names))


fresh = AutoTokenizer.from_pretrained(checkpoint)
before = fingerprint_with(fresh)
fresh("A.", "B.", truncation="only_second", padding="max_length", max_length=8)
assert fingerprint_with(fresh) == before
assert fingerprint_with(AutoTokenizer.from_pretrained(checkpoint, padding_side="left")) != before

# %% 04-fingerprint
assert max(map(len, shorter["input_ids"][:])) == 16

# %% 04-stale
assert limit_file.read_text() == "16"
assert max(map(len, shorter["input_ids"][:])) == 32
# a function of a module is known by its name alone
with tempfile.TemporaryDirectory() as modules:
    module = Path(modules, "of_a_learner.py")
    sys.path.insert(0, modules)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    for value in (1, 2):
        module.write_text(f"def mark(row):\n    return {{'mark': {value}}}\n")
        sys.modules.pop("of_a_learner", None)
        mark = importlib.import_module("of_a_learner").mark
        marked = raw_datasets["validation"].map(mark)
    sys.path.remove(modules)
    del sys.modules["of_a_learner"]
    sys.dont_write_bytecode = before
assert mark({}) == {"mark": 2}
assert set(marked["mark"][:]) == {1}, marked["mark"][:3]

# %% 04-stale-again
assert max(map(len, shorter["input_ids"][:])) == 16
# the new result has taken the place of the old one
ordinary = raw_datasets["validation"].map(tokenize_to_file, batched=True)
assert ordinary.cache_files == shorter.cache_files
assert max(map(len, ordinary["input_ids"][:])) == 16
