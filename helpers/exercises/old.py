"""The checks of the exercises: one function each, called by the cell below a learner's answer.

A check takes the learner's object, and the data that its expectation is computed from. It prints one verdict ("Right:",
"Not yet:" or "Not answered yet:") and never raises. It compares what an answer does, not how it is written.
"""

import copy
import functools
import math
import textwrap
from collections.abc import Mapping

import numpy as np
import torch
import transformers  # loads a class when it is used: notebooks without a model open faster
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from helpers.padding import count_tokens, pad_batches


class NotAnswered(Exception):
    """There are still dots in the answer."""


class NotYet(Exception):
    """The answer is wrong; the message says how, and points to the idea."""


def verdict(check):
    """Makes a check of a function that returns what a right answer shows, or raises NotAnswered or NotYet."""

    @functools.wraps(check)
    def printing(*arguments, **named):
        try:
            if any(has_dots(argument) for argument in (*arguments, *named.values())):
                raise NotAnswered
            print(f"Right: {check(*arguments, **named)}")
        except NotAnswered:
            print(
                "Not answered yet: replace the dots (...) in the cell above, run it, then run this one."
            )
        except NotYet as problem:
            print(f"Not yet: {problem}")
        except Exception as error:
            print(
                f"Not yet: this answer cannot be read ({describe(error)}). "
                f"Look again at what the exercise asks for: its type, its columns, its length."
            )

    return printing


def has_dots(value) -> bool:
    """Whether `value` is `...`, or a dictionary, list or tuple with `...` somewhere in it."""
    if isinstance(value, Mapping):
        return any(has_dots(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_dots(item) for item in value)
    return value is ...


def require(condition, message: str) -> None:
    if not condition:
        raise NotYet(message)


def describe(error: BaseException) -> str:
    first_line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {textwrap.shorten(first_line, 160, placeholder=' ...')}"


def kind(value) -> str:
    return f"of type {type(value).__name__}"


def call(function, *arguments, hints: dict[type, str] | None = None):
    """What the learner's function returns. Raises NotYet if it fails or returns nothing; `hints` by type of error."""
    require(callable(function), f"a function is asked for, and this is {kind(function)}.")
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        usual = {
            NameError: "Is every name in it an argument, or defined before?",
            TypeError: "Does it take the arguments that the exercise names, and use them as what they are?",
        }
        known = (hints or {}) | {
            key: hint for key, hint in usual.items() if key not in (hints or {})
        }
        hint = next((text for key, text in known.items() if isinstance(error, key)), "")
        raise NotYet(f"your function raised {describe(error)}. {hint}".rstrip()) from None
    if has_dots(result):
        raise NotAnswered
    require(result is not None, "your function returns nothing (None). Does it end with return?")
    return result


def number(value, what: str) -> float:
    """`value` as a float: a number, or an array or tensor that holds one."""
    require(
        not isinstance(value, str),
        f"{what} is a text. Give the number itself, without quotes or format.",
    )
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError):
        raise NotYet(f"{what} should be one number, and it is {kind(value)}.") from None


def items(value, what: str) -> list:
    """The items of a list, tuple, column, array or tensor."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    try:
        require(not isinstance(value, str | Mapping), "")
        return [item.item() if hasattr(item, "item") else item for item in value]
    except (TypeError, NotYet):
        raise NotYet(f"{what} should be a list, and it is {kind(value)}.") from None


def near(value: float, wanted: float, tolerance: float = 0.0006) -> bool:
    """Whether two numbers agree, rounded to three digits if need be."""
    return abs(value - wanted) <= tolerance


def tiny_model(seed: int = 0) -> "transformers.BertForSequenceClassification":
    """A BERT of two small layers with random weights, and no dropout: it takes milliseconds a step."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = transformers.BertConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        return transformers.BertForSequenceClassification(config)


# 1. One training step


@verdict
def check_mixed_labels(mixed_batch, model):
    """`mixed_batch`: the notebook's two sentences with the labels 1 and 0."""
    require(
        isinstance(mixed_batch, Mapping) or hasattr(mixed_batch, "keys"),
        f"mixed_batch should be a batch, with names and tensors, and it is {kind(mixed_batch)}.",
    )
    require(
        "labels" in mixed_batch,
        'the batch has no "labels": it is under this name that the model looks for them.',
    )
    labels = mixed_batch["labels"]
    require(
        isinstance(labels, torch.Tensor),
        f"the labels are {kind(labels)}. The model computes with tensors: torch.tensor(...) makes one of a list.",
    )
    require(
        not labels.is_floating_point() and labels.dtype != torch.bool,
        f"the labels are of type {labels.dtype}. A class is a whole number: write 1, not 1.0 or True.",
    )
    require(
        isinstance(mixed_batch.get("input_ids"), torch.Tensor),
        'the batch has no tensor of input_ids. Without return_tensors="pt" the tokenizer returns lists.',
    )
    rows = len(mixed_batch["input_ids"])
    require(
        labels.shape == (rows,),
        f"the labels have the shape {tuple(labels.shape)}. The batch has {rows} sentences and needs one label for each: "
        f"the shape ({rows},).",
    )
    values = labels.tolist()
    require(values != [0, 1], "the two labels are in the wrong order. The first sentence has 1.")
    require(
        values == [1, 0], f"the labels are {values}. The first sentence keeps 1, the second gets 0."
    )
    with torch.no_grad():
        loss = number(call(lambda: model(**mixed_batch)).loss, "the loss")
    return (
        f"the model that you trained has a loss of {loss:.2f} here, against ln 2 = {math.log(2):.2f} for knowing nothing. "
        "It learned to say 1 to everything, and is now surely wrong about one of the two."
    )


@verdict
def check_one_step(one_step, batch):
    """`one_step(model, batch, lr)` takes one AdamW step and returns the loss before it."""
    example = {name: batch[name] for name in ("input_ids", "token_type_ids", "attention_mask")}
    example["labels"] = torch.tensor([1, 0], device=example["input_ids"].device)
    for lr in (5e-5, 1e-2):
        model = tiny_model().to(example["input_ids"].device)
        weight = model.classifier.weight.detach().clone()
        inner = model.bert.encoder.layer[0].output.dense.weight
        inner_before = inner.detach().clone()
        with torch.no_grad():
            wanted = model(**example).loss.item()
        hints = {
            RuntimeError: "Compute the loss inside the function, from its arguments, and call its backward() once.",
            AttributeError: "A batch is a dictionary of arguments, model(**batch), and the loss is the .loss of what that returns.",
        }
        loss = call(one_step, model, dict(example), lr, hints=hints)
        moved = (model.classifier.weight.detach() - weight).abs().mean().item()
        has_gradients = any(
            parameter.grad is not None and parameter.grad.any() for parameter in model.parameters()
        )
        require(
            moved or not has_gradients,
            "the gradients are there, but nothing has moved. After backward() it is the optimizer's step() that moves.",
        )
        require(
            moved,
            "no parameter of the model that was handed over has moved, and none has a gradient. In this order: "
            "loss.backward(), optimizer.step(), optimizer.zero_grad(), and all of it with the argument `model`.",
        )
        require(
            not torch.equal(inner, inner_before),
            "the classifier moves, and the layers below it do not. Hand all of model.parameters() to the optimizer.",
        )
        require(
            near(moved, lr, 0.2 * lr) or not near(moved, 1e-3, 2e-4),
            "parameters moved by 0.001, which is AdamW's own learning rate. Hand it yours: lr=lr.",
        )
        require(
            near(moved, lr, 0.2 * lr),
            f"with lr={lr} the average parameter of the classifier moved by {moved:.1e}. One step of AdamW moves it by lr: "
            "is it AdamW, and one step only?",
        )
        require(
            not has_gradients,
            "the step is right, but the gradients are still there, and the next step would add to them: zero_grad().",
        )
        loss = number(loss, "what your function returns")
        require(
            near(loss, wanted, 1e-4),
            f"the step is right, but the function returns {loss:.4f}, and the loss of this model before the step was "
            f"{wanted:.4f}.",
        )
    return (
        "with lr=5e-5 every parameter moves by 0.00005, a twentieth of AdamW's default. In its first step AdamW looks at "
        "the direction of a gradient only, so you choose the distance."
    )


