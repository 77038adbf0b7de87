"""The exercises: their form, what their checks say to right and wrong answers, and that their solutions pass."""

import inspect
import json
import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import torch
from datasets import Dataset
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score
from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding
from transformers.trainer_pt_utils import get_length_grouped_indices

from helpers import exercises
from helpers.commands.support.execution import execute, printed
from helpers.commands.support.notebooks import NOTEBOOKS
from helpers.prepare import prepare_mrpc
from helpers.sources import checkpoint_path

FILES = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
CHECKS = {
    name: function
    for name, function in inspect.getmembers(exercises, inspect.isfunction)
    if name.startswith("check_")
}
FOLDED = re.compile(
    r"<details><summary>Hint</summary>\n\n(?P<hint>.+?)\n\n</details>\n\n"
    r"<details><summary>Solution</summary>\n\n```python\n(?P<solution>.+?)\n```\n\n</details>",
    flags=re.DOTALL,
)


def source(cell) -> str:
    return "".join(cell["source"])


def cells_of(file) -> dict:
    return {cell["id"]: cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]}


def exercises_of(file) -> list[str]:
    """The ids of a notebook's exercises, in order."""
    return [cell for cell in cells_of(file) if re.fullmatch(r"\d\d-exercise-\d+", cell)]


def solution_of(cells, exercise) -> str:
    return FOLDED.fullmatch(source(cells[f"{exercise}-solution"]))["solution"]


# Their form

EXERCISES = [(file, exercise) for file in FILES for exercise in exercises_of(file)]


