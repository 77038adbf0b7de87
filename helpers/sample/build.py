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
KEYS = ["event", "topic", "tellings", "near_miss"]
KINDS = {"two tellings": 1, "near miss": 0, "other event": 0}


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
    tellings, near = event["tellings"], event["near_miss"]
    if not isinstance(tellings, list) or len(tellings) != 3 or len(set(map(str, tellings))) != 3:
        raise ValueError("not three different tellings")
    if near is not None and (not isinstance(near, dict) or list(near) != ["text", "changes"]):
        raise ValueError("near_miss is neither null nor an object with the keys text, changes")
    if not all(
        isinstance(text, str) and text.strip()
        for text in (*tellings, (near or {"text": "-"})["text"])
    ):
        raise ValueError("a text is empty or no text")


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


def pairs_of(first: dict, second: dict, alike: bool) -> list[tuple[str, str, str]]:
    """All pairs that come from two sibling events, as (sentence1, sentence2, kind).

    A near miss stands beside the telling that shares most of its words (`alike`), or fewest.
    """
    pairs = []
    for event in (first, second):
        pairs += [(*pair, "two tellings") for pair in itertools.combinations(event["tellings"], 2)]
        if event["near_miss"]:
            near = event["near_miss"]["text"]
            tellings = sorted(event["tellings"], key=lambda telling: word_overlap(telling, near))
            pairs.append((tellings[-1 if alike else 0], near, "near miss"))
    crossed = itertools.product(first["tellings"], second["tellings"])
    one, *rest = sorted(crossed, key=lambda pair: word_overlap(*pair), reverse=True)
    other = next(pair for pair in rest if not set(pair) & set(one))
    return [*pairs, (*one, "other event"), (*other, "other event")]


def build_pairs(events: list[dict]) -> dict[str, list[dict]]:
    """The rows of each split, MRPC's columns and `kind` (see KINDS), in an order that depends on nothing but `events`."""
    splits = {"train": [], "validation": [], "test": []}
    topics = itertools.groupby(events, key=lambda event: event["topic"])
    for number, (_, group) in enumerate(topics):
        group = list(group)
        for pair, siblings in enumerate(zip(group[::2], group[1::2], strict=True)):
            splits[split_of(pair, number)] += pairs_of(
                *siblings, alike=(pair + number // 2) % 2 == 0
            )
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