@verdict
def check_only_classifier(classifier_optimizer, model):
    """`classifier_optimizer`: an optimizer that moves the parameters of `model.classifier`, and no others."""
    require(
        isinstance(classifier_optimizer, torch.optim.Optimizer),
        f"an optimizer is asked for, and this is {kind(classifier_optimizer)}. Give the parameters to "
        "torch.optim.AdamW(...).",
    )
    moving = {
        id(parameter)
        for group in classifier_optimizer.param_groups
        for parameter in group["params"]
        if parameter.requires_grad and group["lr"] > 0
    }
    everything = dict(model.named_parameters())
    names = {name for name, parameter in everything.items() if id(parameter) in moving}
    new = {name for name in everything if name.startswith("classifier")}
    require(
        names,
        "this optimizer moves no parameter of `model`. Does it have the parameters of another model, are they frozen, or "
        "is the learning rate 0?",
    )
    require(
        names - new or names == new,
        f"{', '.join(sorted(new - names))} is left out. The new layer has a weight and a bias; .parameters() gives both.",
    )
    require(
        names != set(everything),
        f"it moves all {len(everything)} tensors of the model. model.parameters() is everything: take those of one part.",
    )
    require(
        names == new,
        f"it also moves {', '.join(sorted(names - new)[:2])}, which is not the new layer. Which part of the model was MISSING "
        "in the load report?",
    )
    count = sum(everything[name].numel() for name in names)
    total = sum(parameter.numel() for parameter in everything.values())
    return (
        f"{count} of {total:,} parameters would move. Of the picture's bars only the classifier's is left: what the model knew "
        "stays as it is, and the new layer has to make do with it."
    )


# 2. Loading MRPC


def row_of(value, name: str) -> Mapping:
    """`value` if it is one row with two sentences."""
    require(
        not isinstance(value, Dataset),
        f"{name} is a data set, not a row. A position in brackets, as in [0], takes one row out of a split.",
    )
    require(
        isinstance(value, Mapping) and {"sentence1", "sentence2"} <= set(value),
        f"{name} should be a row, a dictionary with sentence1 and sentence2, and it is {kind(value)}.",
    )
    require(
        isinstance(value["sentence1"], str),
        f"{name} is a dictionary of lists, which is what a slice gives. One position alone in brackets, as in [0], gives the row "
        "itself.",
    )
    return value


def same_pair(row, other) -> bool:
    return all(row[name] == other[name] for name in ("sentence1", "sentence2"))


def name_of(label: int, dataset: Dataset) -> str:
    return dataset.features["label"].int2str(label)


@verdict
def check_rows(pair_15, pair_87, raw_datasets):
    """`pair_15`: row 15 of train; `pair_87`: row 87 of validation."""
    asked = {"pair_15": (pair_15, "train", 15), "pair_87": (pair_87, "validation", 87)}
    wanted = [raw_datasets[split][position] for _, split, position in asked.values()]
    rows = [row_of(given, name) for name, (given, _, _) in asked.items()]
    require(
        not (same_pair(rows[0], wanted[1]) and same_pair(rows[1], wanted[0])),
        "the two rows are swapped: pair_15 comes from train, pair_87 from validation.",
    )
    for name, (given, split, position) in asked.items():
        row, dataset = row_of(given, name), raw_datasets[split]
        if same_pair(row, dataset[position]):
            continue
        for near_by in (position - 1, position + 1):
            require(
                not same_pair(row, dataset[near_by]),
                f"{name} is row {near_by} of {split}. Positions count from 0: the first row is [0], so row {position} is "
                f"[{position}].",
            )
        for other in raw_datasets:
            require(
                len(raw_datasets[other]) <= position
                or not same_pair(row, raw_datasets[other][position]),
                f"{name} is row {position} of {other}, and row {position} of {split} is asked for: "
                f"raw_datasets['{split}'] is that split.",
            )
        require(
            row.get("idx") != position,
            f"{name} has the idx {position}, but it stands elsewhere. idx is a number that the authors gave to a pair; a row is "
            "found by its position.",
        )
        raise NotYet(f"{name} is another row. Row {position} of {split} is asked for.")
    labels = [name_of(row["label"], raw_datasets["train"]) for row in wanted]
    return (
        f"the labels say {labels[0]} and {labels[1]}. If you would have said otherwise, you are in good company: the people who "
        "labelled MRPC disagreed about one pair in six."
    )


@verdict
def check_select(last_100, random_100, raw_train_dataset):
    """`last_100`: the last 100 rows; `random_100`: the first 100 after shuffle(seed=42). Both are data sets."""
    for name, given in (("last_100", last_100), ("random_100", random_100)):
        require(
            not isinstance(given, DatasetDict),
            f"{name} has all the splits. Begin with one of them, raw_train_dataset.",
        )
        require(
            not isinstance(given, Mapping),
            f"{name} is a dictionary of lists: that is what a slice gives. A data set comes from select(...).",
        )
        require(
            isinstance(given, Dataset), f"{name} should be a data set, and it is {kind(given)}."
        )
        require(len(given) == 100, f"{name} has {len(given)} rows, not 100.")
    total = len(raw_train_dataset)
    wanted = list(raw_train_dataset["idx"])
    last, drawn = list(last_100["idx"]), list(random_100["idx"])
    require(
        last != wanted[:100],
        f"last_100 holds the first 100 rows. The last begin at position {total - 100}, or len(...) - 100.",
    )
    require(
        sorted(last) == sorted(wanted[-100:]),
        "last_100 does not end with the last row, or skips some.",
    )
    require(
        drawn != wanted[:100],
        "random_100 holds the first 100 rows in their order. Data sets do not change: shuffle(...) returns a new one.",
    )
    require(
        set(drawn) != set(wanted[:100]),
        "random_100 holds the first 100 rows in another order. Shuffle first, then select.",
    )
    require(
        not set(drawn) <= set(last),
        "random_100 holds the last 100 rows. Shuffle the whole raw_train_dataset, so that every row may be drawn.",
    )
    require(
        drawn == list(raw_train_dataset.shuffle(seed=42).select(range(100))["idx"]),
        "random_100 is a random choice, but not that of seed 42. With shuffle(seed=42), everyone gets the same rows.",
    )
    share = np.mean(random_100["label"])
    return (
        f"of your random rows {share:.0%} are equivalent, of all {np.mean(raw_train_dataset['label']):.0%}. The first or last rows "
        "of a data set may have an order that you do not know; random ones stand for the whole, and a seed repeats them."
    )


@verdict
def check_filter(same_start, raw_train_dataset):
    """`same_start`: the training pairs with label 0 whose sentences begin with the same word."""

    def numbers(condition):
        return {row["idx"] for row in raw_train_dataset if condition(row)}

    def starts(row):
        return row["sentence1"].split()[0] == row["sentence2"].split()[0]

    def starts_in_any_case(row):
        return row["sentence1"].split()[0].casefold() == row["sentence2"].split()[0].casefold()

    wanted = [
        numbers(lambda row: row["label"] == 0 and starts(row)),
        numbers(lambda row: row["label"] == 0 and starts_in_any_case(row)),
    ]
    require(
        not isinstance(same_start, int),
        "this is a number. Keep the data set that filter(...) returns; its length is for the check.",
    )
    require(
        not callable(same_start),
        "this is a function. raw_train_dataset.filter(...) takes it, and returns the data set that is asked for.",
    )
    require(
        not isinstance(same_start, DatasetDict),
        "all splits were filtered. Asked for is raw_train_dataset.filter(...).",
    )
    require(
        isinstance(same_start, Dataset),
        f"same_start should be a data set, and it is {kind(same_start)}.",
    )
    require(
        len(same_start) > 0,
        'no row was kept: your function never returned True. Labels are numbers (0, not "0"), only the first words have to be '
        "equal, and the function has to return.",
    )
    require(
        set(same_start["sentence1"]) <= set(raw_train_dataset["sentence1"]),
        "these rows are not from the training split. Filter raw_train_dataset.",
    )
    found = set(same_start["idx"])
    all_starts = numbers(starts)
    require(
        found != numbers(lambda row: row["label"] == 0),
        "these are all pairs with label 0. Both conditions have to hold: the function may return `a and b`.",
    )
    require(
        found != all_starts,
        "these are all pairs that begin with the same word, whatever their label. The label has to be 0, too.",
    )
    require(
        found != all_starts - wanted[0],
        "these are the pairs with label 1. 0 stands for not equivalent.",
    )
    require(
        found != wanted[0] | all_starts | numbers(lambda row: row["label"] == 0),
        "these pairs have one property or the other. `or` keeps a row if one condition holds; both are asked for.",
    )
    require(
        found
        != numbers(lambda row: row["label"] == 0 and row["sentence1"][0] == row["sentence2"][0]),
        "these begin with the same letter: [0] of a text is its first character. split() makes words of it.",
    )
    require(len(found) < len(raw_train_dataset), "nothing was filtered out.")
    require(
        found in wanted,
        f"{len(found)} rows are kept, and they are not the right ones. Try your function on raw_train_dataset[0] first.",
    )
    share = len(found) / len(numbers(lambda row: row["label"] == 0))
    return (
        f"{len(found)} pairs, {share:.0%} of those with label 0. Two sentences may begin alike and mean different things, so "
        "the first word alone gives no label away."
    )