def test_there_are_at_least_20_and_two_or_three_in_every_notebook():
    assert len(EXERCISES) >= 20
    assert all(len(exercises_of(file)) in (2, 3) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_exercises_stand_together_under_your_turn(file):
    number = file.name[:2]
    ids = list(cells_of(file))
    wanted = [f"{number}-your-turn"]
    for position, exercise in enumerate(exercises_of(file), 1):
        assert exercise == f"{number}-exercise-{position}"
        wanted += [exercise, f"{exercise}-answer", f"{exercise}-check", f"{exercise}-solution"]
    start = ids.index(wanted[0])
    assert ids[start : start + len(wanted)] == wanted
    checks = f"from helpers.exercises import notebook_{number} as exercises"
    assert checks in "".join(map(source, cells_of(file).values()))


@pytest.mark.parametrize(("file", "exercise"), EXERCISES, ids=[e for _, e in EXERCISES])
def test_an_exercise_is_a_prompt_a_cell_with_dots_a_check_and_a_folded_solution(file, exercise):
    cells = cells_of(file)
    prompt, answer, check, solution = (
        cells[exercise + part] for part in ("", "-answer", "-check", "-solution")
    )
    assert source(prompt).startswith(f"### Exercise {exercise[-1]}: ")
    assert len(source(prompt).splitlines()) >= 3
    assert answer["metadata"]["tags"] == ["exercise"] and "..." in source(answer)
    assert check["metadata"]["tags"] == ["check"]
    call = re.fullmatch(r"exercises\.(check_\w+)\(.*\)", source(check), flags=re.DOTALL)
    assert call[1] in CHECKS
    folded = FOLDED.fullmatch(source(solution))
    assert folded, source(solution)
    assert "..." not in folded["solution"]
    compile(folded["solution"], exercise, "exec")


def test_every_check_belongs_to_one_exercise():
    used = [
        re.match(r"exercises\.(\w+)", source(cells_of(file)[f"{exercise}-check"]))[1]
        for file, exercise in EXERCISES
    ]
    assert sorted(used) == sorted(CHECKS)


# What the checks say


@pytest.fixture(scope="module")
def course():
    """What the notebooks have at hand when their exercises come."""
    raw, tokenized, tokenizer = prepare_mrpc()
    train = tokenized["train"].select_columns(tokenizer.model_input_names)
    batch = tokenizer(["I've been waiting.", "Good!"], padding=True, return_tensors="pt")
    return SimpleNamespace(
        raw=raw,
        tokenized=tokenized,
        tokenizer=tokenizer,
        train=train,
        lengths=[len(ids) for ids in train["input_ids"]],
        collator=DataCollatorWithPadding(tokenizer),
        batch=batch,
        model=exercises.tiny_model(),
    )


def mixed_labels(course):
    def batch(labels):
        return ({**course.batch, "labels": labels}, course.model)

    return {
        "dots": [batch(...)],
        "right": [batch(torch.tensor([1, 0])), batch(torch.LongTensor((1, 0)))],
        "wrong": {
            "wrong order": batch(torch.tensor([0, 1])),
            "the second gets 0": batch(torch.tensor([1, 1])),
            "torch.tensor(...)": batch([1, 0]),
            "whole number": batch(torch.tensor([1.0, 0.0])),
            "torch.bool": batch(torch.tensor([True, False])),
            "tokenizer returns lists": (
                {**course.tokenizer(["One.", "Two."]), "labels": torch.tensor([1, 0])},
                course.model,
            ),
            "the shape (2,)": batch(torch.tensor([[1, 0]])),
            'no "labels"': (dict(course.batch), course.model),
            "should be a batch": (torch.tensor([1, 0]), course.model),
        },
    }


def one_step(course):
    def step(*calls, model=None, optimizer=torch.optim.AdamW, result="before", **options):
        def function(given, batch, lr):
            used = model or given
            stepper = optimizer(used.parameters(), **({"lr": lr} | options))
            loss = used(**batch).loss
            for call in calls:
                {"backward": loss.backward, "step": stepper.step, "zero": stepper.zero_grad}[call]()
            after = used(**batch).loss
            return {"before": loss, "after": after, "nothing": None}[result]

        return function, course.batch

    def only_the_classifier(model, batch, lr):
        stepper = torch.optim.AdamW(model.classifier.parameters(), lr=lr)
        loss = model(**batch).loss
        loss.backward()
        stepper.step()
        model.zero_grad()
        return loss

    three = ("backward", "step", "zero")
    return {
        "dots": [(lambda model, batch, lr: ..., course.batch)],
        "right": [step(*three), step("zero", *three)],
        "wrong": {
            "gradients are there, but nothing has moved": step("backward"),
            "none has a gradient": step("step", "zero"),
            "lr=lr": step(*three, lr=1e-3),
            "One step of AdamW": step(*three, optimizer=torch.optim.SGD),
            "still there": step("backward", "step"),
            "returns nothing": step(*three, result="nothing"),
            "before the step was": step(*three, result="after"),
            "RuntimeError": step("backward", "backward"),
            "model(**batch)": (lambda model, batch, lr: model(batch).loss, course.batch),
            "the layers below it do not": (only_the_classifier, course.batch),
            "a function is asked for": (3, course.batch),
            "TypeError": (lambda model: 0.7, course.batch),
        },
    }


def only_classifier(course):
    model = course.model

    def optimizer(parameters, **options):
        return torch.optim.AdamW(parameters, **options), model

    frozen = exercises.tiny_model()
    for name, parameter in frozen.named_parameters():
        parameter.requires_grad = name.startswith("classifier")
    return {
        "dots": [(..., model)],
        "right": [
            optimizer(model.classifier.parameters()),
            optimizer([model.classifier.weight, model.classifier.bias]),
            (torch.optim.SGD(model.classifier.parameters(), lr=0.1), model),
            (torch.optim.AdamW(frozen.parameters()), frozen),
        ],
        "wrong": {
            "an optimizer is asked for": (list(model.classifier.parameters()), model),
            "moves all": optimizer(model.parameters()),
            "left out": optimizer([model.classifier.weight]),
            "no parameter of `model`": optimizer(exercises.tiny_model().classifier.parameters()),
            "MISSING": optimizer([*model.classifier.parameters(), *model.bert.pooler.parameters()]),
        },
    }


def rows(course):
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
            "a data set, not a row": (train.select([15]), validation[87], raw),
            "should be a row": (train[15]["sentence1"], validation[87], raw),
            "another row": (train[3], validation[87], raw),
            "idx is a number": (idx_15[0], validation[87], {**raw, "train": moved}),
        },
    }


def select(course):
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
            "should be a data set": (last["sentence1"], drawn, train),
            "has all the splits": (last, course.raw.shuffle(seed=42), train),
            "holds the last 100 rows": (last, last.shuffle(seed=42), train),
        },
    }


def filter_rows(course):
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
            "all splits": (course.raw.filter(starts), train),
            "not from the training split": (course.raw["validation"].filter(starts), train),
            "should be a data set": (right[0].to_list(), train),
            "not the right ones": kept(lambda row: row["label"] == 0 and row["idx"] < 50),
        },
    }


def baseline_on_test(course):
    raw = course.raw
    uneven = raw["validation"].filter(lambda row: row["label"] == 1 or row["idx"] % 3 == 0)
    labels, validation = list(raw["test"]["label"]), list(uneven["label"])
    ones, zeros = [1] * len(labels), [0] * len(labels)
    accuracy, f1 = accuracy_score(labels, ones), f1_score(labels, ones)
    on_validation = [
        score(validation, [1] * len(validation)) for score in (accuracy_score, f1_score)
    ]
    return {
        "dots": [(..., ..., raw), (accuracy, ..., raw)],
        "right": [
            (accuracy, f1, raw),
            (round(accuracy, 3), round(f1, 3), raw),
            (np.float64(accuracy), torch.tensor(f1), raw),
        ],
        "wrong": {
            "accuracy is that of the validation": (
                *on_validation,
                {**raw, "validation": uneven},
            ),
            "F1 is that of the train split": (
                accuracy,
                on_validation[1],
                {**raw, "train": uneven},
            ),
            "rounded to two digits. Give the accuracy": (round(accuracy, 2), f1, raw),
            "percentage": (100 * accuracy, 100 * f1, raw),
            "swapped": (f1, accuracy, raw),
            "rarer label": (accuracy_score(labels, zeros), 0.0, raw),
            "Take the F1 of label 1": (accuracy, f1_score(labels, ones, pos_label=0), raw),
            "labels first": (accuracy, f1_score(labels, ones, average="macro"), raw),
            "a text": (f"{accuracy:.3f}", f1, raw),
            "one number": ([accuracy], {"f1": f1}, raw),
            "share of test pairs": (0.5, f1, raw),
        },
    }


