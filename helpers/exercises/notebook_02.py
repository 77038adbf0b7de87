"""The checks of notebook 2, loading MRPC."""

from collections import Counter
from collections.abc import Mapping

from helpers.exercises.verdict import a_dataset, a_row, check, require, tell_apart

COLUMNS = ("sentence1", "sentence2", "label", "idx")
MRPC_ROWS = {"train": 3668, "validation": 408, "test": 1725}


def same_pair(row, other) -> bool:
    return all(row[name] == other[name] for name in ("sentence1", "sentence2"))


def rows_of(dataset, what: str) -> list[tuple]:
    """The rows of a dataset as tuples in the order of COLUMNS, whatever the order of its columns."""
    lost = [name for name in COLUMNS if name not in dataset.column_names]
    require(not lost, f"{what} has lost the column {' and '.join(lost)}. Keep all four columns.")
    return list(zip(*(dataset[name][:] for name in COLUMNS), strict=True))


def require_a_value(value, what: str) -> None:
    require(
        value is not None,
        f"{what} is None. Either the cell above stopped with an error before {what} got a value, or what is to the "
        "right of the = returns None.",
    )


@check(answers=2)
def check_rows(pair_15, pair_87, raw_datasets):
    """`pair_15`: row 15 of train; `pair_87`: row 87 of validation."""
    given = {"pair_15": pair_15, "pair_87": pair_87}
    places = {"pair_15": ("train", 15), "pair_87": ("validation", 87)}
    for name, row in given.items():
        require_a_value(row, name)
        a_row(row, name)
    wanted = {name: raw_datasets[split][position] for name, (split, position) in places.items()}
    swapped = same_pair(pair_15, wanted["pair_87"]) and same_pair(pair_87, wanted["pair_15"])
    for name, row in given.items():
        split, position = places[name]
        dataset = raw_datasets[split]
        by_idx = row.get("idx") == position
        beside = {other: same_pair(row, dataset[other]) for other in (position - 1, position + 1)}
        mistakes = {
            "the two rows are swapped: pair_15 comes from train, pair_87 from validation.": swapped,
            **{
                f"{name} is row {other} of {split}, and its idx is {position}. A row is found by its position, and idx "
                f"need not be the position. Positions count from 0: row {position} is [{position}].": is_it
                and by_idx
                for other, is_it in beside.items()
            },
            **{
                f"{name} is row {other} of {split}. Positions count from 0: the first row is [0], "
                f"so row {position} is [{position}].": is_it
                for other, is_it in beside.items()
            },
            **{
                f"{name} is row {position} of {other}, and row {position} of {split} is asked for: "
                f"raw_datasets['{split}'] is that split.": raw_datasets[other][position]
                for other in raw_datasets
                if position < len(raw_datasets[other])
            },
            f"{name} has the idx {position}, but it stands elsewhere. idx is the pair's number in the original file; "
            "a row is found by its position.": by_idx,
        }
        otherwise = f"{name} is another row. Row {position} of {split} is asked for."
        tell_apart(row, wanted[name], mistakes, otherwise, same=same_pair)
    labels = {
        name: "paraphrases" if row["label"] else "not paraphrases" for name, row in wanted.items()
    }
    is_mrpc = [raw_datasets[split].num_rows for split in MRPC_ROWS] == [*MRPC_ROWS.values()]
    comment = (
        "You need not agree: the two people who judged each pair of MRPC disagreed about roughly one pair in six."
        if is_mrpc
        else "Is that what you expected?"
    )
    return f"the labels say: pair_15 {labels['pair_15']}, pair_87 {labels['pair_87']}. {comment}"


@check(answers=2)
def check_select(last_100, random_100, raw_train_dataset):
    """`last_100`: the last 100 rows; `random_100`: the first 100 after shuffle(seed=42). Both are datasets."""
    every = rows_of(raw_train_dataset, "raw_train_dataset")
    for name, given in (("last_100", last_100), ("random_100", random_100)):
        require_a_value(given, name)
        a_slice = f"{name} is a dictionary of lists: that is what a slice gives. A dataset comes from select(...)."
        a_dataset(given, name, {a_slice: Mapping})
        rows = "1 row" if len(given) == 1 else f"{len(given)} rows"
        require(len(given) == 100, f"{name} has {rows}, not 100.")
    first = every[:100]
    last, drawn = rows_of(last_100, "last_100"), rows_of(random_100, "random_100")
    order = rows_of(raw_train_dataset.shuffle(seed=42), "raw_train_dataset")
    ends = len(every) - 100
    mistakes = {
        "the two answers are swapped: last_100 holds the random rows, and random_100 the last ones.": (
            last == order[:100] and sorted(drawn) == sorted(every[-100:])
        ),
        "last_100 has rows that are not in raw_train_dataset. Take them from the training split.": not (
            set(last) <= set(every)
        ),
        "last_100 holds the first 100 rows. At which position do the last 100 begin?": sorted(
            first
        ),
        "last_100 holds the last 100 rows of the shuffled dataset. Take them from raw_train_dataset itself.": sorted(
            order[-100:]
        ),
        "last_100 stops before the last row. range(a, b) ends before b, so b itself is not "
        "among the positions.": every[-1] not in last and set(last) <= set(every[-200:]),
    }
    otherwise = (
        "last_100 is not the last 100 rows: some are missing, and others stand in their place."
    )
    tell_apart(sorted(last), sorted(every[-100:]), mistakes, otherwise)
    mistakes = {
        "random_100 holds the first 100 rows in their order. Datasets do not change: "
        "shuffle(...) returns a new one.": first,
        "random_100 holds the first 100 rows in another order. Shuffle the whole split first, "
        "then select.": sorted(drawn) == sorted(first),
        "random_100 holds the last 100 rows. Shuffle the whole raw_train_dataset, so that every row "
        "may be drawn.": sorted(drawn) == sorted(last),
        "random_100 holds the last 100 rows of the shuffled dataset. Take its first 100.": order[
            -100:
        ],
        "random_100 leaves out the first row of the shuffled dataset. Positions count "
        "from 0.": order[1:101],
        "random_100 holds the right rows in another order. Shuffle once, then select the first 100.": sorted(
            drawn
        )
        == sorted(order[:100]),
        "random_100 has rows that are not in raw_train_dataset. Shuffle the training split.": not (
            set(drawn) <= set(every)
        ),
    }
    otherwise = (
        "random_100 is not the draw of seed 42. Everybody who takes the first 100 rows of shuffle(seed=42) "
        "gets the same."
    )
    tell_apart(drawn, order[:100], mistakes, otherwise)
    places = {row: position for position, row in enumerate(every)}
    positions = [places[row] for row in drawn]
    in_order = "" if last == every[-100:] else " (Those of last_100 are in another order.)"
    return (
        f"the random rows stood between positions {min(positions):,} and {max(positions):,} of {len(every):,}, the "
        f"last ones from {ends:,} on. Rows that stand together in a file may resemble each other; rows drawn at random "
        f"represent the whole split, and the seed lets you repeat the draw.{in_order}"
    )


