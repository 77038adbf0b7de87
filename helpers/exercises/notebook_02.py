"""The checks of notebook 2, loading MRPC."""

from collections.abc import Mapping
from statistics import fmean

from helpers.exercises.verdict import a_dataset, a_row, check, require, tell_apart


def same_pair(row, other) -> bool:
    return all(row[name] == other[name] for name in ("sentence1", "sentence2"))


@check
def check_rows(pair_15, pair_87, raw_datasets):
    """`pair_15`: row 15 of train; `pair_87`: row 87 of validation."""
    rows = [a_row(pair_15, "pair_15"), a_row(pair_87, "pair_87")]
    places = [("train", 15), ("validation", 87)]
    wanted = [raw_datasets[split][position] for split, position in places]
    swapped = all(map(same_pair, rows, wanted[::-1]))
    for row, right, (split, position) in zip(rows, wanted, places, strict=True):
        name, dataset = f"pair_{position}", raw_datasets[split]
        mistakes = {
            "the two rows are swapped: pair_15 comes from train, pair_87 from validation.": swapped,
            **{
                f"{name} is row {other} of {split}. Positions count from 0: the first row is [0], "
                f"so row {position} is [{position}].": dataset[other]
                for other in (position - 1, position + 1)
                if other < len(dataset)
            },
            **{
                f"{name} is row {position} of {other}, and row {position} of {split} is asked for: "
                f"raw_datasets['{split}'] is that split.": raw_datasets[other][position]
                for other in raw_datasets
                if position < len(raw_datasets[other])
            },
            f"{name} has the idx {position}, but it stands elsewhere. idx is a number that the authors gave to a "
            "pair; a row is found by its position.": row.get("idx") == position,
        }
        otherwise = f"{name} is another row. Row {position} of {split} is asked for."
        tell_apart(row, right, mistakes, otherwise, same=same_pair)
    names = raw_datasets["train"].features["label"]
    labels = [names.int2str(row["label"]) for row in wanted]
    return (
        f"the labels say {labels[0]} and {labels[1]}. If you would have said otherwise, you are in good company: the "
        "people who labeled MRPC disagreed about one pair in six."
    )


@check
def check_select(last_100, random_100, raw_train_dataset):
    """`last_100`: the last 100 rows; `random_100`: the first 100 after shuffle(seed=42). Both are datasets."""
    for name, given in (("last_100", last_100), ("random_100", random_100)):
        a_slice = f"{name} is a dictionary of lists: that is what a slice gives. A dataset comes from select(...)."
        a_dataset(given, name, {a_slice: Mapping})
        require(len(given) == 100, f"{name} has {len(given)} rows, not 100.")
    every = list(raw_train_dataset["idx"])
    first, last, drawn = every[:100], list(last_100["idx"]), list(random_100["idx"])
    mistakes = {
        f"last_100 holds the first 100 rows. The last begin at position {len(every) - 100}, "
        "or len(...) - 100.": sorted(first)
    }
    otherwise = "last_100 does not end with the last row, or skips some."
    tell_apart(sorted(last), sorted(every[-100:]), mistakes, otherwise)
    mistakes = {
        "random_100 holds the first 100 rows in their order. Datasets do not change: "
        "shuffle(...) returns a new one.": first,
        "random_100 holds the first 100 rows in another order. Shuffle the whole split first, "
        "then select.": set(drawn) == set(first),
        "random_100 holds the last 100 rows. Shuffle the whole raw_train_dataset, so that every row "
        "may be drawn.": set(drawn) == set(last),
    }
    otherwise = "random_100 is a random choice, but not that of seed 42. shuffle(seed=42) gives all the same rows."
    wanted = list(raw_train_dataset.shuffle(seed=42).select(range(100))["idx"])
    tell_apart(drawn, wanted, mistakes, otherwise)
    return (
        f"of your random rows {fmean(random_100['label']):.0%} are equivalent, of all "
        f"{fmean(raw_train_dataset['label']):.0%}. The first or last rows of a dataset may have an order that you do "
        "not know; random ones stand for the whole, and a seed repeats them."
    )


@check
def check_filter(same_start, raw_train_dataset):
    """`same_start`: the training pairs with label 0 whose sentences begin with the same word."""

    def first_words(row, fold=str):
        return {fold(row[name].split()[0]) for name in ("sentence1", "sentence2")}

    def numbers(condition):
        return {row["idx"] for row in raw_train_dataset if condition(row)}

    mistakes = {
        "this is a number. Keep the dataset that filter(...) returns; its length is for the check.": int,
        "this is a function. raw_train_dataset.filter(...) takes it, and returns the dataset that is "
        "asked for.": callable(same_start),
    }
    a_dataset(same_start, "same_start", mistakes)
    require(
        len(same_start) > 0,
        'no row was kept: your function never returned True. Labels are numbers (0, not "0"), only the first words '
        "have to be equal, and the function has to return.",
    )
    require(
        set(same_start["sentence1"]) <= set(raw_train_dataset["sentence1"]),
        "these rows are not from the training split. Filter raw_train_dataset.",
    )
    found = set(same_start["idx"])
    zeros = numbers(lambda row: row["label"] == 0)
    alike = numbers(lambda row: len(first_words(row)) == 1)
    in_any_case = numbers(lambda row: len(first_words(row, str.casefold)) == 1)
    letter = numbers(lambda row: row["sentence1"][0] == row["sentence2"][0])
    mistakes = {
        "these are all pairs with label 0. Both conditions have to hold: "
        "the function may return `a and b`.": zeros,
        "these are all pairs that begin with the same word, whatever their label. "
        "The label has to be 0, too.": alike,
        "these are the pairs with label 1. 0 stands for not equivalent.": alike - zeros,
        "these pairs have one property or the other. `or` keeps a row if one condition holds; "
        "both are asked for.": alike | zeros,
        "these begin with the same letter: [0] of a string is its first character. "
        "split() makes words of it.": zeros & letter,
        "nothing was filtered out.": set(raw_train_dataset["idx"]),
    }
    otherwise = f"{len(found)} rows are kept, and not the right ones. Try your function on raw_train_dataset[0] first."
    tell_apart(found, found in (zeros & alike, zeros & in_any_case), mistakes, otherwise)
    return (
        f"{len(found)} pairs, {len(found) / len(zeros):.0%} of those with label 0. Two sentences may begin alike and "
        "mean different things, so the first word alone gives no label away."
    )
