"""Answers to the exercises of notebook 2, loading MRPC: with dots, right, and wrong by what the check says."""


def for_rows(course):
    raw = course.raw
    train, validation = raw["train"], raw["validation"]
    idx_15 = train.filter(lambda row: row["idx"] == 15)
    moved = train.select([*range(20, 40), *range(20)])  # idx is no longer the position
    one_off = train.remove_columns("idx").add_column("idx", [*range(1, len(train) + 1)])
    return {
        "dots": [(..., ..., raw), (train[15], ..., raw)],
        "right": [
            (train[15], validation[87], raw),
            (train.select([15])[0], {name: validation[name][87] for name in raw["test"][0]}, raw),
            (train.to_pandas().iloc[15].to_dict(), validation.to_list()[87], raw),
            (next(iter(train.skip(15))), validation[87 - len(validation)], raw),
        ],
        "wrong": {
            "the first row is [0]": (train[16], validation[87], raw),
            "row 87 of validation is asked for": (train[15], train[87], raw),
            "One position alone": (train[15:16], validation[87], raw),
            "swapped": (validation[87], train[15], raw),
            "raw_datasets['train'] is that split": (raw["test"][15], validation[87], raw),
            "a dataset, not a row": (train.select([15]), validation[87], raw),
            "should be a row": (train[15]["sentence1"], validation[87], raw),
            "another row": (train[3], validation[87], raw),
            "number in the original file": (idx_15[0], validation[87], {**raw, "train": moved}),
            "and its idx is 15": (one_off[14], validation[87], {**raw, "train": one_off}),
            "pair_87 is row 88 of validation": (train[15], validation[88], raw),
            "pair_87 is None": (train[15], None, raw),
            "pair_87 should be a row": (train[15], train["sentence1"], raw),
            "pair_15 is row 15 of validation": (validation[15], validation[87], raw),
        },
    }


def for_select(course):
    train = course.raw["train"]
    last = train.select(range(len(train) - 100, len(train)))
    drawn = train.shuffle(seed=42).select(range(100))
    return {
        "dots": [(..., ..., train), (last, ..., train)],
        "right": [
            (last, drawn, train),
            (train.select(range(len(train))[-100:]), train.shuffle(seed=42).take(100), train),
            (train.skip(len(train) - 100), drawn, train),
            (last.select(range(99, -1, -1)), type(drawn).from_list(drawn.to_list()), train),
            (
                type(last).from_dict(train[-100:]),
                drawn.select_columns(train.column_names[::-1]),
                train,
            ),
        ],
        "wrong": {
            "dictionary of lists": (train[-100:], drawn, train),
            "first 100 rows. At which position": (train.select(range(100)), drawn, train),
            "last_100 has 99 rows": (
                train.select(range(len(train) - 99, len(train))),
                drawn,
                train,
            ),
            "random_100 has 1 row,": (last, train.select([0]), train),
            f"random_100 has {len(train)} rows": (last, train.shuffle(seed=42), train),
            "swapped": (drawn, last, train),
            "last_100 has rows that are not": (
                course.raw["validation"].select(range(100)),
                drawn,
                train,
            ),
            "leaves out the first row": (
                last,
                train.shuffle(seed=42).select(range(1, 101)),
                train,
            ),
            "stops before": (train.select(range(len(train) - 101, len(train) - 1)), drawn, train),
            "others stand in their place": (train.select(range(200, 300)), drawn, train),
            "last 100 rows of the shuffled dataset. Take them": (
                train.shuffle(seed=42).select(range(len(train) - 100, len(train))),
                drawn,
                train,
            ),
            "Take its first 100": (
                last,
                train.shuffle(seed=42).select(range(len(train) - 100, len(train))),
                train,
            ),
            "right rows in another order": (last, drawn.shuffle(seed=42), train),
            "random_100 has rows that are not in raw_train_dataset": (
                last,
                course.raw["validation"].shuffle(seed=42).select(range(100)),
                train,
            ),
            "lost the column label": (last.remove_columns("label"), drawn, train),
            "last_100 is None": (None, drawn, train),
            "in another order": (last, train.select(range(100)).shuffle(seed=42), train),
            "returns a new one": (last, train.select(range(100)), train),
            "not the draw of seed 42": (last, train.shuffle(seed=1).select(range(100)), train),
            "should be a dataset": (last["sentence1"], drawn, train),
            "has all the splits": (last, course.raw.shuffle(seed=42), train),
            "holds the last 100 rows": (last, last.shuffle(seed=42), train),
        },
    }


def for_filter(course):
    train = course.raw["train"]

    def kept(condition):
        return train.filter(condition), train

    def first(row, name):
        return row[name].split()[0]

    def starts(row):
        return first(row, "sentence1") == first(row, "sentence2")

    right = kept(lambda row: row["label"] == 0 and starts(row))
    return {
        "dots": [(..., train)],
        "right": [
            right,
            kept(lambda row: not row["label"] and bool(starts(row))),
            kept(
                lambda row: (
                    row["label"] == 0
                    and first(row, "sentence1").lower() == first(row, "sentence2").lower()
                )
            ),
            (right[0].shuffle(seed=1), train),
            (type(train).from_pandas(right[0].to_pandas()), train),
            (
                train.select(
                    [i for i, row in enumerate(train) if row["label"] == 0 and starts(row)]
                ),
                train,
            ),
        ],
        "wrong": {
            "all pairs with label 0": kept(lambda row: row["label"] == 0),
            "whatever their label": kept(starts),
            "pairs with label 1": kept(lambda row: row["label"] == 1 and starts(row)),
            "`or` keeps": kept(lambda row: row["label"] == 0 or starts(row)),
            "same letter": kept(
                lambda row: row["label"] == 0 and row["sentence1"][0] == row["sentence2"][0]
            ),
            "a number": (len(right[0]), train),
            "nothing was filtered": kept(lambda row: True),
            "no row was kept": kept(lambda row: row["label"] == "0" and starts(row)),
            "this is a function": (lambda row: starts(row), train),
            "all the splits": (course.raw.filter(starts), train),
            "not from the training split": (course.raw["validation"].filter(starts), train),
            "should be a dataset": (right[0][:], train),
            "this is a list": (right[0].to_list(), train),
            "same_start is None": (None, train),
            "begin with different words": kept(lambda row: row["label"] == 0 and not starts(row)),
            "the letters of the first one's first word": kept(
                lambda row: (
                    row["label"] == 0 and row["sentence2"].startswith(first(row, "sentence1"))
                )
            ),
            "stands anywhere": kept(
                lambda row: (
                    row["label"] == 0 and first(row, "sentence1") in row["sentence2"].split()
                )
            ),
            "end with the same word": kept(
                lambda row: (
                    row["label"] == 0
                    and row["sentence1"].split()[-1] == row["sentence2"].split()[-1]
                )
            ),
            "lost the column idx": (right[0].remove_columns("idx"), train),
            "are kept should not be there, and": kept(
                lambda row: row["label"] == 0 and row["idx"] < 50
            ),
            "rows that are kept are right, but": (right[0].select(range(20)), train),
        },
    }
