"""Answers to the exercises of notebook 4, tokenizing with map: with dots, right, and wrong by what the check says."""

from datasets import Dataset, DatasetDict

from helpers.exercises.notebook_04 import GLUE_COLUMNS


def for_together_and_apart(course):
    tokenizer, raw = course.tokenizer, course.raw
    row = raw["train"][15]
    one, two = row["sentence1"], row["sentence2"]
    pair, single = tokenizer(one, two), [tokenizer(one), tokenizer(two)]
    other = [raw["test"][15][name] for name in ("sentence1", "sentence2")]
    shortest, longest = sorted(len(each["input_ids"]) for each in single)
    rest = (tokenizer, raw)
    return {
        "dots": [(..., ..., *rest), (pair, [single[0], ...], *rest), (None, ..., *rest)],
        "right": [
            (pair, single, *rest),
            (pair["input_ids"], [each["input_ids"] for each in single], *rest),
            (tokenizer(one, two, return_tensors="pt"), tokenizer([one, two]), *rest),
            (tokenizer(one, two, padding=True), tuple(tokenizer([one, two])["input_ids"]), *rest),
            (tokenizer(one, two, return_tensors="np"), [tokenizer([one]), tokenizer([two])], *rest),
            (tokenizer(one, two, truncation=True), single, *rest),
            (tokenizer(text=one, text_pair=two), [dict(each) for each in single], *rest),
            (
                tokenizer([one], [two]),
                [tokenizer(text, padding=True, return_tensors="pt") for text in (one, two)],
                *rest,
            ),
        ],
        "wrong": {
            "2 rows of tokens": (tokenizer([one, two]), single, *rest),
            "one long text": (tokenizer(one + " " + two), single, *rest),
            "sentence2 in front": (tokenizer(two, one), single, *rest),
            "row 14": (
                tokenizer(raw["train"][14]["sentence1"], raw["train"][14]["sentence2"]),
                single,
                *rest,
            ),
            "one of the two sentences only": (single[0], single, *rest),
            "the tokenizer joins them": (pair, pair, *rest),
            "sentence2 first": (pair, single[::-1], *rest),
            "list of strings": (tokenizer.convert_ids_to_tokens(pair["input_ids"]), single, *rest),
            "each part of apart is the whole pair": (pair, [pair, pair], *rest),
            "both parts of apart are the same": (pair, [tokenizer(one), tokenizer(one)], *rest),
            "does not hold the two": (pair, [single[0], tokenizer(other[1])], *rest),
            "should be a list of two": (pair, "apart", *rest),
            "it is of type dict": (pair, {"sentence1": single[0], "sentence2": single[1]}, *rest),
            "somebody wrote [SEP]": (tokenizer(f"{one} [SEP] {two}"), single, *rest),
            "together is a string": (tokenizer.decode(pair["input_ids"]), single, *rest),
            "a part of apart is a string": (pair, [one, two], *rest),
            "apart is None": (pair, None, *rest),
            "the same sentence twice": (tokenizer(one, one), single, *rest),
            "another split": (tokenizer(*other), single, *rest),
            "a small max_length": (
                tokenizer(one, two, truncation=True, max_length=20),
                single,
                *rest,
            ),
            "are padding. Give it without": (
                tokenizer(one, two, truncation=True, padding="max_length"),
                single,
                *rest,
            ),
            "the first part of apart has 512 entries": (
                pair,
                tokenizer([one, two], padding="max_length"),
                *rest,
            ),
            f"part of apart has {longest} entries, and {longest - shortest} of them": (
                pair,
                tokenizer([one, two], padding=True),
                *rest,
            ),
            "apart has only a part": (
                pair,
                tokenizer([one, two], truncation=True, max_length=16),
                *rest,
            ),
            "each part of apart is a pair": (pair, [pair, tokenizer(two, one)], *rest),
            "the second part of apart is a pair": (pair, [single[0], tokenizer(two, one)], *rest),
            "together is a list of two results": (single, pair, *rest),
            "list of 3 results": ([*single, pair], single, *rest),
            "should be what the tokenizer returns, and it is of type int": (
                len(pair["input_ids"]),
                single,
                *rest,
            ),
            "should be what the tokenizer returns, and it is of type Bert": (
                tokenizer,
                single,
                *rest,
            ),
            "a part of apart should be what the tokenizer returns": (
                pair,
                [single[0], tokenizer],
                *rest,
            ),
            "in together, [CLS] and [SEP] are missing": (
                tokenizer(one, two, add_special_tokens=False),
                single,
                *rest,
            ),
            "in apart, [CLS] and [SEP] are missing": (
                pair,
                tokenizer([one, two], add_special_tokens=False),
                *rest,
            ),
            "tuple of strings": ((one, two), single, *rest),
            "it has 1.": (pair, [single[0]], *rest),
            "it has 3.": (pair, [*single, single[0]], *rest),
        },
    }