@check
def check_filter(same_start, raw_train_dataset):
    """`same_start`: the training pairs with label 0 whose sentences begin with the same word."""
    require_a_value(same_start, "same_start")
    mistakes = {
        "this is a number. Keep the dataset that filter(...) returns; its length is for the check.": int,
        "this is a function. raw_train_dataset.filter(...) takes it, and returns the dataset that is "
        "asked for.": callable(same_start),
        "this is a list. filter(...) returns a dataset; keep that.": list,
    }
    a_dataset(same_start, "same_start", mistakes)
    every = Counter(rows_of(raw_train_dataset, "raw_train_dataset"))
    found = Counter(rows_of(same_start, "same_start"))

    def among(rows: Counter, test) -> Counter:
        return Counter({row: count for row, count in rows.items() if test(row[0], row[1])})

    zeros, ones = (
        Counter({row: count for row, count in every.items() if row[2] == label}) for label in (0, 1)
    )
    alike, right = among(every, begin_alike), among(zeros, begin_alike)
    in_any_case = among(zeros, begin_alike_in_any_case)
    anywhere = (
        lambda one, other: first_word(one) in other,
        lambda one, other: first_word(one) in other.split(),
        lambda one, other: first_word(other) in one,
        lambda one, other: first_word(other) in one.split(),
    )
    mistakes = {
        "these rows are not from the training split. Filter raw_train_dataset.": not (
            set(found) <= set(every)
        ),
        'no row was kept: your function never returned True. Labels are numbers (0, not "0"), only the first words '
        "have to be equal, and the function has to return.": Counter(),
        "nothing was filtered out. map(...) keeps every row: use filter(...). If you did, your function returned True "
        "for every row.": every,
        "these are all pairs with label 0. Both conditions have to hold: "
        "the function may return `a and b`.": zeros,
        "these are all pairs that begin with the same word, whatever their label. "
        "The label has to be 0, too.": alike,
        "these are the pairs with label 1 that begin with the same word. Label 0 is asked for.": alike
        - right,
        "these are the pairs with label 0 that begin with different words. The first words have to be "
        "equal.": zeros - right,
        "these pairs have one property or the other. `or` keeps a row if one condition holds; "
        "both are asked for.": alike | zeros,
        "these begin with the same letter: [0] of a string is its first character. "
        "split() makes words of it.": among(zeros, lambda one, other: one[:1] == other[:1]),
        "in these pairs the second sentence begins with the letters of the first one's first word. Compare "
        "whole words: split() gives you the first word of each.": among(
            zeros, lambda one, other: other.startswith(first_word(one))
        ),
        "in these pairs the first word of one sentence stands anywhere in the other. It has to be "
        "the first word there, too.": any(found == among(zeros, test) for test in anywhere),
        "these pairs end with the same word. [0] of a list is its first item, [-1] its last.": among(
            zeros, lambda one, other: one.split()[-1:] == other.split()[-1:]
        ),
    }
    too_many, too_few = (found - in_any_case).total(), (right - found).total()
    wrong = f"{too_many} of the {found.total()} rows that are kept should not be there" * bool(
        too_many
    )
    missing = f"{too_few} that should be there are missing" * bool(too_few)
    what = ", and ".join(filter(None, (wrong, missing)))
    if not too_many:
        what = f"all {found.total()} rows that are kept are right, but {missing or 'some are there twice or not at all'}"
    otherwise = f"{what}. Try your function on single rows, such as raw_train_dataset[0]."
    tell_apart(found, found in (right, in_any_case), mistakes, otherwise)
    test = begin_alike if found == right else begin_alike_in_any_case
    shares = [f"{among(rows, test).total() / rows.total():.0%}" for rows in (zeros, ones)]
    both = all(among(rows, test) for rows in (zeros, ones))
    return (
        f"you keep {found.total()} pairs, {shares[0]} of all pairs with label 0. Of the pairs with label 1, "
        f"{shares[1]} begin with the same word. "
        + (
            "Pairs of both labels do so, which means that an equal first word does not settle the label."
            if both
            else "In this data the pairs that do so have one label at most."
        )
    )


def first_word(sentence: str) -> str:
    return sentence.split()[0]


def begin_alike(one: str, other: str) -> bool:
    return first_word(one) == first_word(other)


def begin_alike_in_any_case(one: str, other: str) -> bool:
    return first_word(one).casefold() == first_word(other).casefold()