# 3. Inspecting features


@verdict
def check_test_baseline(test_accuracy, test_f1, raw_datasets):
    """Accuracy and F1 of always answering the most frequent training label, on the test split."""
    accuracy, f1 = number(test_accuracy, "test_accuracy"), number(test_f1, "test_f1")

    def scores(split, label):
        labels = list(raw_datasets[split]["label"])
        constant = [label] * len(labels)
        return accuracy_score(labels, constant), f1_score(labels, constant, zero_division=0)

    majority = round(np.mean(raw_datasets["train"]["label"]))
    wanted, on_validation = scores("test", majority), scores("validation", majority)
    require(
        max(accuracy, f1) <= 1,
        f"{max(accuracy, f1):g} looks like a percentage or a count. Both scores are shares, between 0 and 1.",
    )
    for split in ("validation", "train"):
        for name, given, index in (("accuracy", accuracy, 0), ("F1", f1, 1)):
            require(
                near(given, wanted[index]) or not near(given, scores(split, majority)[index]),
                f"this {name} is that of the {split} split. Take the labels of raw_datasets['test'], and as many answers.",
            )
    require(
        not (near(accuracy, wanted[1]) and near(f1, wanted[0])),
        "the two scores are swapped: F1 is the higher one here.",
    )
    require(
        near(accuracy, wanted[0]) or not near(accuracy, 1 - wanted[0]),
        "this is the accuracy of always answering the rarer label. Which label is the majority's?",
    )
    require(
        near(accuracy, wanted[0]) or accuracy != round(wanted[0], 2),
        f"{accuracy:g} is right, but rounded to two digits. Give the accuracy itself, or at least three digits.",
    )
    require(
        near(accuracy, wanted[0]),
        f"the accuracy is not {accuracy:.3f}. It is the share of test pairs that have the majority label.",
    )
    require(
        not near(f1, 0),
        "an F1 of 0 is that of the other class, or of answering 0 everywhere. Take the F1 of label 1.",
    )
    require(
        near(f1, wanted[1]) or f1 != round(wanted[1], 2),
        f"{f1:g} is right, but rounded to two digits. Give F1 itself, or at least three digits.",
    )
    require(
        near(f1, wanted[1]),
        f"the accuracy is right, and F1 is not {f1:.3f}. f1_score takes the labels first, then the answers, and looks at label 1 "
        "if you do not tell it otherwise.",
    )
    order = (wanted[0] > on_validation[0]) - (wanted[0] < on_validation[0])
    than = {-1: "lower than", 0: "the same as", 1: "higher than"}[order]
    return (
        f"{wanted[0]:.3f} and {wanted[1]:.3f}, {than} on validation ({on_validation[0]:.3f} and {on_validation[1]:.3f}). The baseline "
        "only counts equivalent pairs, and their share may differ from split to split. Compare scores on one split only."
    )


@verdict
def check_longest_pair(longest_pair, longest_label, raw_datasets):
    """`longest_pair`: the training row with the most words in both sentences; `longest_label`: its label's name."""
    train = raw_datasets["train"]
    require(
        not isinstance(longest_pair, int),
        "longest_pair is a number. max(rows, key=function) returns the row itself, not how long it is or where it stands.",
    )
    row = row_of(longest_pair, "longest_pair")
    words = [len(f"{pair['sentence1']} {pair['sentence2']}".split()) for pair in train]
    characters = [len(pair["sentence1"]) + len(pair["sentence2"]) for pair in train]
    single = [max(len(pair["sentence1"].split()), len(pair["sentence2"].split())) for pair in train]
    position = next((i for i, pair in enumerate(train) if same_pair(pair, row)), None)
    require(position is not None, "longest_pair is no row of the training split.")
    if words[position] != max(words):
        require(
            words[position] != min(words),
            "this is the shortest pair: sorting begins with the smallest. max(...) takes the same key, and gives the largest.",
        )
        require(
            characters[position] != max(characters),
            "this pair has the most characters. len() of a text counts characters; split() it into words first.",
        )
        require(
            single[position] != max(single),
            "this pair has the longest single sentence. Add the words of both sentences.",
        )
        raise NotYet(
            f"this pair has {words[position]} words in its two sentences, and there is one with {max(words)}."
        )
    name = name_of(train[position]["label"], train)
    require(
        isinstance(longest_label, str),
        f"the pair is right. Its label should be a name, and it is {longest_label!r}: the type of the column has int2str.",
    )
    require(
        longest_label == name,
        f"the pair is right. Its label is not {longest_label!r}; ask the column's type for the name.",
    )
    return (
        f"{max(words)} words, {name}. It is only {max(words) / np.mean(words):.1f} times as long as the average pair: MRPC has no "
        "text that would be too long for the model."
    )


def some_rows() -> list[dict]:
    """Made-up pairs that tell ways of counting shared words apart."""
    texts = [
        ("a b c d", "a b c e"),  # 3 of 5
        ("a b c", "a b d e"),  # 2 of 5; 2 of 3 in the shorter
        ("a b c", "a b d"),  # 2 of 4: exactly half
        ("A B c d", "a b c d"),  # the same but for letter case
        ("a a a b", "a b b"),  # 2 of 2; repeated words count once
        ("a b c d e", "a b f"),  # 2 of 6; the first sentence is the longer one
        ("a b", "c d"),  # nothing
        ("silent", "listen"),  # nothing, but for the letters
    ]
    return [
        {"sentence1": first, "sentence2": second, "label": 1, "idx": number}
        for number, (first, second) in enumerate(texts)
    ]


def word_sets(row: Mapping) -> list[set[str]]:
    return [set(row[name].lower().split()) for name in ("sentence1", "sentence2")]


@verdict
def check_share_half(share_half, raw_datasets):
    """`share_half(row)`: 1 if both sentences have at least half of all their different words in common, else 0."""
    rows = some_rows()
    answers = []
    for row in rows:
        hints = {
            KeyError: "A row has sentence1 and sentence2.",
            TypeError: "It takes one row; and & and | are for sets: set(text.split()).",
        }
        answer = call(share_half, dict(row), hints=hints)
        require(
            not isinstance(answer, str),
            f"your function returns the text {answer!r}. scikit-learn compares numbers: return 1 or 0.",
        )
        answers.append(number(answer, "what your function returns"))
    require(
        set(answers) <= {0.0, 1.0},
        f"your function returned {answers[0]:.2f} for a pair, which is a share. Compare it with one half, and return 1 or 0.",
    )

    def shares(words1, words2):
        return len(words1 & words2) / len(words1 | words2) >= 0.5

    wanted = [float(shares(*word_sets(row))) for row in rows]
    require(
        answers != [1 - value for value in wanted],
        "every answer is the wrong way round: 1 is for pairs that share many words.",
    )
    require(
        len(set(answers)) > 1,
        f"your function says {answers[0]:g} to every pair, whatever its words.",
    )
    require(
        not answers[-1],
        "'silent' and 'listen' have the same letters, and they are different words. set(text) holds letters: split() first.",
    )
    require(
        answers[2] == wanted[2] or answers[0] != wanted[0],
        "a pair that shares exactly half of its words is called not equivalent. At least half is >=, not >.",
    )
    require(
        answers[3] == wanted[3],
        "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter case away.",
    )
    require(
        answers[1] == wanted[1],
        "'a b c' and 'a b d e' share 2 words of 5 different ones, less than half. Divide by the words of both together (|), not by "
        "those of one sentence.",
    )
    require(
        answers[4] == wanted[4],
        "'a a a b' and 'a b b' have the same two different words. Count every word once: set(...).",
    )
    for row, answer, want in zip(rows, answers, wanted, strict=True):
        words1, words2 = word_sets(row)
        require(
            answer == want,
            f"{row['sentence1']!r} and {row['sentence2']!r} share {len(words1 & words2)} of {len(words1 | words2)} different words, and "
            f"your function says {answer:g}.",
        )
    labels = list(raw_datasets["validation"]["label"])
    guesses = [int(call(share_half, row)) for row in raw_datasets["validation"]]
    accuracy, majority = accuracy_score(labels, guesses), np.mean(labels)
    than = "above" if accuracy > majority else "below"
    return (
        f"accuracy {accuracy:.3f} and F1 {f1_score(labels, guesses):.3f} on validation, {than} the baseline's {majority:.3f} and "
        f"{2 * majority / (1 + majority):.3f}. Words in common say something, and the threshold matters: notebook 6 chooses it."
    )


