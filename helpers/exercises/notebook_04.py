"""The checks of notebook 4, tokenizing with map."""

import inspect
from collections.abc import Mapping
from types import MappingProxyType

from datasets import Dataset, DatasetDict

from helpers.exercises.verdict import (
    NotYet,
    a_dataset,
    a_list,
    call,
    check,
    of_type,
    require,
    require_a_value,
    tell_apart,
)


def ids_of(value, tokenizer, what: str) -> list[int]:
    """The input_ids of one text, with any padding: given as an encoding, a list or a tensor, or as a batch of one."""
    if isinstance(value, Mapping):
        require(
            "input_ids" in value, f"{what} has no input_ids. Is it what the tokenizer returned?"
        )
        value = value["input_ids"]
    require(
        not isinstance(value, str),
        f"{what} is a string. Give what the tokenizer returns for it, not the text itself.",
    )
    require(
        isinstance(value, list | tuple) or hasattr(value, "tolist"),
        f"{what} should be what the tokenizer returns, and it is {of_type(value)}.",
    )
    ids = a_list(value, what)
    if len(ids) == 1 and isinstance(ids[0], list):
        ids = ids[0]
    require(
        not any(isinstance(item, str) for item in ids),
        f"{what} is a {type(value).__name__} of strings. Give what the tokenizer returns, or its input_ids.",
    )
    require(
        not any(isinstance(item, Mapping) for item in ids),
        f"{what} is a list of {len(ids)} results of the tokenizer, and should be a single one.",
    )
    require(
        not any(isinstance(item, list) for item in ids),
        f"{what} holds {len(ids)} rows of tokens. One call with two texts, tokenizer(first, second), makes one row of "
        "a pair; a list of texts makes one row per text.",
    )
    return ids


def without_padding(ids: list[int], tokenizer) -> list[int]:
    return [item for item in ids if item != tokenizer.pad_token_id]


