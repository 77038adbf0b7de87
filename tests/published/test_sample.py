"""The bundled sample: MRPC's shape, built from its source, learnable, and not by lengths or common words."""

import re
from collections import Counter

import numpy
import pytest
from datasets import load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoTokenizer

from helpers.sample import build
from helpers.sample.build import (
    FEATURES,
    KINDS,
    NEAR_MISSES,
    SAMPLE,
    build_pairs,
    read_events,
    sentences_of,
    word_overlap,
)
from helpers.sources import checkpoint_path

SPLITS = ["train", "validation", "test"]


@pytest.fixture(scope="module")
def events():
    return read_events()


@pytest.fixture(scope="module")
def pairs(events):
    return build_pairs(events)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """As anybody loads it: by the folder, with no helper."""
    return load_dataset(str(SAMPLE), "mrpc", cache_dir=str(tmp_path_factory.mktemp("cache")))


# The text


def test_there_are_at_least_200_events_in_at_least_14_topics(events):
    assert len(events) >= 200
    assert len({event["topic"] for event in events}) >= 14
    assert len({event["event"] for event in events}) == len(events)


def test_every_kind_of_near_miss_occurs_and_the_plain_ones_often(events):
    kinds = Counter(near["kind"] for event in events for near in event["near_misses"])
    assert set(kinds) == set(NEAR_MISSES)
    assert all(kinds[kind] >= 50 for kind in ("number", "day", "name", "place", "negation"))


def test_sentences_have_12_to_35_words_short_ones_7_to_11_and_plain_typography(events):
    for event in events:
        *sentences, short1, short2, short_near_miss = sentences_of(event)
        for sentence in sentences:
            assert 12 <= len(sentence.split()) <= 35, sentence
        for sentence in (short1, short2, short_near_miss):
            assert 7 <= len(sentence.split()) <= 11, sentence
        for sentence in sentences_of(event):
            assert sentence.endswith(".") and sentence.isascii() and "  " not in sentence, sentence


def test_tellings_of_an_event_share_less_than_half_of_their_words(events):
    for event in events:
        first, second, third = event["tellings"]
        for pair in ((first, second), (first, third), (second, third)):
            assert word_overlap(*pair) < 0.5, pair


def test_rewordings_keep_as_many_words_of_their_telling_as_near_misses_do(events):
    """Else the amount of change would give the label away."""
    rewordings, near_misses = (
        numpy.array(
            [
                [
                    word_overlap(entry["text"], event["tellings"][entry["of"]])
                    for entry in event[name]
                ]
                for event in events
            ]
        )
        for name in ("rewordings", "near_misses")
    )
    light, fuller, slightest = rewordings.T
    assert min(light) >= 0.6 and min(fuller) >= 0.45 and min(slightest) >= 0.6
    assert min(near_misses.flat) >= 0.35
    assert abs(numpy.median(rewordings) - numpy.median(near_misses)) < 0.05


def test_a_near_miss_resembles_no_telling_more_than_the_one_that_it_is_of(events):
    closer = 0
    for event in events:
        for near in event["near_misses"]:
            overlaps = [word_overlap(near["text"], telling) for telling in event["tellings"]]
            closer += overlaps[near["of"]] < max(overlaps)
    assert closer == 0


