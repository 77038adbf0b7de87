"""Builds the bundled sample's three splits from its readable source: python -m helpers.sample.build

events.jsonl holds one invented news event a line: `event` (its topic and number), `topic`, three `tellings` and,
for every other event, a `near_miss` (`text`, and what it `changes`). Events 1 and 2 of a topic are siblings, two events
of the same kind, and so are 3 and 4, and so on.

From each event come three equivalent pairs (any two of its tellings). Not equivalent are the near miss beside the
telling that it resembles most, and each event beside its sibling, with the tellings that share the most words.
"""

import itertools
import json
import random
import re
from collections import Counter
from pathlib import Path

from datasets import ClassLabel, Dataset, Features, Value

SAMPLE = Path(__file__).parent
FEATURES = Features(
    {
        "sentence1": Value("string"),
        "sentence2": Value("string"),
        "label": ClassLabel(names=["not_equivalent", "equivalent"]),
        "idx": Value("int32"),
    }
)
KEYS = ["event", "topic", "tellings", "rewordings", "near_misses"]
NEAR_MISSES = ["number", "day", "name", "place", "negation", "role", "other"]
KINDS = {
    "two tellings": 1,
    "reworded": 1,
    "more or less": 1,
    **{f"near miss: {kind}": 0 for kind in NEAR_MISSES},
    "other event": 0,
}


def read_events(file: Path = SAMPLE / "events.jsonl") -> list[dict]:
    """The events of `file`, in its order. Raises ValueError for a line that is not an event, or a topic of an odd number."""
    events = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            events.append(json.loads(line))
            check_event(events[-1])
        except ValueError as error:
            raise ValueError(
                f"{file.name}, line {number}: {error}. {__name__} says what an event looks like."
            ) from None
    for topic, count in Counter(event["topic"] for event in events).items():
        if count % 2:
            raise ValueError(
                f"{file.name}: {topic} has {count} events, but they go in pairs. Add a sibling, or drop one."
            )
    return events


def check_event(event) -> None:
    """Raises ValueError if `event` is not of the form that the sample is built from."""
    if not isinstance(event, dict) or list(event) != KEYS:
        raise ValueError(f"not an object with the keys {', '.join(KEYS)}")
    if not str(event["event"]).startswith(str(event["topic"])):
        raise ValueError(
            f"event {event['event']!r} does not begin with its topic {event['topic']!r}"
        )
    tellings, rewordings, near_misses = (event[key] for key in KEYS[2:])
    if not isinstance(tellings, list) or len(tellings) != 3:
        raise ValueError("not three tellings")
    for name, entries, keys in (
        ("rewordings", rewordings, ["of", "text"]),
        ("near_misses", near_misses, ["of", "kind", "changes", "text"]),
    ):
        if not isinstance(entries, list) or len(entries) != 2:
            raise ValueError(f"not two {name}")
        for entry in entries:
            if not isinstance(entry, dict) or list(entry) != keys:
                raise ValueError(f"one of {name} is not an object with the keys {', '.join(keys)}")
            if entry["of"] not in (0, 1, 2):
                raise ValueError(f"one of {name} is of telling {entry['of']!r}, not 0, 1 or 2")
            if entry.get("kind", "other") not in NEAR_MISSES:
                raise ValueError(
                    f"a near miss of kind {entry['kind']!r}, not {', '.join(NEAR_MISSES)}"
                )
    texts = sentences_of(event)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("a text is empty or no text")
    if len(set(texts)) != len(texts):
        raise ValueError("a text is there twice")


def sentences_of(event: dict) -> list[str]:
    """All texts of an event: tellings, rewordings, near misses."""
    return event["tellings"] + [
        entry["text"] for entry in event["rewordings"] + event["near_misses"]
    ]


def word_overlap(sentence1: str, sentence2: str) -> float:
    """Shared words over all words of two sentences (Jaccard index), from 0 to 1, letter case ignored."""
    words1, words2 = (
        set(re.findall(r"\w+", sentence.lower())) for sentence in (sentence1, sentence2)
    )
    return len(words1 & words2) / len(words1 | words2)


def split_of(sibling_pair: int, topic: int) -> str:
    """The split of a topic's sibling pair (0 to 7): five go to train, three to validation and test in turn by topic."""
    if sibling_pair < 5:
        return "train"
    return ("validation", "test")[(sibling_pair + topic) % 2]


def pairs_of(first: dict, second: dict) -> list[tuple[str, str, str]]:
    """All pairs that come from two sibling events, as (sentence1, sentence2, kind).

    Equivalent are any two tellings, and each rewording beside its telling; not equivalent are each near miss beside its
    telling, and the two tellings of the two events that share the most words.
    """
    pairs = []
    for event in (first, second):
        tellings = event["tellings"]
        pairs += [(*pair, "two tellings") for pair in itertools.combinations(tellings, 2)]
        for rewording, kind in zip(event["rewordings"], ("reworded", "more or less"), strict=True):
            pairs.append((tellings[rewording["of"]], rewording["text"], kind))
        for near in event["near_misses"]:
            pairs.append((tellings[near["of"]], near["text"], f"near miss: {near['kind']}"))
    crossed = itertools.product(first["tellings"], second["tellings"])
    return [*pairs, (*max(crossed, key=lambda pair: word_overlap(*pair)), "other event")]


def build_pairs(events: list[dict]) -> dict[str, list[dict]]:
    """The rows of each split, MRPC's columns and `kind` (see KINDS), in an order that depends on nothing but `events`."""
    splits = {"train": [], "validation": [], "test": []}
    topics = itertools.groupby(events, key=lambda event: event["topic"])
    for number, (_, group) in enumerate(topics):
        group = list(group)
        for pair, siblings in enumerate(zip(group[::2], group[1::2], strict=True)):
            splits[split_of(pair, number)] += pairs_of(*siblings)
    rng = random.Random(2005)  # the year of MRPC's paper
    for split, pairs in splits.items():
        rng.shuffle(pairs)
        rows = []
        for idx, (sentence1, sentence2, kind) in enumerate(pairs):
            if rng.random() < 0.5:
                sentence1, sentence2 = sentence2, sentence1
            rows.append(
                dict(
                    sentence1=sentence1, sentence2=sentence2, label=KINDS[kind], idx=idx, kind=kind
                )
            )
        splits[split] = rows
    return splits


def build_datasets(events: list[dict]) -> dict[str, Dataset]:
    """The splits as datasets with MRPC's features, `kind` left out."""
    return {
        split: Dataset.from_list([{k: row[k] for k in FEATURES} for row in rows], features=FEATURES)
        for split, rows in build_pairs(events).items()
    }


def main() -> None:
    folder = SAMPLE / "mrpc"
    folder.mkdir(exist_ok=True)
    for split, dataset in build_datasets(read_events()).items():
        dataset.to_parquet(folder / f"{split}-00000-of-00001.parquet")
        print(f"{split}: {len(dataset)} pairs, {sum(dataset['label'])} equivalent")


if __name__ == "__main__":
    main()