# 4. Tokenizing with map


def ids_of(value, tokenizer, what: str) -> list[int]:
    """The input_ids of one text, without padding: given as an encoding, a list or a tensor, or as a batch of one."""
    if isinstance(value, Mapping) or hasattr(value, "input_ids"):
        require(
            "input_ids" in value, f"{what} has no input_ids. Is it what the tokenizer returned?"
        )
        value = value["input_ids"]
    require(
        not isinstance(value, str),
        f"{what} is a text. Give what the tokenizer returns for it, not the text itself.",
    )
    ids = items(value, what)
    if len(ids) == 1 and isinstance(ids[0], list):
        ids = ids[0]
    require(
        not any(isinstance(item, str) for item in ids),
        f"{what} is a list of texts. Give what the tokenizer returns, or its input_ids.",
    )
    require(
        not any(isinstance(item, list) for item in ids),
        f"{what} holds {len(ids)} rows of tokens. One call with two texts, tokenizer(first, second), makes one row of a pair; a "
        "list of texts makes a row of each.",
    )
    return [item for item in ids if item != tokenizer.pad_token_id]


def rows_of(value) -> list:
    """The rows of a list, tuple, array or tensor; a single row of numbers counts as one."""
    rows = value.tolist() if hasattr(value, "tolist") else list(value)
    return [rows] if rows and isinstance(rows[0], int) else rows


@verdict
def check_together_and_apart(together, apart, tokenizer, raw_datasets):
    """`together`: row 15 of train tokenized as a pair; `apart`: its two sentences, each tokenized alone."""
    row = raw_datasets["train"][15]
    texts = [row["sentence1"], row["sentence2"]]
    pair, single = tokenizer(*texts)["input_ids"], tokenizer(texts)["input_ids"]
    given = ids_of(together, tokenizer, "together")
    if given != pair:
        require(given != tokenizer(*texts[::-1])["input_ids"], "together has sentence2 in front.")
        for joint in ("", " "):
            require(
                given != tokenizer(joint.join(texts))["input_ids"],
                "together is one long text: it has no [SEP] between the sentences. Hand over two texts, not their sum.",
            )
        require(given not in single, "together holds one of the two sentences only.")
        for other in (14, 16):
            near_by = raw_datasets["train"][other]
            require(
                given != tokenizer(near_by["sentence1"], near_by["sentence2"])["input_ids"],
                f"together is the pair in row {other}. Row 15 is raw_datasets['train'][15].",
            )
        raise NotYet(
            "together is not the pair of row 15 of the training split. Look at tokenizer.decode(...) of it."
        )
    if isinstance(together, Mapping) and "token_type_ids" in together:
        require(
            any(any(row) for row in rows_of(together["token_type_ids"]))
            or not any(tokenizer(*texts)["token_type_ids"]),
            "together has a [SEP] in the middle, but its token_type_ids are all 0: to the model it is one text, in which somebody "
            "wrote [SEP]. Hand over two texts, and the tokenizer puts in both.",
        )
    rows = apart
    if isinstance(apart, Mapping) and "input_ids" in apart:
        rows = apart["input_ids"]
    require(
        isinstance(rows, list | tuple | torch.Tensor | np.ndarray),
        f"apart should be a list of two results of the tokenizer, and it is {kind(rows)}.",
    )
    rows = [ids_of(each, tokenizer, "a part of apart") for each in rows_of(rows)]
    require(
        len(rows) == 2,
        f"apart should have two parts, one for each sentence; it has {len(rows)}. If it is one call with two texts, the tokenizer has joined them: "
        "make two calls, or hand over one list of two texts.",
    )
    require(rows != single[::-1], "apart has sentence2 first.")
    require(
        rows == single, "apart does not hold the two sentences of row 15, each tokenized alone."
    )
    return (
        f"{len(pair)} tokens together, {len(single[0])} + {len(single[1])} apart. Apart, each sentence has a [CLS] of its own, together "
        "there is one; and only together do token_type_ids say which sentence is the second. Apart, the model never sees both at once."
    )


@verdict
def check_single_sentences(tokenized_reviews, reviews, tokenizer):
    """`tokenized_reviews`: `reviews` (columns sentence, label, idx) tokenized with map, truncated, not padded."""
    require(
        isinstance(tokenized_reviews, Dataset),
        f"tokenized_reviews should be a data set, and it is {kind(tokenized_reviews)}. reviews.map(...) returns one; the tokenizer "
        "alone does not.",
    )
    columns = tokenized_reviews.column_names
    require(
        "input_ids" in columns,
        f"there is no column input_ids, only {', '.join(columns)}. The function has to return what the tokenizer returns.",
    )
    require(len(tokenized_reviews) == len(reviews), "rows have been lost or added.")
    require(
        "label" in columns or "labels" in columns,
        "the column label is gone. Without it there is nothing to learn from.",
    )
    require(
        np.ndim(tokenized_reviews[0]["input_ids"]) == 1,
        "each row holds a batch of one. return_tensors is for batches: leave it out here, the collator makes the tensors.",
    )
    texts = list(reviews["sentence"])
    given = [list(map(int, ids)) for ids in tokenized_reviews["input_ids"]]
    wanted = tokenizer(texts, truncation=True)["input_ids"]
    require(
        given != tokenizer(texts)["input_ids"],
        f"one review has {max(map(len, given))} tokens, more than the model takes ({tokenizer.model_max_length}). "
        "truncation=True cuts it.",
    )
    require(
        not any(tokenizer.pad_token_id in ids for ids in given),
        "the rows are padded. Leave padding to the collator, which knows the batch.",
    )
    require(
        given != tokenizer(texts, texts, truncation=True)["input_ids"],
        "each sentence was tokenized as a pair with itself. There is one sentence only: one text for the tokenizer.",
    )
    longest = max(map(len, given))
    require(
        longest >= max(map(len, wanted))
        or given != tokenizer(texts, truncation=True, max_length=longest)["input_ids"],
        f"the longest review was cut to {longest} tokens, and the model takes {tokenizer.model_max_length}. truncation=True by itself "
        "cuts there; a smaller max_length loses text.",
    )
    require(
        given == wanted,
        "the tokens are not those of the column sentence, truncated. Compare tokenizer.decode(...) of a row with its sentence.",
    )
    types = tokenized_reviews["token_type_ids"][:] if "token_type_ids" in columns else [[0]]
    return (
        f"every row begins with [CLS] and ends with its only [SEP]; the different token_type_ids are "
        f"{sorted({int(kind) for row in types for kind in row})}. A task with one sentence needs the same lines as a pair, minus one argument."
    )


GLUE_COLUMNS = {
    "cola": ["sentence"],
    "mnli": ["premise", "hypothesis"],
    "mrpc": ["sentence1", "sentence2"],
    "qnli": ["question", "sentence"],
    "qqp": ["question1", "question2"],
    "rte": ["sentence1", "sentence2"],
    "sst2": ["sentence"],
    "stsb": ["sentence1", "sentence2"],
    "wnli": ["sentence1", "sentence2"],
}