def longest_pair(course):
    train = course.raw["train"]

    def words(row):
        return len(row["sentence1"].split()) + len(row["sentence2"].split())

    def best(key, choose=max):
        row = choose(train, key=key)
        return row, exercises.name_of(row["label"], train), course.raw

    row, name, raw = best(words)
    other = next(
        each for each in train if words(each) not in (words(row), words(min(train, key=words)))
    )
    made_up = Dataset.from_dict(
        {
            "sentence1": ["a b c d e f", "incomprehensibilities of", "a b c d e f g h", "a b"],
            "sentence2": ["a b c d e f", "long internationalization", "a", "a"],
            "label": [0, 1, 1, 0],
        }
    ).cast_column("label", train.features["label"])
    small = {"train": made_up}
    return {
        "dots": [(..., ..., raw), (row, ..., raw)],
        "right": [
            (row, name, raw),
            (dict(row), str(name), raw),
            (made_up[0], "not_equivalent", small),
        ],
        "wrong": {
            "most characters": (made_up[1], "equivalent", small),
            "longest single sentence": (made_up[2], "equivalent", small),
            "the shortest pair": best(words, min),
            "should be a name": (row, row["label"], raw),
            "is not 'paraphrase'": (row, "paraphrase", raw),
            "there is one with": (other, name, raw),
            "no row of the training split": (raw["test"][0], name, raw),
            "the row itself": (words(row), name, raw),
            "should be a row": ((row["sentence1"], row["sentence2"]), name, raw),
        },
    }


def share_half(course):
    def function(
        divisor=lambda a, b: len(a | b), fold=str.lower, at_least=True, make=set, result=int
    ):
        def answer(row):
            a, b = (make(fold(row[name]).split()) for name in ("sentence1", "sentence2"))
            share = len(set(a) & set(b)) / divisor(a, b)
            return result(share >= 0.5 if at_least else share > 0.5)

        return answer, course.raw

    def letters(row):
        a, b = (set(row[name].lower()) for name in ("sentence1", "sentence2"))
        return int(len(a & b) / len(a | b) >= 0.5)

    def raw_share(row):
        a, b = exercises.word_sets(row)
        return len(a & b) / len(a | b)

    return {
        "dots": [(lambda row: ..., course.raw)],
        "right": [function(), function(result=bool), function(result=np.int64)],
        "wrong": {
            ">=, not >": function(at_least=False),
            "lower()": function(fold=str),
            "not by those of one": function(lambda a, b: min(len(a), len(b))),
            "set(...)": function(lambda a, b: len(a) + len(b) - len(set(a) & set(b)), make=list),
            "which is a share": (raw_share, course.raw),
            "wrong way round": function(result=lambda same: 1 - same),
            "compares numbers": function(result=lambda same: "equivalent"),
            "returns nothing": (lambda row: None, course.raw),
            "KeyError": (lambda row: row["sentence"], course.raw),
            "to every pair": (lambda row: 1, course.raw),
            "set(text) holds letters": (letters, course.raw),
            "are for sets": (lambda row: row["sentence1"].split() & [], course.raw),
            "share 3 of 5 different words": function(lambda a, b: len(a) + len(b)),
        },
    }