def rows_counted(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def rows_of(value) -> list:
    """The rows of a list, tuple, array or tensor; a single row of numbers counts as one."""
    rows = value.tolist() if hasattr(value, "tolist") else list(value)
    return [rows] if rows and isinstance(rows[0], int) else rows


@check(answers=2)
def check_together_and_apart(together, apart, tokenizer, raw_datasets):
    """`together`: row 15 of train tokenized as a pair; `apart`: its two sentences, each tokenized alone."""
    require_a_value(together, "together")
    require_a_value(apart, "apart")
    train = raw_datasets["train"]

    def texts_at(position):
        return [train[position][name] for name in ("sentence1", "sentence2")]

    def ids_at(position):
        return tokenizer(*texts_at(position))["input_ids"]

    def cut(*texts):
        return tokenizer(*texts, truncation=True)["input_ids"]

    texts = texts_at(15)
    pair, single = tokenizer(*texts), tokenizer(texts)["input_ids"]
    bare = {"add_special_tokens": False}
    require(
        not (isinstance(together, list | tuple) and len(together) == 2)
        or not all(isinstance(item, Mapping | list | tuple) for item in together),
        "together is a list of two results, and should be one result, for the pair: one call with two texts. Two "
        "results, one for each sentence, belong in apart.",
    )
    ids = ids_of(together, tokenizer, "together")
    given = without_padding(ids, tokenizer)
    joined = tokenizer(["".join(texts), " ".join(texts)])["input_ids"]
    mistakes = {
        "together has sentence2 in front.": tokenizer(*texts[::-1])["input_ids"],
        "together is one long text: it has no [SEP] between the sentences. Hand over two texts, "
        "not their sum.": given in joined,
        "together holds one of the two sentences only.": given in single,
        "together holds the same sentence twice. The two arguments are sentence1 and sentence2.": given
        in tokenizer(texts, texts)["input_ids"],
        "in together, [CLS] and [SEP] are missing: without them, nothing marks where a sentence ends. Leave out "
        "add_special_tokens.": tokenizer(*texts, **bare)["input_ids"],
        **{
            f"together is the pair of row {other}, not raw_datasets['train'][15].": ids_at(other)
            for other in (14, 16)
            if other < len(train)
        },
        "together is the pair of row 15 of another split. Take it from raw_datasets['train'].": any(
            given == tokenizer(rows[15]["sentence1"], rows[15]["sentence2"])["input_ids"]
            for rows in raw_datasets.values()
            if len(rows) > 15
        ),
        "together has only a part of the pair's tokens: a small max_length cuts some off. Leave it out.": given
        == tokenizer(*texts, truncation=True, max_length=max(len(given), 4))["input_ids"],
    }
    otherwise = "together is not the pair of row 15 of the training split. Look at tokenizer.decode(...) of it."
    tell_apart(given, given in (pair["input_ids"], cut(*texts)), mistakes, otherwise)
    if isinstance(together, Mapping) and "token_type_ids" in together:
        require(
            any(any(row) for row in rows_of(together["token_type_ids"]))
            or not any(pair["token_type_ids"]),
            "together has a [SEP] in the middle, but its token_type_ids are all 0: to the model it is one text, in "
            "which somebody wrote [SEP]. Hand over two texts, and the tokenizer puts in both.",
        )
    require(
        len(ids) == len(given),
        f"together has {len(ids)} entries, and {len(ids) - len(given)} of them are padding. Give it without the "
        "padding.",
    )
    rows = apart["input_ids"] if isinstance(apart, Mapping) and "input_ids" in apart else apart
    require(
        isinstance(rows, list | tuple) or hasattr(rows, "tolist"),
        f"apart should be a list of two results of the tokenizer, and it is {of_type(rows)}.",
    )
    padded_rows = [ids_of(each, tokenizer, "a part of apart") for each in rows_of(rows)]
    rows = [without_padding(row, tokenizer) for row in padded_rows]
    parts = ["the first part of apart", "the second part of apart"]
    joined_again = rows == [given]
    require(
        len(rows) == 2,
        f"apart should have two parts, one for each sentence; it has {len(rows)}."
        + (
            " In one call with two texts the tokenizer joins them: make two calls, or hand over one list of two texts."
            if joined_again
            else ""
        ),
    )
    paired = [
        part
        for part, row, right in zip(parts, rows, single, strict=True)
        if row.count(tokenizer.sep_token_id) > right.count(tokenizer.sep_token_id)
    ]
    mistakes = {
        "apart has sentence2 first.": single[::-1],
        "each part of apart is the whole pair. A sentence by itself is one argument: tokenizer(sentence).": rows
        == [given, given],
        f"{'each part of apart' if paired == parts else ''.join(paired)} is a pair. A sentence by itself is one text "
        "only: tokenizer(sentence).": bool(paired),
        "in apart, [CLS] and [SEP] are missing: each sentence needs its own. Leave out "
        "add_special_tokens.": tokenizer(texts, **bare)["input_ids"],
        "apart has only a part of the sentences' tokens: a small max_length cuts some off. Leave it out.": all(
            row == tokenizer(text, truncation=True, max_length=max(len(row), 3))["input_ids"]
            for row, text in zip(rows, texts, strict=True)
        ),
        "both parts of apart are the same sentence. The second is sentence2.": rows[0] == rows[1],
    }
    otherwise = "apart does not hold the two sentences of row 15, each tokenized alone."
    tell_apart(rows, rows in (single, cut(texts)), mistakes, otherwise)
    lengths = [len(row) for row in rows]
    for part, row, length in zip(parts, padded_rows, lengths, strict=True):
        require(
            len(row) == length,
            f"{part} has {len(row)} entries, and {len(row) - length} of them are padding. Give it without the padding.",
        )
    more = sum(lengths) - len(given)
    ends = [tokenizer.convert_ids_to_tokens(row[:1]) for row in rows]
    return (
        f"{len(given)} tokens together, {lengths[0]} + {lengths[1]} = {sum(lengths)} apart. "
        + (
            "Apart has one more, because each sentence brings a [CLS] of its own. "
            if more == 1 and ends == [["[CLS]"], ["[CLS]"]]
            else ""
        )
        + "Each result of apart would go through the model by itself, so the model would never read the two sentences "
        "together."
    )


@check
def check_single_sentences(tokenized_reviews, reviews, tokenizer):
    """`tokenized_reviews`: `reviews` (columns sentence, label, idx) tokenized with map, truncated, not padded."""
    require_a_value(tokenized_reviews, "tokenized_reviews")
    splits = (
        tokenized_reviews if isinstance(tokenized_reviews, DatasetDict) else {"": tokenized_reviews}
    )
    require(
        not any(
            isinstance(split, Dataset) and "sentence1" in split.column_names
            for split in splits.values()
        ),
        "this is MRPC. The exercise is about `reviews`: call `reviews.map(...)`.",
    )
    what = f"tokenized_reviews should be a dataset, and it is {of_type(tokenized_reviews)}."
    taken = isinstance(tokenized_reviews, Mapping) and "label" in tokenized_reviews
    hint = (
        f"{what} That is what a row or a slice is. Leave out the brackets behind reviews.map(...)."
        if taken
        else f"{what} reviews.map(...) returns one; the tokenizer alone does not."
    )
    a_dataset(tokenized_reviews, "tokenized_reviews", {hint: Mapping})
    require(
        tokenized_reviews is not reviews,
        "tokenized_reviews is reviews as it was. Assign what reviews.map(...) returns, and let its function return "
        "what the tokenizer returns.",
    )
    columns = tokenized_reviews.column_names
    require(
        "input_ids" in columns,
        f"there is no column input_ids, only {', '.join(columns)}. The function has to return what the tokenizer "
        "returns.",
    )
    require(
        "attention_mask" in columns,
        "there is no column attention_mask. Let the function return all that the tokenizer returns, not only the "
        "input_ids.",
    )
    require(
        len(tokenized_reviews) == len(reviews),
        f"tokenized_reviews has {rows_counted(len(tokenized_reviews))}, and reviews has {len(reviews)}.",
    )
    require(
        "label" in columns or "labels" in columns,
        "the column label is gone. Without it there is nothing to learn from.",
    )
    rows = [a_list(ids, "a row of input_ids") for ids in tokenized_reviews["input_ids"]]
    require(
        not any(isinstance(item, list) for item in rows[0]),
        "each row holds a list of lists, a batch of one. Without batched=True, hand over the sentence itself, not a "
        "list of it, and leave out return_tensors.",
    )
    texts = reviews["sentence"][:]
    padded = any(tokenizer.pad_token_id in ids for ids in rows)
    longest, limit = max(map(len, rows)), tokenizer.model_max_length

    def tokenized(*texts, **options):
        return tokenizer(*texts, **options, verbose=False)["input_ids"]

    mistakes = {
        "each sentence was tokenized as a pair with itself. There is one sentence only: "
        "one text for the tokenizer.": rows
        in (tokenized(texts, texts), tokenized(texts, texts, truncation=True)),
        f"the longest review was cut to {longest} tokens, more than the model takes ({limit}). Leave out max_length: "
        "truncation=True by itself cuts at the limit.": longest > limit
        and rows == tokenized(texts, truncation=True, max_length=longest)
        and rows != tokenized(texts),
        f"one review has {longest} tokens, more than the model takes ({limit}). "
        "truncation=True, without max_length, cuts it.": longest > limit,
        "the rows are padded. Leave out padding: it should wait until a batch is made.": padded,
        "the longest review has lost its [SEP], because it was cut after it was tokenized. truncation=True keeps "
        "it.": [ids[:longest] for ids in tokenized(texts)],
        f"the texts were cut to {limit} characters. The model's limit counts tokens: "
        "truncation=True.": tokenized([text[:limit] for text in texts]),
        f"the longest review was cut to {longest} tokens, and the model takes {limit}. truncation=True by itself "
        "cuts there; a smaller max_length loses text.": longest < limit
        and rows == tokenized(texts, truncation=True, max_length=longest),
    }
    otherwise = "these are not the tokens of the column sentence, truncated. Compare tokenizer.decode(...) of a row."
    tell_apart(rows, tokenized(texts, truncation=True), mistakes, otherwise)
    short = longest < limit or len(tokenized(texts)[rows.index(max(rows, key=len))]) <= limit
    return (
        f"{len(rows)} rows, "
        + (
            f"the longest with {longest} tokens. "
            if short
            else f"the longest cut to {limit} tokens. "
        )
        + "A task with one sentence needs the same lines as a pair, minus one argument."
    )


COLUMNS = MappingProxyType(
    {
        "cola": ("sentence",),
        "mnli": ("premise", "hypothesis"),
        "mrpc": ("sentence1", "sentence2"),
        "qnli": ("question", "sentence"),
        "qqp": ("question1", "question2"),
        "rte": ("sentence1", "sentence2"),
        "sst2": ("sentence",),
        "stsb": ("sentence1", "sentence2"),
        "wnli": ("sentence1", "sentence2"),
    }
)
GLUE_COLUMNS = {task: list(columns) for task, columns in COLUMNS.items()}  # the learner's copy


def restore_columns() -> bool:
    """Makes GLUE_COLUMNS what it was at first, and says whether it was anything else."""
    whole = {task: list(columns) for task, columns in COLUMNS.items()}
    if whole == GLUE_COLUMNS:
        return False
    GLUE_COLUMNS.clear()
    GLUE_COLUMNS.update(whole)
    return True


def result_of(name: str, function, *arguments, hints: dict):
    """What `call` returns, with `name` in place of "your function" in its messages.

    Raises NotYet if the function changes GLUE_COLUMNS, which is restored then: the next call would find something else.
    """
    changes = (
        "your function changes the list in `exercises.GLUE_COLUMNS` (`pop`, `append`): the second call finds another "
        "list. Copy it first."
    )
    restore_columns()
    try:
        (result,) = call(lambda *given: [function(*given)], *arguments, hints=hints)
    except NotYet as problem:
        require(not restore_columns(), changes)
        raise NotYet(str(problem).replace("your function", name, 1)) from None
    require(not restore_columns(), changes)
    require(
        result is not None,
        f"{name} returns nothing (None). Every branch of it should end with return; print shows a value, but does "
        "not return it.",
    )
    return result


def inner_function(tokenize_function_for, task: str):
    """What `tokenize_function_for(task)` returns, if it is a function of one argument."""
    outer = f"tokenize_function_for({task!r})"
    columns = COLUMNS[task]
    hints = {
        KeyError: text_of(task),
        IndexError: number_of_columns(task),
        ValueError: number_of_columns(task),
        TypeError: "tokenize_function_for takes the name of a task. It returns the inner function itself, without "
        "calling it: the parentheses come later, when map calls it.",
    }
    function = result_of(outer, tokenize_function_for, task, hints=hints)
    require(
        not isinstance(function, DatasetDict),
        f"{outer} has called map itself and returns a DatasetDict. It should return the inner function, which map is "
        "given later.",
    )
    require(
        callable(function),
        f"{outer} returns something {of_type(function)}. It should return a function, which map can call.",
    )
    try:
        inspect.signature(function).bind(dict.fromkeys(columns))
    except TypeError:
        raise NotYet(
            "the inner function should take one argument, example: map passes nothing else. task need not be passed; the "
            "inner function knows it already."
        ) from None
    except ValueError:  # a built-in function without a signature
        pass
    return function


def text_of(task: str) -> str:
    return (
        f"The text of {task} is in {' and '.join(COLUMNS[task])}: take the names from the dictionary, by the "
        "name of the task."
    )


def number_of_columns(task: str) -> str:
    number = len(COLUMNS[task])
    return (
        f"{task} has {number} column{'s' * (number > 1)} of text. A star hands over as many as there are: "
        "tokenizer(*texts)."
    )


def require_tokens_of(task: str, function, tokenizer) -> None:
    """Raises NotYet unless `function` tokenizes a slice of three rows of `task` as the exercise asks."""

    def tokenized(*texts, **options):
        return tokenizer(*texts, truncation=True, **options)["input_ids"]

    columns = COLUMNS[task]
    long = "and on it went " * 300
    example = {
        column: [f"The {column}.", f"Of a long story, {long} the {column}.", f"{column}s!"]
        for column in columns
    }
    texts = [list(example[column]) for column in columns]
    example |= {"label": [0, 1, 0], "idx": [0, 1, 2]}
    of_texts = (
        "Each column, example[name], is a list of texts, and an argument of its own for the tokenizer: "
        "tokenizer(*texts)."
    )
    cuts = "truncation=True cuts the longer text of a pair, or the only text there is."

    def hint_of_value_error(error):
        if "create tensor" in str(error):
            return "Leave out return_tensors: the rows differ in length, and map wants lists."
        return number_of_columns(task) if "unpack" in str(error) else of_texts

    hints = {
        KeyError: text_of(task),
        IndexError: number_of_columns(task),
        ValueError: hint_of_value_error,
        TypeError: of_texts,
        Exception: lambda error: cuts if "truncat" in str(error).lower() else "",
    }
    encoding = result_of(f"the inner function for {task}", function, example, hints=hints)
    require(
        not isinstance(encoding, DatasetDict),
        f"the inner function for {task} returns a DatasetDict. It should tokenize the example that it is given, and "
        "leave map to its caller.",
    )
    require(
        isinstance(encoding, Mapping),
        f"for {task} the inner function returns something {of_type(encoding)}. map needs a dictionary of new "
        "columns, such as the tokenizer returns.",
    )
    require("input_ids" in encoding, f"for {task} there are no input_ids in what is returned.")
    require(
        "attention_mask" in encoding,
        f"for {task} there is no attention_mask in what is returned. Return all that the tokenizer returns.",
    )
    try:
        given = [a_list(ids, "a row of input_ids") for ids in encoding["input_ids"]]
    except NotYet:
        raise NotYet(
            f"for {task} a single row of tokens came out, and three rows went in. Give the tokenizer the lists of "
            "texts, example[column], not the names of the columns and not single texts."
        ) from None
    padded = any(tokenizer.pad_token_id in ids for ids in given)
    longest = max(map(len, given), default=0)
    mistakes = {
        f"for {task} the column {column} is tokenized as a pair with itself. "
        + (
            "A single column is one argument."
            if len(columns) == 1
            else f"The two arguments are {' and '.join(columns)}."
        ): tokenized(of_column, of_column)
        for column, of_column in zip(columns, texts, strict=True)
    }
    if len(columns) == 2:
        second = (
            "qnli has a column sentence, too, beside question: go by the name of the task, not by whether there is a "
            "column sentence."
            if task == "qnli"
            else "A pair needs both, in one call of the tokenizer: a second call replaces the first."
        )
        mistakes |= {
            f"for {task} only the column {columns[0]} is tokenized. A pair needs both.": tokenized(
                texts[0]
            ),
            f"for {task} only the column {columns[1]} is left. {second}": tokenized(texts[1]),
            f"for {task} the two columns are in the wrong order: "
            f"{columns[0]} comes first.": tokenized(*texts[::-1]),
        }
        mistakes[f"for {task} the two texts are joined into one. A pair is two arguments."] = (
            given == tokenized([" ".join(both) for both in zip(*texts, strict=True)])
        )
    mistakes |= {
        f"for {task} {len(given)} rows come out, and three went in. Leave out return_overflowing_tokens: it makes "
        "several rows of a long text.": "overflow_to_sample_mapping" in encoding,
        f"for {task} {len(given)} rows come out, and three went in. Each column is an argument of its own, not a "
        "part of one list.": len(given) > 3,
        f"for {task} only {len(given)} of three rows came out. Hand over each column whole, with all its "
        "texts: example[column].": len(given) < 3,
        f"for {task} the rows are padded. Leave out padding: it should wait until a batch is made.": padded,
        f"for {task} a long text keeps {longest} tokens, and the model takes "
        f"{tokenizer.model_max_length}. Use truncation=True, without max_length.": longest
        > tokenizer.model_max_length,
        f"for {task} a long text keeps {longest} tokens only, and the model takes {tokenizer.model_max_length}. "
        "Something cuts it before that: a smaller max_length, or a cut of the text itself.": tokenized(
            *texts, max_length=max(longest, 8)
        ),
    }
    otherwise = (
        f"for {task} the tokens are not those of {' and '.join(columns)}. Decode a row and see."
    )
    tell_apart(given, tokenized(*texts), mistakes, otherwise)


@check
def check_any_task(tokenize_function_for, tokenizer):
    """`tokenize_function_for(task)` returns a function for map that tokenizes the columns of that GLUE task."""
    require(
        callable(tokenize_function_for),
        f"a function is asked for, and this is {of_type(tokenize_function_for)}.",
    )
    tasks = sorted(COLUMNS, key=lambda task: (task != "mrpc", len(COLUMNS[task])))
    functions = {task: inner_function(tokenize_function_for, task) for task in tasks}
    for task in tasks:
        try:
            require_tokens_of(task, functions[task], tokenizer)
        except NotYet:
            require_tokens_of(task, inner_function(tokenize_function_for, task), tokenizer)
            raise NotYet(
                f"the function for {task} works only until tokenize_function_for is called for another task, because "
                "they share a variable. Keep the names of the columns in a variable of the function: no global."
            ) from None
    return (
        f"your function serves all {len(COLUMNS)} tasks. Where the names of the columns come from a dictionary, "
        "one more task needs one more entry, and no new code."
    )
