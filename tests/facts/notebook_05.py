"""What must hold after the cells of notebook 5; helpers/commands/support/facts.py says how this file is read."""

# %% 05-default
# text columns fail, too, and with a message about truncation and padding
try:
    refused = ""
    DataCollatorWithPadding(tokenizer)(tokenized_datasets["train"][:8])
except ValueError as error:
    refused = str(error)
assert "padding" in refused
assert refused.index("truncation") < refused.index("sentence1")
# of equally long lists, the default collator makes a tensor per position
from torch.utils.data import default_collate

made = default_collate([{"input_ids": [1, 2, 3], "label": 0}, {"input_ids": [4, 5, 6], "label": 1}])
assert torch.is_tensor(made["label"]) and isinstance(made["input_ids"], list)

# %% 05-share
# "about a fifth" on MRPC; as many columns as the longest has tokens
assert 0.1 < padded / computed < 0.35
assert mrpc_kind != "full" or (padded, computed) == (110, 536)
assert batch["input_ids"].shape == (8, max(map(len, samples["input_ids"])))
assert "labels" in batch and "label" not in batch

# %% 05-dynamic
seen = [max(map(len, train[at : at + 8]["input_ids"])) for at in range(0, 80, 8)]
assert [made["input_ids"].shape[1] for made in itertools.islice(loader, 10)] == seen
assert len(set(seen)) > 3

# %% 05-lengths
# 512 is the most that the model accepts, and no pair is that long
assert tokenizer.model_max_length == 512 > max(lengths)

# %% 05-grouped
# the library's own order, but for the longest pair of all, which it puts first
from transformers.trainer_pt_utils import get_length_grouped_indices

for size in (8, 64):
    mine = group_by_length(shuffled, size)
    own = torch.Generator().manual_seed(42)
    theirs = get_length_grouped_indices(lengths, size, generator=own)
    assert sorted(mine) == list(range(len(lengths)))
    assert sum(one != other for one, other in zip(mine, theirs, strict=True)) <= 2
    assert lengths[theirs[0]] == max(lengths)
inside = [lengths[position] for position in grouped_batches[10]]
assert max(inside) - min(inside) <= 5
# "or almost equal", and "most batches": lengths differ more only near the ends of a group, and in the last group
spread = [
    [max(lengths[at] for at in some) - min(lengths[at] for at in some) for some in batches]
    for batches in (grouped_batches, random_batches)
]
assert sum(spread[0]) < sum(spread[1]) / 5
wide = [at for at, difference in enumerate(spread[0]) if difference > 2]
assert len(wide) < len(spread[0]) / 8
group = min(50, len(lengths) // 32)
in_last_group = len(spread[0]) // group * group
assert all(min(at % group, group - 1 - at % group) <= 4 for at in wide if at < in_last_group)
assert len(spread[0]) % group

# %% 05-pad-batches
((inside, width),) = first
assert count_tokens(first) == (sum(inside), 8 * width)

# %% 05-strategies
per_real = table["computed per real"].tolist()
assert per_real == sorted(per_real, reverse=True)
assert table["real tokens"].nunique() == 1
if mrpc_kind == "full":
    assert per_real[0] == 9.62 and 1.9 <= per_real[1] < 2
    assert 1.3 < per_real[2] < 1.4 and per_real[3] == 1.01

# %% 05-picture
# five batches of each choice, and all of them of eight pairs
shown = {name: batches[every_fifth_part][:5] for name, batches in strategies.items()}
assert all(len(batches) == 5 for batches in shown.values())
assert all(len(inside) == 8 for batches in shown.values() for inside, width in batches)
shares = {}
for name, batches in shown.items():
    real, computed = count_tokens(batches)
    shares[name] = real / computed
assert list(shares.values()) == sorted(shares.values())
assert shares["length-grouped"] > 0.9
assert len({width for inside, width in shown["length-grouped"]}) > 2
grouped_widths = [width for inside, width in shown["length-grouped"]]
random_widths = [width for inside, width in shown["to the batch's longest"]]
assert max(grouped_widths) - min(grouped_widths) > 10

# %% 05-slider
# the slider starts at the notebook's own batch size
assert batch_sizes.value == 8

# %% 05-sizes
# the larger the batch, the more a random order wastes; length-grouped batches waste less at every size
assert sizes["random order"].is_monotonic_increasing
assert sizes["length-grouped"].is_monotonic_increasing
assert sizes["length-grouped"].iloc[-1] > sizes["length-grouped"].iloc[0]
assert (sizes["length-grouped"] - 1 < (sizes["random order"] - 1) / 3).all()
assert list(sizes.index) == list(batch_sizes.options)
assert computed_per_real(shuffled, 1) == 1

# %% 05-tokens
assert list(tokens.values()) == sorted(tokens.values(), reverse=True)
assert tokens["to 512"] == 16 * 512 and len(by_length) == 16
if mrpc_kind == "full":
    assert 6 < tokens["to 512"] / tokens["to the batch's longest"] < 7

# %% 05-seconds
assert seconds["to 512"] > 1.5 * seconds["to the batch's longest"]
assert seconds["to 512"] == max(seconds.values())

# %% 05-widths
assert len(set(rounded_up)) < len(set(widths)) / 3
assert mrpc_kind != "full" or (len(set(widths)), len(set(rounded_up))) == (43, 7)
assert mrpc_kind != "full" or len(random_batches[-1]) == 4
collator_of_8s = DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8)
assert all(
    collator_of_8s(train[some])["input_ids"].shape[1] == width
    for some, width in zip(random_batches[:5], rounded_up, strict=False)
)

# %% 05-same
assert torch.allclose(alone, padded, atol=1e-5)
assert not torch.allclose(alone, unmasked, atol=1e-3)
# the collator adds a mask where there was none
assert "attention_mask" in data_collator({"input_ids": pair["input_ids"]})
# but zeros that are there already count as text
by_hand = data_collator({"input_ids": [[*pair["input_ids"][0], 0, 0]]})
assert by_hand["attention_mask"].all()
# the logits of the untrained classifier are small
assert alone.abs().max() < 0.3
# padding to 512 leaves the loss of a batch as it is
with torch.no_grad():
    losses = [model(**collate(train[:2])).loss for collate in (data_collator, collator_to(512))]
assert torch.allclose(*losses, atol=1e-5)

# %% 05-side
assert not torch.allclose(alone, left, atol=1e-3)
if mrpc_kind == "full":
    assert (left - alone).abs().max() > (unmasked - alone).abs().max()
assert tokenizer.padding_side == "right"
inputs = to_128_left(pair)
text = len(pair["input_ids"][0])
assert inputs["attention_mask"][0].tolist() == [0] * (128 - text) + [1] * text
assert mrpc_kind != "full" or text == 32
# the classifier's column, the first, has [PAD] where it had [CLS]
firsts = [collate(pair)["input_ids"][0, 0].item() for collate in (data_collator, to_128_left)]
assert firsts == [tokenizer.cls_token_id, tokenizer.pad_token_id]