def together_and_apart(course):
    tokenizer, raw = course.tokenizer, course.raw
    row = raw["train"][15]
    one, two = row["sentence1"], row["sentence2"]
    pair, single = tokenizer(one, two), [tokenizer(one), tokenizer(two)]
    rest = (tokenizer, raw)
    return {
        "dots": [(..., ..., *rest), (pair, [single[0], ...], *rest)],
        "right": [
            (pair, single, *rest),
            (pair["input_ids"], [each["input_ids"] for each in single], *rest),
            (tokenizer(one, two, return_tensors="pt"), tokenizer([one, two]), *rest),
            (pair, tuple(tokenizer([one, two], padding=True)["input_ids"]), *rest),
            (
                tokenizer([one], [two]),
                tokenizer([one, two], padding=True, return_tensors="pt"),
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
            "the tokenizer has joined": (pair, pair, *rest),
            "sentence2 first": (pair, single[::-1], *rest),
            "list of texts": (tokenizer.convert_ids_to_tokens(pair["input_ids"]), single, *rest),
            "does not hold the two": (pair, [tokenizer(one), tokenizer(one)], *rest),
            "should be a list of two": (pair, "apart", *rest),
            "it is of type dict": (pair, {"sentence1": single[0], "sentence2": single[1]}, *rest),
            "somebody wrote [SEP]": (tokenizer(f"{one} [SEP] {two}"), single, *rest),
            "together is a text": (tokenizer.decode(pair["input_ids"]), single, *rest),
            "a part of apart is a text": (pair, [one, two], *rest),
        },
    }


def single_sentences(course):
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
            "more than the model takes": mapped("sentence"),
            "padded": mapped("sentence", truncation=True, padding=True),
            "as a pair with itself": mapped("sentence", "sentence", truncation=True),
            "the column label is gone": (right.remove_columns("label"), reviews, tokenizer),
            "no column input_ids": (reviews, reviews, tokenizer),
            "should be a data set": (tokenizer(texts, truncation=True), reviews, tokenizer),
            "a smaller max_length loses text": mapped("sentence", truncation=True, max_length=8),
            "not those of the column": (
                reviews.map(lambda row: tokenizer(row["sentence"][::-1], truncation=True)),
                reviews,
                tokenizer,
            ),
            "a batch of one": (
                reviews.map(
                    lambda row: tokenizer(row["sentence"], truncation=True, return_tensors="pt")
                ),
                reviews,
                tokenizer,
            ),
            "lost or added": (right.select([0, 1]), reviews, tokenizer),
        },
    }


def any_task(course):
    tokenizer = course.tokenizer

    def maker(texts, **options):
        def function_for(task):
            columns = exercises.GLUE_COLUMNS[task]
            return lambda example: tokenizer(*texts(example, columns), **options)

        return function_for, tokenizer

    def each(example, columns):
        return [example[column] for column in columns]

    def branching(task):
        columns = exercises.GLUE_COLUMNS[task]

        def function(example):
            second = example[columns[1]] if len(columns) == 2 else None
            return dict(tokenizer(example[columns[0]], second, truncation=True))

        return function

    return {
        "dots": [
            (lambda task: ..., tokenizer),
            (lambda task: lambda example: ..., tokenizer),
        ],
        "right": [maker(each, truncation=True), (branching, tokenizer)],
        "wrong": {
            "IndexError": maker(lambda e, c: [e[c[0]], e[c[1]]], truncation=True),
            "by the name of the task": maker(
                lambda e, c: [e["sentence1"], e["sentence2"]], truncation=True
            ),
            "only the column sentence1": maker(lambda e, c: each(e, c)[:1], truncation=True),
            "wrong order": maker(lambda e, c: each(e, c)[::-1], truncation=True),
            "truncation=True": maker(each),
            "padded": maker(each, truncation=True, padding=True),
            "should return a function": (lambda task: exercises.GLUE_COLUMNS[task], tokenizer),
            "returns nothing": (lambda task: None, tokenizer),
            "argument of its own": maker(
                lambda e, c: [[t for texts in each(e, c) for t in texts]], truncation=True
            ),
            "dictionary of new columns": (lambda task: lambda example: [1, 2], tokenizer),
            "of the *names*": maker(lambda e, c: c, truncation=True),
            "a second call replaces the first": maker(
                lambda e, c: each(e, c)[-1:], truncation=True
            ),
            "without calling it": (lambda task: (lambda example: example)(), tokenizer),
        },
    }


def longest_batch(course):
    lengths, train, collator = course.lengths, course.train, course.collator
    order = sorted(range(len(lengths)), key=lambda position: lengths[position])

    def batch(positions, share=None, collate=collator):
        made = collate(train[positions])
        padding = made["attention_mask"].eq(0)
        value = padding.float().mean().item() if share is None else share(padding)
        return made, value, course.tokenized

    wide = DataCollatorWithPadding(course.tokenizer, padding="max_length", max_length=512)
    made, share, _ = batch(order[-8:])
    return {
        "dots": [(..., ..., course.tokenized), (made, ..., course.tokenized)],
        "right": [
            (made, share, course.tokenized),
            batch(order[::-1][:8]),
            (dict(made), torch.tensor(share), course.tokenized),
            (collator([train[p] for p in order[-8:]]), round(share, 2), course.tokenized),
        ],
        "wrong": {
            "eight shortest": batch(order[:8]),
            "first eight pairs": batch(list(range(8))),
            "last eight rows": batch(list(range(len(lengths) - 8, len(lengths)))),
            "not 8": batch(order[-7:]),
            "share of real tokens": batch(order[-8:], lambda padding: 1 - padding.float().mean()),
            "number of padded tokens": batch(order[-8:], lambda padding: padding.sum()),
            "percentage": batch(order[-8:], lambda padding: 100 * padding.float().mean() + 0.6),
            "padded to 512": batch(order[-8:], collate=wide),
            "is not 0.900": batch(order[-8:], lambda padding: 0.9),
            "not a batch yet": (train[order[-8:]], share, course.tokenized),
            "the collator itself": (collator, share, course.tokenized),
            "the longest rows have": batch(order[-16:-8]),
            "as if a length were a position": batch(sorted(lengths)[-8:]),
            "padding per real token": batch(
                order[-8:], lambda padding: (padding.sum() / (~padding).sum()).item()
            ),
        },
    }


