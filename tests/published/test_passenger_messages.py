"""The passengers' messages: built from their source, dirty as planted, clean after cleaning, and not told by single words."""

import json
import re
from collections import Counter
from itertools import combinations

import pandas
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from helpers.passenger_messages import build
from helpers.passenger_messages.build import (
    CATEGORIES,
    CSV,
    DISPUTED,
    MISSPELLED,
    UNFILED,
    build_rows,
    read_messages,
    write_csv,
)


@pytest.fixture(scope="module")
def messages():
    return read_messages()


@pytest.fixture(scope="module")
def frame():
    return pandas.read_csv(CSV, sep=";")


def words_of(text):
    return re.findall(r"[\w']+", text.lower())


# The text


def test_about_600_messages_in_five_categories_of_unequal_size(messages):
    sizes = Counter(message["category"] for message in messages)
    assert list(sizes) == list(CATEGORIES)
    assert 580 <= len(messages) <= 640
    assert sizes["Service"] >= 3 * sizes["Lost property"] and sizes["Lost property"] >= 50


def test_messages_have_8_to_60_words_and_many_lengths(messages):
    lengths = [len(message["text"].split()) for message in messages]
    assert min(lengths) >= 8 and max(lengths) <= 60
    assert sum(length <= 14 for length in lengths) >= 40
    assert sum(length >= 40 for length in lengths) >= 30


def test_no_two_messages_are_alike(messages):
    word_sets = [set(words_of(message["text"])) for message in messages]
    alike = [
        (first, second)
        for first, second in combinations(word_sets, 2)
        if len(first & second) > 0.4 * len(first | second)
    ]
    assert alike == []


def test_no_five_words_in_a_row_are_in_more_than_three_messages(messages):
    found = Counter()
    for message in messages:
        words = words_of(message["text"])
        found.update({tuple(words[i : i + 5]) for i in range(len(words) - 4)})
    assert [five for five, count in found.items() if count > 3] == []


def test_no_opening_of_three_words_is_used_more_than_three_times(messages):
    openings = Counter(tuple(words_of(message["text"])[:3]) for message in messages)
    assert [opening for opening, count in openings.items() if count > 3] == []


def test_spelling_is_american(messages):
    british = (
        "apologise cancelled cancelling carer centre cheque colour favourite kilometres lorry metre "
        "metres neighbour neighbours organise programme pram prams queue realise theatre timetabled "
        "travelled travellers travelling tyre tyres"
    )
    words = {word for message in messages for word in words_of(message["text"])}
    assert words & set(british.split()) == set()


def test_single_words_do_not_tell_the_category(messages):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(class_weight="balanced"))
    texts = [message["text"] for message in messages]
    categories = [message["category"] for message in messages]
    assert cross_val_score(model, texts, categories, scoring="f1_macro").mean() < 0.75


# The file


def test_the_file_is_what_the_script_builds_from_the_source(messages):
    assert CSV.read_bytes() == write_csv(build_rows(messages))


def test_without_options_pandas_reads_one_column_and_then_fails():
    assert pandas.read_csv(CSV, nrows=5).shape == (5, 1)
    with pytest.raises(pandas.errors.ParserError, match="Expected 1 fields in line 7, saw"):
        pandas.read_csv(CSV)


def test_with_semicolons_pandas_reads_four_columns_of_all_categories(frame):
    assert list(frame) == ["id", "channel", "category", "message"]
    assert set(frame["category"][:5]) == set(CATEGORIES)


def test_the_file_begins_with_a_byte_order_mark_and_needs_its_encoding():
    content = CSV.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and not content.isascii()


def test_messages_hold_what_a_csv_file_must_quote(frame):
    for sign in ("\n", '"', ";"):
        assert frame["message"].str.contains(sign, regex=False).sum() >= 20, sign


def test_every_planted_fault_is_there_as_often_as_planted(frame):
    assert frame["category"].isna().sum() == len(UNFILED) == 6
    assert frame["message"].isna().sum() == 4
    assert (frame["message"] == " ").sum() == 1
    assert frame.duplicated().sum() == 1
    text, categories = DISPUTED
    assert list(frame["category"][frame["message"] == text].sort_values()) == categories
    unknown = frame["category"].dropna()[~frame["category"].dropna().isin(CATEGORIES)]
    assert Counter(unknown) == dict(MISSPELLED.values())


def test_cleaning_gives_the_source(frame, messages):
    cleaned = frame.dropna(subset=["category", "message"]).drop_duplicates()
    cleaned = cleaned[cleaned["message"].str.strip() != ""]
    category = cleaned["category"].str.strip().str.capitalize()
    cleaned["category"] = category.replace("Vehicels and stops", "Vehicles and stops")
    cleaned = cleaned[~cleaned["message"].duplicated(keep=False)]
    found = set(zip(cleaned["category"], cleaned["message"], strict=True))
    assert len(cleaned) == len(messages)
    assert found == {(message["category"], message["text"]) for message in messages}


@pytest.mark.parametrize(
    "line, reason",
    [
        ('{"category": ', "Expecting value"),
        ('["Fares"]', "not an object with the keys category, text"),
        ('{"category": "Food", "text": "a"}', "category 'Food' is not one of Service, Fares"),
        ('{"category": "Fares", "text": " "}', "the text is empty"),
    ],
)
def test_a_line_that_is_no_message_is_named(tmp_path, line, reason):
    sound = json.dumps({"category": "Fares", "text": "How much?"})
    (tmp_path / "messages.jsonl").write_text(f"{sound}\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"messages.jsonl, line 2: {reason}.* says what a message"):
        build.read_messages(tmp_path / "messages.jsonl")