def for_single_sentences(course):
    tokenizer = course.tokenizer
    texts = ["A clever film.", "Nothing.", "Very " * 600 + "good."]
    reviews = Dataset.from_dict({"sentence": texts, "label": [1, 0, 1], "idx": [0, 1, 2]})

    def mapped(*columns, data=reviews, **options):
        def function(example):
            return tokenizer(*(example[column] for column in columns), **options)

        return data.map(function, batched=True), reviews, tokenizer

    right = mapped("sentence", truncation=True)[0]
    return {
        "dots": [(..., reviews, tokenizer)],
        "right": [
            (right, reviews, tokenizer),
            (right.remove_columns(["sentence", "idx"]), reviews, tokenizer),
            (right.rename_column("label", "labels").with_format("torch"), reviews, tokenizer),
            (
                reviews.map(lambda row: tokenizer(row["sentence"], truncation=True)),
                reviews,
                tokenizer,
            ),
        ],
        "wrong": {
            "truncation=True, without max_length, cuts it": mapped("sentence"),
            "Leave out max_length": mapped("sentence", truncation=True, max_length=600),
            "padded": mapped("sentence", truncation=True, padding=True),
            "no column attention_mask": (
                right.remove_columns("attention_mask"),
                reviews,
                tokenizer,
            ),
            "reviews.map(...) returns one": (
                dict(tokenizer(texts, truncation=True)),
                reviews,
                tokenizer,
            ),
            "Leave out the brackets": (right[0], reviews, tokenizer),
            "has lost its [SEP]": (
                reviews.map(
                    lambda row: {k: v[:512] for k, v in tokenizer(row["sentence"]).items()}
                ),
                reviews,
                tokenizer,
            ),
            "cut to 512 characters": (
                reviews.map(lambda row: tokenizer(row["sentence"][:512])),
                reviews,
                tokenizer,
            ),
            "has all the splits": (DatasetDict(train=right), reviews, tokenizer),
            "this is MRPC": (course.tokenized["train"], reviews, tokenizer),
            "tokenized_reviews is None": (None, reviews, tokenizer),
            "as a pair with itself": mapped("sentence", "sentence", truncation=True),
            "the column label is gone": (right.remove_columns("label"), reviews, tokenizer),
            "reviews as it was": (reviews, reviews, tokenizer),
            "no column input_ids": (reviews.map(lambda row: {"text": "A."}), reviews, tokenizer),
            "should be a dataset": (tokenizer(texts, truncation=True), reviews, tokenizer),
            "a smaller max_length loses text": mapped("sentence", truncation=True, max_length=8),
            "not the tokens of the column": (
                reviews.map(lambda row: tokenizer(row["sentence"][::-1], truncation=True)),
                reviews,
                tokenizer,
            ),
            "batch of one": (
                reviews.map(
                    lambda row: tokenizer(row["sentence"], truncation=True, return_tensors="pt")
                ),
                reviews,
                tokenizer,
            ),
            "has 2 rows, and reviews has 3": (right.select([0, 1]), reviews, tokenizer),
        },
    }


