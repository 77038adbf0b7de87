"""Answers to the exercises of notebook 2, loading MRPC: with dots, right, and wrong by what the check says."""


def for_rows(course):
    raw = course.raw
    train, validation = raw["train"], raw["validation"]
    idx_15 = train.filter(lambda row: row["idx"] == 15)
    moved = train.select([*range(20, 40), *range(20)])  # idx is no longer the position
    return {
        "dots": [(..., ..., raw), (train[15], ..., raw)],
        "right": [
            (train[15], validation[87], raw),
            (train.select([15])[0], {name: validation[name][87] for name in raw["test"][0]}, raw),
        ],
        "wrong": {
            "count from 0": (train[14], validation[87], raw),
            "row 87 of validation is asked for": (train[15], train[87], raw),
            "One position alone": (train[15:16], validation[87], raw),
            "swapped": (validation[87], train[15], raw),
            "raw_datasets['train'] is that split": (raw["test"][15], validation[87], raw),
            "a dataset, not a row": (train.select([15]), validation[87], raw),
            "should be a row": (train[15]["sentence1"], validation[87], raw),
            "another row": (train[3], validation[87], raw),
            "idx is a number": (idx_15[0], validation[87], {**raw, "train": moved}),
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
        ],
        "wrong": {
            "dictionary of lists": (train[-100:], drawn, train),
            "first 100 rows. The last begin": (train.select(range(100)), drawn, train),
            "not 100": (train.select(range(len(train) - 99, len(train))), drawn, train),
            "does not end": (train.select(range(len(train) - 101, len(train) - 1)), drawn, train),
            "in another order": (last, train.select(range(100)).shuffle(seed=42), train),
            "returns a new one": (last, train.select(range(100)), train),
            "seed=42": (last, train.shuffle(seed=1).select(range(100)), train),
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
            "should be a dataset": (right[0].to_list(), train),
            "not the right ones": kept(lambda row: row["label"] == 0 and row["idx"] < 50),
        },
    }