def test_short_sentences_keep_as_many_words_of_each_other_as_of_their_near_miss(events):
    kept, changed = [], []
    for number, event in enumerate(events):
        sentences, near_miss = event["short"]["sentences"], event["short"]["near_miss"]
        kept.append(word_overlap(*sentences))
        changed.append(word_overlap(sentences[number // 8 % 2], near_miss))
    assert abs(numpy.median(kept) - numpy.median(changed)) < 0.1


def test_spelling_is_american(events):
    british = (
        "ageing cancelled cancelling centre cheque colour councillors criticised favour favoured fibre "
        "harbour honoured instalments kilometres labour labourers licence licences maths metre metres "
        "misspelt modernised neighbourhood neighbouring neighbours organise organised plough ploughed "
        "programme theatre tonne tonnes travellers travelling tyre"
    )
    words = {
        word
        for event in events
        for sentence in sentences_of(event)
        for word in re.findall(r"\w+", sentence.lower())
    }
    assert words & set(british.split()) == set()


def test_no_opening_of_three_words_is_used_for_more_than_three_events(events):
    """Rewordings and near misses may begin as the telling that they are of."""
    openings = Counter(
        opening
        for event in events
        for opening in {
            " ".join(re.findall(r"\w+", sentence.lower())[:3]) for sentence in sentences_of(event)
        }
    )
    assert [opening for opening, count in openings.items() if count > 3] == []


# The splits


def test_the_splits_are_what_the_script_builds_from_the_source(sample, events):
    for split, dataset in build.build_datasets(events).items():
        assert sample[split].to_list() == dataset.to_list()


def test_has_mrpcs_columns_types_and_label_names(sample):
    assert list(sample) == SPLITS
    assert all(sample[split].features == FEATURES for split in SPLITS)
    assert FEATURES["label"].names == ["not_equivalent", "equivalent"]


def test_train_has_at_least_1000_pairs_validation_and_test_300_each(sample):
    assert sample.num_rows["train"] >= 1000
    assert min(sample.num_rows["validation"], sample.num_rows["test"]) >= 300


@pytest.mark.parametrize("split", SPLITS)
def test_every_kind_of_pair_is_in_every_split_with_one_label(pairs, split):
    assert {(row["kind"], row["label"]) for row in pairs[split]} == set(KINDS.items())


@pytest.mark.parametrize("split", SPLITS)
def test_near_misses_are_at_least_a_sixth_of_the_pairs(pairs, split):
    assert numpy.mean([row["kind"].startswith("near miss") for row in pairs[split]]) >= 1 / 6


@pytest.mark.parametrize("split", SPLITS)
def test_pairs_that_share_most_words_and_pairs_that_share_few_have_both_labels(pairs, split):
    for shares in (lambda overlap: overlap >= 0.8, lambda overlap: overlap <= 0.3):
        labels = Counter(
            row["label"]
            for row in pairs[split]
            if shares(word_overlap(row["sentence1"], row["sentence2"]))
        )
        assert min(labels[0], labels[1]) >= 10, labels


def test_no_event_and_no_sentence_is_in_two_splits(sample, events):
    event_of = {sentence: event["event"] for event in events for sentence in sentences_of(event)}
    found = {}
    for split in SPLITS:
        for row in sample[split]:
            for sentence in (row["sentence1"], row["sentence2"]):
                found.setdefault(event_of[sentence], set()).add(split)
    assert len(event_of) == sum(len(sentences_of(event)) for event in events)
    assert all(len(splits) == 1 for splits in found.values())
    assert len(found) == len(events)


def test_no_pair_is_there_twice_in_either_order(sample):
    rows = [
        frozenset((row["sentence1"], row["sentence2"])) for split in SPLITS for row in sample[split]
    ]
    assert len(rows) == len(set(rows))
    assert all(len(row) == 2 for row in rows)


@pytest.mark.parametrize("split", SPLITS)
def test_62_to_72_percent_are_equivalent(sample, split):
    assert 0.62 <= numpy.mean(sample[split]["label"]) <= 0.72


def test_pairs_are_about_as_long_as_mrpcs(sample):
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_path())
    rows = sample["train"]
    encoded = tokenizer(list(rows["sentence1"]), list(rows["sentence2"]))
    lengths = [len(ids) for ids in encoded["input_ids"]]
    assert 45 <= numpy.mean(lengths) <= 60
    assert numpy.percentile(lengths, 5) >= 28
    assert numpy.percentile(lengths, 95) <= 85


@pytest.mark.parametrize("split", SPLITS)
def test_a_near_miss_stands_beside_a_sentence_that_it_contradicts(pairs, events, split):
    contradicted = {}
    for event in events:
        sentences = sentences_of(event)
        contradicted[event["short"]["near_miss"]] = set(event["short"]["sentences"])
        for near in event["near_misses"]:
            contradicted[near["text"]] = {sentences[position] for position in near["contradicts"]}
    for row in pairs[split]:
        if row["kind"].startswith("near miss"):
            sentence, near = row["sentence1"], row["sentence2"]
            if near not in contradicted:
                sentence, near = near, sentence
            assert sentence in contradicted[near]


# What gives the label away


def lengths_of(row):
    words = [len(row[name].split()) for name in ("sentence1", "sentence2")]
    return [*words, abs(words[0] - words[1])]


def overlap_and_lengths_of(row):
    """Overlap also squared: the label need not follow it in one direction."""
    overlap = word_overlap(row["sentence1"], row["sentence2"])
    return [overlap, overlap**2, *lengths_of(row)]


def order_of(row):
    return [len(row[name]) for name in ("sentence1", "sentence2")]


def words_of(row):
    return f"{row['sentence1']} {row['sentence2']}"


def points_over_majority(pairs, features, scaler=None):
    """Validation accuracy of a logistic regression on `features`, in percentage points over the majority class."""
    model = make_pipeline(scaler or StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit([features(row) for row in pairs["train"]], [row["label"] for row in pairs["train"]])
    labels = [row["label"] for row in pairs["validation"]]
    score = model.score([features(row) for row in pairs["validation"]], labels)
    return 100 * (score - max(numpy.mean(labels), 1 - numpy.mean(labels)))


def test_lengths_alone_give_at_most_3_points(pairs):
    assert points_over_majority(pairs, lengths_of) <= 3


def test_word_overlap_and_lengths_give_at_most_15_points(pairs):
    assert points_over_majority(pairs, overlap_and_lengths_of) <= 15


def test_which_words_occur_in_a_pair_gives_at_most_5_points(pairs):
    """Near misses are written in no other words than rewordings."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    assert points_over_majority(pairs, words_of, words) <= 5


def test_the_order_within_a_pair_carries_no_signal(pairs):
    assert points_over_majority(pairs, order_of) <= 3
    for kind in ("two tellings", "reworded", "more or less", "short", "near miss", "other event"):
        rows = [row for row in pairs["train"] if row["kind"].startswith(kind)]
        first_longer = numpy.mean([len(row["sentence1"]) > len(row["sentence2"]) for row in rows])
        assert 0.35 < first_longer < 0.65, kind


def test_a_label_that_words_give_away_would_be_noticed(pairs):
    """The measure itself: with near misses and other events made of foreign words, overlap tells all."""
    easy = {
        split: [
            row
            if row["label"]
            else row | {"sentence2": "quite other words that nobody shares at all here today"}
            for row in rows
        ]
        for split, rows in pairs.items()
    }
    assert points_over_majority(easy, overlap_and_lengths_of) > 25