@verdict
def check_any_task(tokenize_function_for, tokenizer):
    """`tokenize_function_for(task)` returns a function for map that tokenizes the columns of that GLUE task."""
    long = "and on it went " * 300
    for task in sorted(GLUE_COLUMNS, key=lambda task: (task != "mrpc", len(GLUE_COLUMNS[task]))):
        columns = GLUE_COLUMNS[task]
        example = {
            column: [f"The {column}.", f"Of a long story, {long} the {column}.", f"{column}s!"]
            for column in columns
        }
        example |= {"label": [0, 1, 0], "idx": [0, 1, 2]}
        hints = {
            KeyError: f"the text of {task} is in {' and '.join(columns)}: take the names from the dictionary, by the name of the task.",
            IndexError: f"{task} has {len(columns)} column of text. A star hands over as many as there are: tokenizer(*texts).",
            ValueError: "The tokenizer takes texts, or lists of texts, one argument a column.",
            TypeError: "Return the inner function itself, without calling it. Inside, example[column] gives the texts of one column; "
            "each column is an argument of its own for the tokenizer: tokenizer(*texts).",
        }
        function = call(tokenize_function_for, task, hints=hints)
        require(
            callable(function),
            f"tokenize_function_for({task!r}) returns something {kind(function)}. It should return a function, which map can call.",
        )
        encoding = call(function, example, hints=hints)
        require(
            isinstance(encoding, Mapping) or hasattr(encoding, "input_ids"),
            f"for {task} the inner function returns something {kind(encoding)}. map needs a dictionary of new columns.",
        )
        require("input_ids" in encoding, f"for {task} there are no input_ids in what is returned.")
        texts = [example[column] for column in columns]
        require(
            isinstance(encoding["input_ids"][0], list | torch.Tensor | np.ndarray),
            f"for {task} a single row comes out, of the *names* {' and '.join(columns)}. The texts are example[column].",
        )
        given = [items(ids, "a row of input_ids") for ids in encoding["input_ids"]]
        wanted = tokenizer(*texts, truncation=True)["input_ids"]
        if given == wanted:
            continue
        require(
            len(columns) == 1 or given != tokenizer(texts[0], truncation=True)["input_ids"],
            f"for {task} only the column {columns[0]} is tokenized. A pair needs both.",
        )
        require(
            len(columns) == 1 or given != tokenizer(texts[1], truncation=True)["input_ids"],
            f"for {task} only the column {columns[1]} is left. A pair needs both, in one call of the tokenizer: a second call "
            "replaces the first.",
        )
        require(
            len(columns) == 1 or given != tokenizer(*texts[::-1], truncation=True)["input_ids"],
            f"for {task} the two columns are in the wrong order: {columns[0]} comes first.",
        )
        require(
            len(given) == 3,
            f"for {task} {len(given)} rows come out, and three went in. Each column is an argument of its own, not a part of one list.",
        )
        require(
            tokenizer.pad_token_id not in given[0],
            f"for {task} the rows are padded. Leave padding to the collator.",
        )
        require(
            len(given[1]) <= len(wanted[1]),
            f"for {task} a long text keeps {len(given[1])} tokens, and the model takes {tokenizer.model_max_length}: truncation=True.",
        )
        raise NotYet(
            f"for {task} the tokens are not those of {' and '.join(columns)}. Decode a row and see what it holds."
        )
    return (
        f"one function serves all {len(GLUE_COLUMNS)} tasks: what differs between them is data, the names of their columns, so it belongs "
        "in a dictionary and not in the code."
    )


# 5. Dynamic padding


def batch_of(value, name: str) -> torch.Tensor:
    """The attention mask of a batch."""
    require(
        not isinstance(value, transformers.DataCollatorWithPadding),
        f"{name} is the collator itself. Call it with the samples, and it returns a batch.",
    )
    require(
        isinstance(value, Mapping) or hasattr(value, "input_ids"),
        f"{name} should be a batch, and it is {kind(value)}.",
    )
    require(
        "attention_mask" in value and isinstance(value["attention_mask"], torch.Tensor),
        f"{name} has no tensor attention_mask. The samples are not a batch yet: the collator makes one of them.",
    )
    return value["attention_mask"]


@verdict
def check_longest_batch(longest_batch, padding_share, tokenized_datasets):
    """`longest_batch`: the batch of the eight longest training pairs; `padding_share`: the share of its tokens that is padding."""
    mask = batch_of(longest_batch, "longest_batch")
    lengths = [len(ids) for ids in tokenized_datasets["train"]["input_ids"]]
    wanted = sorted(lengths)[-8:]
    require(len(mask) == 8, f"the batch has {len(mask)} rows, not 8.")
    given = sorted(mask.sum(dim=1).tolist())
    require(
        given != sorted(lengths)[:8],
        "these are the eight shortest pairs. sorted() begins with the smallest: take the last eight, or reverse=True.",
    )
    require(
        given != sorted(lengths[:8]),
        "these are the first eight pairs. Sort positions by length, then take the rows at these positions.",
    )
    require(
        given != sorted(lengths[-8:]),
        "these are the last eight rows of the split. Sort positions by length first.",
    )
    require(
        given == wanted
        or given != sorted(lengths[length] for length in wanted if length < len(lengths)),
        "you have taken the rows *at* the largest lengths, as if a length were a position. Sort range(len(lengths)) by length.",
    )
    require(
        given == wanted,
        f"the longest rows have {wanted} tokens, and yours have {given}.",
    )
    require(
        mask.shape[1] == max(wanted),
        f"the rows are padded to {mask.shape[1]}, and the longest has {max(wanted)} tokens. The collator pads to the batch's longest.",
    )
    share = number(padding_share, "padding_share")
    right = mask.eq(0).float().mean().item()
    require(
        not near(share, mask.eq(0).sum().item(), 0.5) or share < 1,
        "padding_share is the number of padded tokens. Divide by all tokens of the batch.",
    )
    require(
        share <= 1,
        f"padding_share is {share:g}. A share lies between 0 and 1; a percentage is a hundred times as large.",
    )
    require(
        near(share, right, 0.006) or not near(share, 1 - right, 0.006),
        "this is the share of real tokens. The mask has 1 for text and 0 for padding.",
    )
    per_real = mask.eq(0).sum().item() / mask.sum().item()
    require(
        near(share, right, 1e-4) or not near(share, per_real, 1e-4),
        "this is padding per real token. A share has all tokens of the batch under it, padding included.",
    )
    require(
        near(share, right, 0.006),
        f"the batch is right; the share of its zeros in the attention mask is not {share:.3f}.",
    )
    return (
        f"the shape is {tuple(mask.shape)}, and {right:.0%} is padding. The longest pairs are of similar length, so they fit well together; "
        "that is what length-grouping makes use of."
    )


@verdict
def check_multiple_of_8(batch_of_8s, samples):
    """`batch_of_8s`: the first eight samples, padded to the next multiple of 8."""
    mask = batch_of(batch_of_8s, "batch_of_8s")
    lengths = [len(ids) for ids in samples["input_ids"]]
    longest, width = max(lengths), mask.shape[1]
    wanted = math.ceil(longest / 8) * 8
    require(
        mask.sum(dim=1).tolist() == lengths,
        "the rows are not those of `samples`, with their attention mask.",
    )
    require(
        width != longest or width == wanted,
        f"the batch is {width} wide, its longest sample. It needs a collator of its own, with pad_to_multiple_of=8.",
    )
    require(
        width % 8 == 0,
        f"{width} is not a multiple of 8. The option takes the number itself: pad_to_multiple_of=8.",
    )
    require(
        width == wanted,
        f"{width} is a multiple of 8, but {wanted} is the next one after {longest}. A fixed max_length, or a larger multiple, pads more "
        "than is needed.",
    )
    return (
        f"{longest} becomes {width}. On the CPU that is only work for nothing; a GPU's matrix units take numbers in blocks of 8, and a "
        "compiled model meets fewer different widths."
    )


@verdict
def check_sorted_ratio(sorted_ratio, lengths):
    """`sorted_ratio`: computed tokens per real token, in batches of 8 of the training split sorted by length."""
    given = number(sorted_ratio, "sorted_ratio")

    def ratio(order, pad_to=None):
        batches = [order[start : start + 8] for start in range(0, len(order), 8)]
        real, computed = count_tokens(pad_batches(lengths, batches, pad_to))
        return computed / real

    order = sorted(range(len(lengths)), key=lambda position: lengths[position])
    wanted = [ratio(order), ratio(order[::-1])]
    if not any(near(given, value) for value in wanted):
        require(
            given >= 1,
            f"{given:.3f} is less than 1: real tokens per computed one. Divide the other way round.",
        )
        require(
            given != round(wanted[0], 2),
            f"{given:g} is rounded to two digits, as computed_per_real does it. Too little to see how small the difference is: compute "
            "it yourself, and keep three digits.",
        )
        require(
            given > 1,
            "exactly 1 would mean no padding at all, and pairs of different length do meet in a batch.",
        )
        as_positions = [length for length in sorted(lengths) if length < len(lengths)]
        mistakes = {
            "the rows in their own order. Sort the positions by length first": ratio(
                list(range(len(lengths)))
            ),
            "padding to the data set's longest pair. Let every batch have its own longest: no pad_to": (
                ratio(order, pad_to=max(lengths))
            ),
            "batches made of sorted lengths, as if these were positions. Sort range(len(lengths)), with the length as the key": (
                ratio(as_positions)
            ),
        }
        for what, value in mistakes.items():
            require(not near(given, value), f"this is the ratio of {what}.")
        require(
            given > 1.1,
            f"{given:.3f} is close, and not that of the whole split sorted into batches of 8. Is it the length-grouped order, or another "
            "batch size?",
        )
        raise NotYet(
            f"{given:.3f} is not it. In sorted batches all pairs are about equally long: expect a number just above 1."
        )
    return (
        f"{wanted[0]:.4f}, as good as it gets. But every epoch would have the same batches in the same order, all short pairs first, and a "
        "model that learns from one kind of pair at a time forgets the others. Grouping keeps chance and costs next to nothing."
    )