def multiple_of_8(course):
    tokenizer = course.tokenizer
    # eight pairs of which the longest is no multiple of 8 long already
    lengths = course.lengths
    start = next(i for i in range(0, len(lengths), 8) if max(lengths[i : i + 8]) % 8)
    samples = course.tokenized["train"][start : start + 8]
    samples = {name: samples[name] for name in [*tokenizer.model_input_names, "label"]}

    def padded(**options):
        return DataCollatorWithPadding(tokenizer, **options)(samples), samples

    return {
        "dots": [(..., samples)],
        "right": [
            padded(pad_to_multiple_of=8),
            (
                tokenizer.pad(
                    {name: samples[name] for name in tokenizer.model_input_names},
                    pad_to_multiple_of=8,
                    return_tensors="pt",
                ),
                samples,
            ),
        ],
        "wrong": {
            "its longest sample": padded(),
            "the next one after": padded(padding="max_length", max_length=512),
            "not a multiple of 8": padded(padding="max_length", max_length=125),
            "the collator itself": (
                DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8),
                samples,
            ),
            "not a batch yet": (samples, samples),
            "should be a batch": (8, samples),
            "not those of `samples`": (
                course.collator({n: v[:4] for n, v in samples.items()}),
                samples,
            ),
        },
    }


def sorted_ratio(course):
    lengths = course.lengths

    def ratio(order, size=8, pad_to=None):
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        real, computed = exercises.count_tokens(exercises.pad_batches(lengths, batches, pad_to))
        return computed / real

    order = sorted(range(len(lengths)), key=lambda position: lengths[position])
    positions = list(range(len(lengths)))
    generator = torch.Generator().manual_seed(42)
    grouped = get_length_grouped_indices(lengths, 8, generator=generator)
    return {
        "dots": [(..., lengths)],
        "right": [
            (ratio(order), lengths),
            (ratio(order[::-1]), lengths),
            (np.float64(round(ratio(order), 3)), lengths),
        ],
        "wrong": {
            "the other way round": (1 / ratio(order), lengths),
            "in their own order": (ratio(positions), lengths),
            "no pad_to": (ratio(order, pad_to=max(lengths)), lengths),
            "as if these were positions": (ratio(sorted(lengths)), lengths),
            "another batch size": (ratio(order, 16), lengths),
            "rounded to two digits": (round(ratio(order), 2), lengths),
            "no padding at all": (1, list(range(1, 100))),
            "Is it the length-grouped order": (ratio(grouped), lengths),
            "just above 1": (2.5, lengths),
            "a text": ("1.003", lengths),
            "one number": ([1.0, 1.0], lengths),
        },
    }


def all_metrics(course):
    def metrics(
        answers=lambda logits: logits.argmax(axis=-1), swap=False, keep=4, scale=1, **options
    ):
        def compute(eval_pred):
            logits, labels = eval_pred
            both = (answers(logits), labels) if swap else (labels, answers(logits))
            values = {
                "accuracy": accuracy_score(*both),
                "f1": f1_score(*both),
                "precision": precision_score(*both, **options),
                "recall": recall_score(*both, **options),
            }
            return {name: scale * values[name] for name in list(values)[:keep]}

        return (compute,)

    return {
        "dots": [(lambda eval_pred: ...,), (lambda eval_pred: {"accuracy": ..., "f1": 0.5},)],
        "right": [
            metrics(),
            (lambda pair: {n.upper(): round(v, 3) for n, v in metrics()[0](pair).items()},),
        ],
        "wrong": {
            "swapped": metrics(swap=True),
            "(macro)": metrics(average="macro"),
            "(weighted)": metrics(average="weighted"),
            "of label 0": metrics(pos_label=0),
            "no precision and no recall": metrics(keep=2),
            "percentages": metrics(scale=100),
            "argmax": metrics(answers=lambda logits: logits),
            "returns nothing": (lambda eval_pred: None,),
            "expects a dictionary": (lambda eval_pred: (0.5, 0.5),),
            "logits, labels = eval_pred": (lambda eval_pred: eval_pred.predictions,),
            "your function says": metrics(answers=lambda logits: logits.argmin(axis=-1)),
        },
    }