def for_any_task(course):
    tokenizer = course.tokenizer

    def maker(texts, **options):
        def function_for(task):
            columns = GLUE_COLUMNS[task]
            return lambda example: tokenizer(*texts(example, columns), **options)

        return function_for, tokenizer

    def each(example, columns):
        return [example[column] for column in columns]

    def branching(task):
        columns = GLUE_COLUMNS[task]

        def function(example):
            second = example[columns[1]] if len(columns) == 2 else None
            return dict(tokenizer(example[columns[0]], second, truncation=True))

        return function

    def only_columns(*names):
        def function_for(task):
            function = maker(each, truncation=True)[0](task)
            return lambda example: {name: function(example)[name] for name in names}

        return function_for

    def pairs_only(task):
        return lambda example: branching(task)(example) if len(GLUE_COLUMNS[task]) == 2 else None

    def by_column(task):
        def function(example):
            if "sentence" in example:
                return tokenizer(example["sentence"], truncation=True)
            return branching(task)(example)

        return function

    def unpacking(task):
        first, second = GLUE_COLUMNS[task]
        return lambda example: tokenizer(example[first], example[second], truncation=True)

    def popping(task):
        columns = GLUE_COLUMNS[task]

        def function(example):
            return tokenizer(*[example[columns.pop(0)] for _ in columns[:]], truncation=True)

        return function

    shared = {}

    def sharing(task):
        shared["columns"] = GLUE_COLUMNS[task]
        return lambda example: tokenizer(*each(example, shared["columns"]), truncation=True)

    return {
        "dots": [
            (lambda task: ..., tokenizer),
            (lambda task: lambda example: ..., tokenizer),
        ],
        "right": [
            maker(each, truncation=True),
            maker(lambda e, c: map(e.get, c), truncation="longest_first"),
            (branching, tokenizer),
            (only_columns("input_ids", "attention_mask"), tokenizer),
        ],
        "wrong": {
            "cola has 1 column of text": (unpacking, tokenizer),
            "IndexError": maker(lambda e, c: [e[c[0]], e[c[1]]], truncation=True),
            "by the name of the task": maker(
                lambda e, c: [e["sentence1"], e["sentence2"]], truncation=True
            ),
            "only the column sentence1": maker(lambda e, c: each(e, c)[:1], truncation=True),
            "wrong order": maker(lambda e, c: each(e, c)[::-1], truncation=True),
            "truncation=True": maker(each),
            "padded": maker(each, truncation=True, padding=True),
            "argument of its own": maker(
                lambda e, c: [[t for texts in each(e, c) for t in texts]], truncation=True
            ),
            "dictionary of new columns": (lambda task: lambda example: [1, 2], tokenizer),
            "not the names of the columns": maker(lambda e, c: c, truncation=True),
            "joined into one": maker(
                lambda e, c: [[" ".join(both) for both in zip(*each(e, c), strict=True)]],
                truncation=True,
            ),
            "truncation=True, without max_length": maker(each, truncation=True, max_length=600),
            "a long text keeps 128 tokens only": maker(each, truncation=True, max_length=128),
            "no attention_mask": (only_columns("input_ids"), tokenizer),
            "no input_ids": (only_columns("attention_mask"), tokenizer),
            "returns something of type list": (lambda task: GLUE_COLUMNS[task], tokenizer),
            "returns something of type tuple": (
                lambda task: lambda e: tuple(e[c] for c in GLUE_COLUMNS[task]),
                tokenizer,
            ),
            "tokenize_function_for('mrpc') returns nothing": (lambda task: None, tokenizer),
            "the inner function for mrpc returns nothing": (
                lambda task: lambda example: None,
                tokenizer,
            ),
            "the inner function for cola returns nothing": (pairs_only, tokenizer),
            "should take one argument, example": (lambda task: lambda example, task: {}, tokenizer),
            "qnli has a column sentence, too": (by_column, tokenizer),
            "Copy it first": (popping, tokenizer),
            "they share a variable": (sharing, tokenizer),
            "only 1 of three rows": maker(
                lambda e, c: [texts[:1] for texts in each(e, c)], truncation=True
            ),
            "the column sentence is tokenized as a pair with itself": maker(
                lambda e, c: [e[c[0]], e[c[-1]]], truncation=True
            ),
            "cuts the longer text of a pair": maker(each, truncation="only_second"),
            "has called map itself": (lambda task: course.raw, tokenizer),
            "the inner function for mrpc returns a DatasetDict": (
                lambda task: lambda example: course.raw,
                tokenizer,
            ),
            "a list of texts, and an argument": (
                lambda task: lambda example: tokenizer(example, truncation=True),
                tokenizer,
            ),
            "a smaller max_length, or a cut of the text": maker(
                lambda e, c: [[text[:80] for text in texts] for texts in each(e, c)],
                truncation=True,
            ),
            "Leave out return_tensors": maker(each, truncation=True, return_tensors="pt"),
            "Leave out return_overflowing_tokens": maker(
                each, truncation=True, return_overflowing_tokens=True
            ),
            "a second call replaces the first": maker(
                lambda e, c: each(e, c)[-1:], truncation=True
            ),
            "without calling it": (lambda task: (lambda example: example)(), tokenizer),
        },
    }