# 6. Fine-tuning


@verdict
def check_all_metrics(compute_all_metrics):
    """`compute_all_metrics((logits, labels))` returns accuracy, f1, and precision and recall of label 1."""
    labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 1])
    answers = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0])
    logits = np.stack([1.0 - 2 * answers, 0.5 * answers], axis=1)
    result = call(
        compute_all_metrics,
        (logits, labels),
        hints={
            ValueError: "scikit-learn compares labels with classes, not with logits: argmax(axis=-1) gives the class.",
            AttributeError: "It gets a tuple of two arrays: logits, labels = eval_pred.",
        },
    )
    require(
        isinstance(result, Mapping),
        f"your function returns something {kind(result)}. Trainer expects a dictionary of names and numbers.",
    )
    given = {str(name).lower(): value for name, value in result.items()}
    missing = [name for name in ("accuracy", "f1", "precision", "recall") if name not in given]
    require(not missing, f"there is no {' and no '.join(missing)} in what your function returns.")
    given = {name: number(value, name) for name, value in given.items()}
    precision, recall, f1, _ = precision_recall_fscore_support(labels, answers, average="binary")
    wanted = {
        "accuracy": accuracy_score(labels, answers),
        "f1": f1,
        "precision": precision,
        "recall": recall,
    }
    require(
        max(given.values()) <= 1,
        "these are percentages. Trainer's other scores lie between 0 and 1.",
    )
    require(
        not (near(given["precision"], recall) and near(given["recall"], precision)),
        "precision and recall are swapped. scikit-learn takes the labels first, then the answers.",
    )
    for average in ("macro", "weighted"):
        other = precision_recall_fscore_support(labels, answers, average=average)
        require(
            not near(given["precision"], other[0]) or near(precision, other[0]),
            f"this precision is an average over both classes ({average}). Asked for is that of label 1, which is what "
            "scikit-learn takes by itself.",
        )
    other = precision_recall_fscore_support(labels, answers, average="binary", pos_label=0)
    require(
        not near(given["precision"], other[0]),
        "this is the precision of label 0. Equivalent is label 1.",
    )
    for name, value in wanted.items():
        require(
            near(given[name], value),
            f"on ten made-up pairs {name} is {value:.3f}, and your function says {given[name]:.3f}.",
        )
    return (
        f"on ten made-up pairs precision is {precision:.2f} and recall {recall:.2f}; f1, {f1:.2f}, lies between, nearer to the lower. In a "
        "confusion matrix, precision reads the column of equivalent, recall its row."
    )


@verdict
def check_shorter_overlap(shorter_overlap, raw_datasets):
    """`shorter_overlap(example)` returns {"overlap": shared different words / different words of the shorter sentence}."""

    def ratio(row, divisor):
        words1, words2 = word_sets(row)
        return len(words1 & words2) / divisor(words1, words2)

    def shorter(words1, words2):
        return min(len(words1), len(words2))

    def overlap(row):
        result = call(shorter_overlap, row, hints={KeyError: "A row has sentence1 and sentence2."})
        require(
            isinstance(result, Mapping),
            f"your function returns something {kind(result)}. map adds columns, so it needs a dictionary: "
            '{"overlap": ...}.',
        )
        require("overlap" in result, f"the new column is called {', '.join(result)}, not overlap.")
        return number(result["overlap"], "overlap")

    rows = some_rows()
    given = [overlap(dict(row)) for row in rows]
    require(
        given[3] > 0.9,
        "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter case away.",
    )
    others = {
        "divides by the words of both together (|). The shorter sentence has the fewer words: min(...).": (
            lambda words1, words2: len(words1 | words2)
        ),
        "divides by the words of the longer sentence. Take min(...), not max(...).": (
            lambda words1, words2: max(len(words1), len(words2))
        ),
        "gives the number of shared words. Divide it, so that it does not depend on length.": (
            lambda words1, words2: 1
        ),
    }
    for what, divisor in others.items():
        require(
            not all(
                near(value, ratio(row, divisor)) for value, row in zip(given, rows, strict=True)
            ),
            f"your function {what}",
        )
    for row, value in zip(rows, given, strict=True):
        want = ratio(row, shorter)
        require(
            near(value, want),
            f"for {row['sentence1']!r} and {row['sentence2']!r} it should be {want:.2f}, and your function says {value:.2f}. Count "
            "different words (set), divide by the fewer.",
        )

    def best_accuracy(divisor):
        on_train, on_validation = (
            np.array([ratio(row, divisor) for row in raw_datasets[split]])
            for split in ("train", "validation")
        )
        labels, known = (
            np.array(raw_datasets[split]["label"]) for split in ("validation", "train")
        )
        thresholds = np.quantile(on_train, np.linspace(0, 1, 100))
        best = max(thresholds, key=lambda t: accuracy_score(known, on_train >= t))
        return accuracy_score(labels, on_validation >= best)

    return (
        f"with a threshold chosen on train, its accuracy on validation is {best_accuracy(shorter):.3f}; dividing by all words of both "
        f"gave {best_accuracy(lambda words1, words2: len(words1 | words2)):.3f}. A baseline has details, too: try them before you claim "
        "that a model beats it."
    )


@verdict
def check_confident_mistakes(confident_mistakes, logits, labels):
    """`confident_mistakes(logits, labels, count)`: positions of the wrong answers with the largest loss, worst first."""
    made_up = np.array(
        [[3, -3], [-1, 1], [2, 0], [-2.9, 2.9], [0.2, 0], [0, 1], [-4, 4], [1.5, -1]], np.float32
    )
    truth = np.array([1, 0, 0, 0, 1, 1, 1, 1])

    def losses_of(logits, labels):
        return torch.nn.functional.cross_entropy(
            torch.as_tensor(logits), torch.as_tensor(labels), reduction="none"
        ).numpy()

    worst_first = np.argsort(-losses_of(made_up, truth)).tolist()
    wrong = [position for position in worst_first if made_up[position].argmax() != truth[position]]
    confidence = np.argsort(-np.abs(made_up[:, 1] - made_up[:, 0])).tolist()
    for count in (3, 2, len(truth)):
        given = items(
            call(
                confident_mistakes,
                made_up.copy(),
                truth.copy(),
                count,
                hints={
                    TypeError: "It is called with three arguments: logits and labels, both arrays, and a count. cross_entropy takes "
                    "tensors: torch.tensor(...).",
                },
            ),
            "what your function returns",
        )
        if given == wrong[:count]:
            continue
        require(
            given and all(float(item).is_integer() and 0 <= item < len(truth) for item in given),
            "your function returns losses, or nothing; asked for are the positions of the pairs: argsort(...).",
        )
        given = [int(item) for item in given]
        if given == wrong[:count]:
            continue
        require(
            given != confidence[:count],
            "these are the surest answers, right ones among them. A mistake is an answer that differs from the label.",
        )
        require(
            given != wrong,
            f"with count={count} your function returns all {len(wrong)} mistakes. Take the first `count` of them.",
        )
        require(
            given != wrong[::-1][:count],
            "these are mistakes, the least confident first. The worst has the largest loss: sort downwards.",
        )
        require(
            sorted(given) != sorted(wrong[:count]),
            "these are the right positions in another order. The worst comes first.",
        )
        require(
            all(position in wrong for position in given),
            f"with count={count}, among {len(truth)} pairs of which {len(wrong)} are mistakes, your function returns right answers, too. "
            "Drop those whose class equals the label.",
        )
        raise NotYet(
            f"for made-up logits the {min(count, len(wrong))} worst mistakes are at {wrong[:count]}, and your function says {given}."
        )
    mistakes = int((np.asarray(logits).argmax(axis=-1) != np.asarray(labels)).sum())
    worst = items(call(confident_mistakes, np.asarray(logits), np.asarray(labels), 5), "the result")
    sure = losses_of(np.asarray(logits)[worst], np.asarray(labels)[worst])
    return (
        f"your model makes {mistakes} mistakes on validation; in the worst, at {', '.join(map(str, worst))}, it gives the label a chance of "
        f"{np.exp(-sure.max(initial=0)):.1%} to {np.exp(-sure.min(initial=99)):.1%}. Such pairs are either hard, or labelled wrongly: read them."
    )


# 7. The training loop