def shorter_overlap(course):
    def overlap(divisor, fold=str.lower, make=lambda value: {"overlap": value}):
        def function(row):
            a, b = (set(fold(row[name]).split()) for name in ("sentence1", "sentence2"))
            return make(len(a & b) / divisor(a, b))

        return function, course.raw

    def shorter(a, b):
        return min(len(a), len(b))

    return {
        "dots": [(lambda example: {"overlap": ...}, course.raw), (lambda example: ..., course.raw)],
        "right": [
            overlap(shorter),
            overlap(lambda a, b: len(sorted((a, b), key=len)[0]), str.casefold),
        ],
        "wrong": {
            "both together": overlap(lambda a, b: len(a | b)),
            "not max(...)": overlap(lambda a, b: max(len(a), len(b))),
            "number of shared words": overlap(lambda a, b: 1),
            "lower()": overlap(shorter, fold=str),
            "needs a dictionary": overlap(shorter, make=float),
            "not overlap": overlap(shorter, make=lambda value: {"share": value}),
            "divide by the fewer": overlap(lambda a, b: len(a)),
            "KeyError": (lambda row: {"overlap": row["text"]}, course.raw),
        },
    }


def confident_mistakes(course):
    logits = np.array([[1.0, -1], [-1, 1], [0.3, 0], [-2, 2]], dtype=np.float32)
    labels = np.array([0, 0, 1, 0])

    def ranked(logits, labels):
        chances = torch.tensor(logits).softmax(dim=-1).numpy()
        return np.argsort(chances[np.arange(len(labels)), labels])

    def wrong_first(logits, labels, count):
        order = ranked(logits, labels)
        return order[logits.argmax(axis=-1)[order] != labels[order]][:count]

    def surest(logits, labels, count):
        return np.argsort(-np.abs(logits[:, 0] - logits[:, 1]))[:count]

    def losses(logits, labels, count):
        tensors = torch.tensor(logits), torch.tensor(labels)
        return torch.nn.functional.cross_entropy(*tensors, reduction="none").tolist()[:count]

    def whole(function):
        return function, logits, labels

    return {
        "dots": [whole(lambda logits, labels, count: ...)],
        "right": [
            whole(wrong_first),
            whole(lambda *given: wrong_first(*given).tolist()),
            whole(lambda *given: torch.tensor(wrong_first(*given))),
            whole(lambda *given: tuple(wrong_first(*given))),
        ],
        "wrong": {
            "the surest answers": whole(surest),
            "all 5 mistakes": whole(lambda a, b, count: wrong_first(a, b, len(b))),
            "least confident first": whole(lambda a, b, n: wrong_first(a, b, len(b))[::-1][:n]),
            "in another order": whole(lambda a, b, n: sorted(wrong_first(a, b, n))),
            "returns right answers, too": whole(lambda a, b, n: ranked(a, b)[:n]),
            "asked for are the positions": whole(losses),
            "TypeError": whole(
                lambda a, b, n: torch.nn.functional.cross_entropy(a, b, reduction="none")
            ),
            "and your function says": whole(lambda a, b, n: wrong_first(a, b, n)[1:]),
            "should be a list": whole(lambda a, b, n: {"positions": 1}),
        },
    }


def steps_per_epoch(course):
    data = course.raw["train"]

    def steps(function):
        return function, data

    return {
        "dots": [steps(lambda pairs, batch_size, processes: ...)],
        "right": [
            steps(lambda pairs, batch_size, processes: -(-pairs // (batch_size * processes))),
            steps(lambda pairs, batch_size, processes: np.ceil(pairs / batch_size / processes)),
        ],
        "wrong": {
            "Round up": steps(lambda pairs, size, processes: pairs // (size * processes)),
            "Where do the processes": steps(lambda pairs, size, processes: -(-pairs // size)),
            "not longer": steps(lambda pairs, size, processes: -(-pairs // size) * processes),
            "not a whole number": steps(lambda pairs, size, processes: pairs / (size * processes)),
            "TypeError": steps(lambda pairs, batch_size: pairs // batch_size),
            "ZeroDivisionError": steps(lambda pairs, size, processes: pairs / 0),
            "How many pairs": steps(lambda pairs, size, processes: pairs),
            "a text": steps(lambda pairs, size, processes: "10 steps"),
        },
    }


def make_ready(course):
    tokenizer = course.tokenizer
    inputs = tokenizer.model_input_names

    def ready(keep=(*inputs, "label"), rename=True, with_format="torch"):
        def function(dataset):
            dataset = dataset.select_columns(
                [name for name in dataset.column_names if name in keep or "*" in keep]
            )
            if rename:
                dataset = dataset.rename_column("label", "labels")
            return dataset.with_format(with_format) if with_format else dataset

        return function, tokenizer

    def mrpc_only(dataset):
        return dataset.remove_columns(["sentence1", "sentence2", "idx"])

    def in_place(dataset):
        dataset = ready()[0](dataset).with_format(None)
        dataset.set_format("torch")
        return dataset

    def kept_values(dataset):
        return ready()[0](dataset).with_format("torch", columns=inputs)

    return {
        "dots": [(lambda dataset: ..., tokenizer)],
        "right": [ready(), (in_place, tokenizer)],
        "wrong": {
            "dataset.column_names": (mrpc_only, tokenizer),
            "still called label": ready(rename=False),
            "no column labels": ready(keep=inputs, rename=False),
            "which the model does not take": ready(keep="*"),
            "token_type_ids is gone": ready(keep=("input_ids", "attention_mask", "label")),
            "not as tensors": ready(with_format=None),
            "(None)": (lambda dataset: dataset.set_format("torch"), tokenizer),
            "with_format returns a new one": (
                lambda dataset: dataset.set_format("torch").rename_column("label", "labels"),
                tokenizer,
            ),
            "A data set is asked for": (lambda dataset: dataset.to_dict(), tokenizer),
        },
    }


def training_loop(course):
    def new_model():
        torch.manual_seed(42)
        return AutoModelForSequenceClassification.from_pretrained(
            checkpoint_path(), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )

    def loop(*calls, losses=True, item=True, early=False, model=None):
        def train(given, dataloader, optimizer):
            used, result = model or given, []
            for batch in dataloader:
                loss = used(**batch).loss
                for call in calls:
                    {"b": loss.backward, "s": optimizer.step, "z": optimizer.zero_grad}[call]()
                if losses:
                    result.append(loss.item() if item else loss)
                if early:
                    return result
            return result

        return train, new_model, course.tokenizer

    def plain(function):
        return function, new_model, course.tokenizer

    return {
        "dots": [plain(lambda model, dataloader, optimizer: ...), plain(lambda *_: [])],
        "right": [loop(*"bsz"), loop(*"zbs"), loop(*"bsz", item=False)],
        "wrong": {
            "without zero_grad()": loop(*"bs"),
            "nobody moves the weights": loop(*"b"),
            "the weights do not move": loop(*"sz"),
            "Append loss.item()": loop(*"bsz", losses=False),
            "inside the loop": loop(*"bsz", early=True),
            "never called": loop(*"bsz", model=exercises.tiny_model()),
            "16 steps": loop(*"bssz"),
            "model(**batch)": plain(lambda model, dataloader, optimizer: model(next(dataloader))),
            "(None)": plain(lambda model, dataloader, optimizer: None),
            "should be a list": plain(lambda model, dataloader, optimizer: 0.4),
        },
    }


def names_of_curves(course):
    file = next(file for file in FILES if file.name.startswith("08"))
    given = {}
    exec(solution_of(cells_of(file), "08-exercise-1"), given)
    names, curves = given["names"], given["curves"]

    def named(**other):
        return {**names, **other}, curves, 0.684

    return {
        "dots": [(dict.fromkeys(curves, ...), curves, 0.684), named(B=...)],
        "right": [
            named(),
            ({run: name.upper() for run, name in names.items()}, curves, 0.684),
            named(A="overfit", D="underfitted", B="collapsed"),
        ],
        "wrong": {
            "A is not healthy": named(A="healthy", C="overfitting"),
            "B is not underfitting": named(B="underfitting", D="collapse"),
            "D is not healthy": named(D="healthy"),
            "C is not overfitting": named(C="overfitting"),
            "The four names are": named(A="memorising"),
            "should be a dictionary": (list(names.values()), curves, 0.684),
        },
    }


def best_step(course):
    log = [
        {"step": 10, "loss": 0.5},
        {"step": 20, "eval_loss": 0.6, "eval_accuracy": 0.7},
        {"step": 40, "eval_loss": 0.5, "eval_accuracy": 0.7},
        {"step": 60, "eval_loss": 0.9, "eval_accuracy": 0.8},
    ]

    def evaluations(history):
        return [entry for entry in history if "eval_loss" in entry]

    def by(name, choose=min, step=lambda entry, history: entry["step"]):
        def best(history):
            chosen = choose(
                [entry for entry in history if name in entry], key=lambda entry: entry[name]
            )
            return step(chosen, history)

        return best, log

    return {
        "dots": [(lambda log_history: ..., log)],
        "right": [
            by("eval_loss"),
            by("eval_loss", step=lambda entry, _: float(entry["step"])),
            (
                lambda history: sorted((e["eval_loss"], e["step"]) for e in evaluations(history))[
                    0
                ][1],
                log,
            ),
        ],
        "wrong": {
            "the lowest loss itself": by("eval_loss", step=lambda entry, _: entry["eval_loss"]),
            "a position": by("eval_loss", step=lambda entry, h: evaluations(h).index(entry)),
            "highest accuracy": by("eval_accuracy", max),
            "lowest training loss": by("loss"),
            "the highest loss": by("eval_loss", max),
            "the last step": (lambda history: history[-1]["step"], log),
            "the whole entry": by("eval_loss", step=lambda entry, _: entry),
            "KeyError": (lambda h: min(h, key=lambda entry: entry["eval_loss"])["step"], log),
            "cannot be compared": (
                lambda h: min(h, key=lambda entry: entry.get("eval_loss"))["step"],
                log,
            ),
            "in the real one": (lambda history: 20, log),
            "no evaluations": (by("eval_loss")[0], log[:1]),
        },
    }


def pairs_needed(course):
    answers = np.array([1.0] * 330 + [0.0] * 78)

    def formula(function):
        return function, answers

    return {
        "dots": [formula(lambda accuracy, width: ...)],
        "right": [
            formula(lambda p, w: (2 * 1.96 / w) ** 2 * p * (1 - p)),
            formula(lambda p, w: int(np.ceil(16 * p * (1 - p) / w**2))),
        ],
        "wrong": {
            "a quarter": formula(lambda p, w: (1.96 / w) ** 2 * p * (1 - p)),
            "the square is missing": formula(lambda p, w: 2 * 1.96 * np.sqrt(p * (1 - p)) / w),
            "the root of": formula(lambda p, w: (2 * 1.96 / w) ** 2 * np.sqrt(p * (1 - p))),
            "the factor is missing": formula(lambda p, w: p * (1 - p) / w**2),
            "Put your number": formula(lambda p, w: 408),
            "TypeError": formula(lambda p: 408),
            "NameError": formula(lambda p, w: sqrt(p)),  # noqa: F821
        },
    }


TABLE = {
    "check_mixed_labels": mixed_labels,
    "check_one_step": one_step,
    "check_only_classifier": only_classifier,
    "check_rows": rows,
    "check_select": select,
    "check_filter": filter_rows,
    "check_test_baseline": baseline_on_test,
    "check_longest_pair": longest_pair,
    "check_share_half": share_half,
    "check_together_and_apart": together_and_apart,
    "check_single_sentences": single_sentences,
    "check_any_task": any_task,
    "check_longest_batch": longest_batch,
    "check_multiple_of_8": multiple_of_8,
    "check_sorted_ratio": sorted_ratio,
    "check_all_metrics": all_metrics,
    "check_shorter_overlap": shorter_overlap,
    "check_confident_mistakes": confident_mistakes,
    "check_steps_per_epoch": steps_per_epoch,
    "check_make_ready": make_ready,
    "check_training_loop": training_loop,
    "check_names_of_curves": names_of_curves,
    "check_best_step": best_step,
    "check_pairs_needed": pairs_needed,
}


def test_every_check_is_in_the_table():
    assert set(TABLE) == set(CHECKS)


@pytest.fixture(params=TABLE)
def case(request, course):
    return CHECKS[request.param], TABLE[request.param](course)


@pytest.fixture
def said(capsys):
    def said(check, arguments) -> str:
        capsys.readouterr()
        assert check(*arguments) is None
        return capsys.readouterr().out.strip()

    return said


def test_dots_are_not_answered_yet(case, said):
    check, answers = case
    for arguments in answers["dots"]:
        assert said(check, arguments).startswith("Not answered yet: ")


def test_every_spelling_of_a_right_answer_is_right(case, said):
    check, answers = case
    assert len(answers["right"]) >= 2
    for arguments in answers["right"]:
        assert said(check, arguments).startswith("Right: ")


def test_each_typical_mistake_gets_a_message_of_its_own(case, said):
    check, answers = case
    assert len(answers["wrong"]) >= 2
    messages = [said(check, arguments) for arguments in answers["wrong"].values()]
    for fragment, message in zip(answers["wrong"], messages, strict=True):
        assert message.startswith("Not yet: ") and fragment in message, (fragment, message)
        assert "cannot be read" not in message
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize("nonsense", [None, 7, "text", [], {}, object(), lambda *_: 1 / 0, len])
def test_nonsense_never_raises_and_is_never_right(case, said, nonsense):
    check, answers = case
    _, *rest = answers["right"][0]
    assert said(check, (nonsense, *rest)).startswith("Not yet: ")


# Their solutions


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_with_its_solutions_every_check_of_a_notebook_says_right(file, tmp_path):
    cells = cells_of(file)
    notebook = nbformat.read(file, as_version=4)
    found = exercises_of(file)
    for cell in notebook.cells:
        if cell.id.removesuffix("-answer") in found and cell.id.endswith("-answer"):
            cell.source = solution_of(cells, cell.id.removesuffix("-answer"))
    nbformat.write(notebook, tmp_path / file.name)
    executed = {cell.id: cell for cell in execute(tmp_path / file.name).cells}
    for exercise in found:
        assert printed(executed[f"{exercise}-check"]).startswith("Right: "), exercise