@verdict
def check_steps_per_epoch(steps_per_epoch, train_dataset):
    """`steps_per_epoch(pairs, batch_size, processes)`: how often the optimizer steps in one epoch."""
    total = len(train_dataset)
    cases = [(100, 10, 1), (105, 10, 1), (105, 10, 2), (101, 5, 4), (total, 16, 1), (total, 8, 2)]
    for pairs, batch_size, processes in cases:
        given = number(
            call(steps_per_epoch, pairs, batch_size, processes), "what your function returns"
        )
        wanted = math.ceil(pairs / (batch_size * processes))
        asked = f"{pairs} pairs, batches of {batch_size}, processes: {processes}"
        if given == wanted:
            continue
        require(
            given != pairs // (batch_size * processes),
            f"{asked}: your function forgets the last batch, which is not full and is a step all the same. Round up.",
        )
        require(
            processes == 1 or given != math.ceil(pairs / batch_size),
            f"{asked}: with several processes each has its own batch, and one step uses all of them. Where do the processes come in?",
        )
        require(
            processes == 1 or given != math.ceil(pairs / batch_size) * processes,
            f"{asked}: more processes make an epoch shorter, not longer.",
        )
        require(
            given == round(given),
            f"{asked}: {given:g} is not a whole number of steps. A batch that is not full is a step all the same.",
        )
        raise NotYet(
            f"{asked}: {wanted} steps, and your function says {given:g}. How many pairs does one step use?"
        )
    return (
        f"{math.ceil(total / 16)} steps for one process with batches of 16, and as many for two with batches of 8: the same recipe. Two "
        f"with batches of 16 take {math.ceil(total / 32)}, and that is another one."
    )


SENTENCES = {
    1: [
        "A warm and clever film.",
        "I loved every minute of it.",
        "The actors are wonderful.",
        "What a beautiful story, and so well told!",
        "Funny, touching, and never too long.",
        "The best evening that I have had in years.",
        "A delight from its first scene to its last.",
        "Go and see it, you will be happy.",
    ],
    0: [
        "A cold and stupid film.",
        "I hated every minute of it.",
        "The actors are terrible.",
        "What an ugly story, and so badly told!",
        "Silly, boring, and far too long.",
        "The worst evening that I have had in years.",
        "A bore from its first scene to its last.",
        "Stay at home, you will be angry.",
    ],
}


def opinions(tokenizer) -> Dataset:
    """A tiny task of SST-2's shape, tokenized: columns sentence, label, idx, and the tokenizer's."""
    labels = [1, 0] * len(SENTENCES[1])
    texts = [text for both in zip(SENTENCES[1], SENTENCES[0], strict=True) for text in both]
    return tokenized_task(
        tokenizer, {"sentence": texts}, ClassLabel(names=["negative", "positive"]), labels
    )


def tokenized_task(tokenizer, texts: dict[str, list], label: ClassLabel, labels: list) -> Dataset:
    """A data set with the columns of `texts`, label, idx, and what the tokenizer makes of the texts."""
    dataset = Dataset.from_dict(
        {**texts, "label": labels, "idx": range(len(labels))},
        features=Features(
            {**dict.fromkeys(texts, Value("string")), "label": label, "idx": Value("int32")}
        ),
    )
    for name, values in tokenizer(*texts.values(), truncation=True).items():
        dataset = dataset.add_column(name, values)
    return dataset


def questions(tokenizer) -> Dataset:
    """Two rows of QNLI's shape, tokenized: columns question, sentence, label, idx, and the tokenizer's."""
    texts = {
        "question": ["Where is the museum?", "Who wrote it?"],
        "sentence": ["It stands by the river.", "The bridge is new."],
    }
    return tokenized_task(
        tokenizer, texts, ClassLabel(names=["entailment", "not_entailment"]), [0, 1]
    )


@verdict
def check_make_ready(make_ready, tokenizer):
    """`make_ready(dataset)`: a tokenized data set of any task with what the model takes, as tensors, label as labels."""
    for dataset, task in ((opinions(tokenizer), "SST-2"), (questions(tokenizer), "QNLI")):
        columns = dataset.column_names
        texts = [name for name in columns if name not in tokenizer.model_input_names]
        ready = call(
            make_ready,
            dataset,
            hints={
                ValueError: f"A data set in the shape of {task} has the columns {', '.join(columns)}. Which ones go, you can "
                "only learn from dataset.column_names.",
                KeyError: f"A data set in the shape of {task} has the columns {', '.join(columns)}.",
                AttributeError: "set_format changes the data set in place and returns None; with_format returns a new one.",
            },
        )
        require(
            isinstance(ready, Dataset),
            f"your function returns something {kind(ready)}. A data set is asked for.",
        )
        names = ready.column_names
        require(
            "labels" in names or "label" not in names,
            f"{task}: the column is still called label. The model looks for labels: rename_column.",
        )
        require(
            "labels" in names,
            f"{task}: there is no column labels any more. Remove the text and idx, and rename label before or after.",
        )
        left = [name for name in names if name in texts]
        require(
            not left,
            f"{task}: {' and '.join(left)} {'are' if len(left) > 1 else 'is'} left, which the model does not take. "
            "tokenizer.model_input_names lists what it does.",
        )
        gone = [name for name in tokenizer.model_input_names if name not in names]
        require(
            not gone,
            f"{task}: {' and '.join(gone)} is gone, and the model makes use of it. Keep all of tokenizer.model_input_names.",
        )
        row = ready[0]
        require(
            all(isinstance(value, torch.Tensor) for value in row.values()),
            f"{task}: rows come out as {type(row['input_ids']).__name__}s of numbers, not as tensors: with_format('torch').",
        )
        require(
            ready["labels"][:].tolist() == dataset["label"][:]
            and row["input_ids"].tolist() == dataset[0]["input_ids"],
            f"{task}: names and types are right, but values have changed.",
        )
    return (
        "one function, whatever the columns of text are called. It asks the tokenizer what a model takes instead of listing what one data "
        "set happens to have; Trainer does the same, with remove_unused_columns."
    )


def training_run(model, batches, lr: float, backward=True, step=True, zero_grad=True) -> list:
    """The losses of the loop that the exercise asks for, or of one that leaves a call out."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for batch in batches:
        loss = model(**batch).loss
        losses.append(loss.item())
        if backward:
            loss.backward()
        if step:
            optimizer.step()
        if zero_grad:
            optimizer.zero_grad()
    return losses


@verdict
def check_training_loop(train, new_model, tokenizer):
    """`train(model, dataloader, optimizer)`: one step a batch; returns the loss of each.

    It is tried on a model that takes milliseconds, beside loops that leave a call out, then on `new_model()`.
    """
    dataset = opinions(tokenizer).remove_columns(["sentence", "idx"])
    collator = transformers.DataCollatorWithPadding(tokenizer)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    batches = [
        collator([dataset[row] for row in range(start, start + 4)]).to(device)
        for start in (0, 4, 8, 12) * 2
    ]
    start, lr = tiny_model().to(device), 3e-3
    model = copy.deepcopy(start)
    calls = []
    model.register_forward_hook(lambda *_: calls.append("forward"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    optimizer.register_step_post_hook(lambda *_: calls.append("step"))
    hints = {
        TypeError: "It is called with a model, something that gives batches, and an optimizer. A batch is a dictionary: model(**batch).",
        RuntimeError: "backward() is for a loss that model(**batch) has just computed; and on a GPU, batch and model have to be there both.",
        AttributeError: "The model returns an object with .loss; it is the loss that has backward().",
    }
    losses = call(train, model, batches, optimizer, hints=hints)
    losses = [number(loss, "each loss") for loss in items(losses, "what your function returns")]
    if not losses and not calls:
        raise NotAnswered
    require(
        "forward" in calls,
        "the model that was handed over is never called. Use the arguments, not what the notebook calls by another name.",
    )
    require(
        losses,
        "the returned list of losses is empty. Append loss.item() after each step.",
    )
    require(
        len(losses) == len(batches),
        f"{len(batches)} batches went in, and the list has {len(losses)}. Is `return` inside the loop, or append outside it?",
    )
    require(
        calls.count("step") > 0,
        "optimizer.step() is never called: the gradients are there, and nobody moves the weights.",
    )
    require(
        calls.count("step") == len(batches),
        f"{len(batches)} batches, and {calls.count('step')} steps. There should be one for each batch.",
    )

    def distance(**options):
        """The largest difference between the learner's losses and those of a loop of ours."""
        other = training_run(copy.deepcopy(start), batches, lr, **options)
        return max(abs(a - b) for a, b in zip(losses, other, strict=True))

    distances = {
        "right": distance(),
        "the losses are those of a loop without zero_grad(): each step follows the sum of all gradients so far.": distance(
            zero_grad=False
        ),
        "steps are taken, but the weights do not move. Either backward() is missing, or zero_grad() comes between backward() and "
        "step() and wipes the gradients away.": distance(backward=False),
    }
    nearest = min(distances, key=distances.get)
    require(
        distances[nearest] < 0.01,
        "the losses are not those of one step a batch, with the loss from before the step. In this order: forward, backward, step, "
        "zero_grad.",
    )
    require(nearest == "right", nearest)
    real = new_model().to(device)
    optimizer = torch.optim.AdamW(real.parameters(), lr=2e-4)
    losses = [
        loss.item() if hasattr(loss, "item") else loss
        for loss in call(train, real, batches, optimizer, hints=hints)
    ]
    first, last = np.mean(losses[:4]), np.mean(losses[4:])
    require(
        last < first,
        f"on the small model the loop is right, but the real one's loss went from {first:.2f} to {last:.2f}.",
    )
    return (
        f"sixteen opinions on films, twice: the mean loss fell from {first:.2f} in the first round to {last:.2f} in the second. The loop does "
        "not know what the labels mean; another task is other data."
    )


# 8. Learning curves

KINDS = ("healthy", "overfitting", "underfitting", "collapse")


def kind_of_curves(training: list, validation: list, accuracies: list, majority: float) -> str:
    """One of KINDS, by notebook 8's signs: do the losses fall, does validation turn, does accuracy move at all?"""
    if validation[-1] > 1.05 * min(validation) and training[-1] < 0.5 * min(validation):
        return "overfitting"
    if all(near(accuracy, majority) for accuracy in accuracies[1:]) and training[0] > math.log(2):
        return "collapse"
    if training[-1] > 0.6:
        return "underfitting"
    return "healthy"


SIGNS = {
    "healthy": "both of its losses fall, and accuracy rises with them",
    "overfitting": "its training loss goes to zero, while its validation loss has turned and rises",
    "underfitting": "its two losses lie together, near ln 2, and hardly move, though accuracy does move a little",
    "collapse": "its accuracy is the majority's to the last digit, and its loss jumped before it went flat",
}


@verdict
def check_names_of_curves(names, curves, majority):
    """`names`: for each key of `curves` one of KINDS; a curve is (training losses, validation losses, accuracies)."""
    require(
        isinstance(names, Mapping) and set(names) == set(curves),
        f"names should be a dictionary with the keys {', '.join(curves)}.",
    )

    def known(word):
        stem = str(word).lower().replace("-", "").replace(" ", "")
        return next(
            (kind for kind in KINDS if stem and kind.startswith(stem.removesuffix("d")[:8])), None
        )

    given = {run: known(word) for run, word in names.items()}
    for run, word in names.items():
        require(given[run], f"{run} is called {word!r}. The four names are {', '.join(KINDS)}.")
    for run, numbers in curves.items():
        wanted = kind_of_curves(*numbers, majority)
        require(
            given[run] == wanted,
            f"{run} is not {given[run]}: that would mean that {SIGNS[given[run]].replace('its', 'the')}. Look at its numbers again.",
        )
    return (
        "each has its sign: "
        + "; ".join(f"{run}, {given[run]}, because {SIGNS[given[run]]}" for run in curves)
        + "."
    )


@verdict
def check_best_step(best_step, log_history):
    """`best_step(log_history)`: the step with the lowest validation loss."""
    made_up = [
        {"step": 5, "loss": 0.70},
        {"step": 10, "loss": 0.60},
        {"step": 10, "eval_loss": 0.62, "eval_accuracy": 0.70},
        {"step": 20, "loss": 0.40},
        {"step": 20, "eval_loss": 0.51, "eval_accuracy": 0.74},
        {"step": 25, "loss": 0.10},
        {"step": 30, "loss": 0.20},
        {"step": 30, "eval_loss": 0.58, "eval_accuracy": 0.78},
        {"step": 40, "eval_loss": 0.55, "eval_accuracy": 0.76},
        {"step": 40, "train_runtime": 3.0, "train_loss": 0.4},
    ]
    hints = {
        KeyError: "Not every entry has an eval_loss: some hold the training loss, and one the run time. Keep those with "
        '"eval_loss" in entry.',
        TypeError: "The entries are dictionaries, some without eval_loss: get() gives None for these, which cannot be compared.",
    }
    given = call(best_step, copy.deepcopy(made_up), hints=hints)
    require(
        not isinstance(given, Mapping),
        "your function returns the whole entry. Its step is entry['step'].",
    )
    given = number(given, "what your function returns")
    evaluations = [entry for entry in made_up if "eval_loss" in entry]
    losses = [entry["eval_loss"] for entry in evaluations]
    best = evaluations[int(np.argmin(losses))]
    if given != best["step"]:
        require(given != min(losses), "this is the lowest loss itself. At which step was it?")
        require(
            given not in (losses.index(min(losses)), made_up.index(best)),
            "this is a position in a list. Each entry knows its step: entry['step'].",
        )
        require(
            given != max(evaluations, key=lambda entry: entry["eval_accuracy"])["step"],
            "this is the step with the highest accuracy. Asked for is the lowest validation loss, which feels more.",
        )
        require(given != 25, "this is the step with the lowest training loss. Take eval_loss.")
        require(
            given != evaluations[int(np.argmax(losses))]["step"],
            "this is the step with the highest loss. Lower is better: min(...).",
        )
        require(given != made_up[-1]["step"], "this is the last step, and not the best one.")
        raise NotYet(
            f"in a made-up log the lowest validation loss, {min(losses)}, is at step {best['step']}; your function says {given:g}."
        )
    entries = [entry for entry in log_history if "eval_loss" in entry]
    require(entries, "the log that you hand to the check has no evaluations.")
    real = number(call(best_step, log_history, hints=hints), "what your function returns")
    wanted = min(entries, key=lambda entry: entry["eval_loss"])
    require(
        real == wanted["step"],
        f"in a made-up log your function is right, and in the real one it says {real:g} instead of {wanted['step']}.",
    )
    return (
        f"the overfitting run was best at step {wanted['step']} of {entries[-1]['step']}. This is what load_best_model_at_end looks up, and "
        "whatever came after it made the model worse."
    )


@verdict
def check_pairs_needed(pairs_needed, right_answers):
    """`pairs_needed(accuracy, width)`: how many pairs make the 95 % interval of an accuracy `width` wide.

    The normal approximation: accuracy +- 1.96 * sqrt(accuracy * (1 - accuracy) / pairs).
    """
    cases = [(0.5, 0.1), (0.8, 0.04), (0.9, 0.02), (0.8, 0.01)]
    for accuracy, width in cases:
        given = number(call(pairs_needed, accuracy, width), "what your function returns")
        variance = accuracy * (1 - accuracy)
        wanted = (2 * 1.96) ** 2 * variance / width**2
        asked = f"for accuracy {accuracy} and a width of {width}"

        def gives(value, given=given):
            return abs(given - value) <= max(0.05 * value, 1)

        if gives(wanted):
            continue
        mistakes = {
            "that is a quarter of what is needed. The interval goes 1.96 standard errors up *and* down, so its width is twice that.": wanted
            / 4,
            "the square is missing. Width falls with the root of the number of pairs: half the width takes four times as many.": math.sqrt(
                wanted
            ),
            "the root of accuracy * (1 - accuracy) is still there after squaring. Solve for pairs once more.": (
                wanted / math.sqrt(variance)
            ),
            "the factor is missing. The interval is 2 * 1.96 standard errors wide, not one.": wanted
            / (2 * 1.96) ** 2,
        }
        for message, value in mistakes.items():
            require(not gives(value), f"{asked}: {given:,.0f}; {message}")
        raise NotYet(
            f"{asked}: {given:,.2f} is not it. Put your number of pairs into 2 * 1.96 * sqrt(accuracy * (1 - accuracy) / pairs): it should "
            f"give {width}."
        )
    right = np.asarray(right_answers, dtype=float)
    accuracy, pairs = float(right.mean()), len(right)
    now = 2 * 1.96 * math.sqrt(accuracy * (1 - accuracy) / pairs)
    return (
        f"the formula gives a width of {now:.3f} for your {pairs} pairs, close to the bootstrap's; one point takes "
        f"{number(call(pairs_needed, accuracy, 0.01), 'the result'):,.0f} pairs. Ten times as exact is a hundred times the pairs."
    )
