"""Builds the bundled sample's three splits from its readable source: python -m helpers.sample.build

events.jsonl holds one invented news event per line:

event        the topic and a number; events 1 and 2 of a topic are siblings, two events of the same kind, as are 3 and 4, and so on
topic        one of 16
tellings     three sentences that report the event in different words
rewordings   three sentences that say the same as the telling `of` (0 to 2): a light rewording, one that says a little
             more or less, and one that changes hardly a word
near_misses  three sentences that resemble the telling `of` but change one fact: its `kind`, what it `changes`, and which
             sentences state that fact, so that they `contradict` it (0 to 2 the tellings, 3 to 5 the rewordings)
short        two short sentences that say the same, often one active and one passive, and a near miss of both: its `kind`,
             what it `changes`, and its text

equivalent_pairs, near_miss_pairs and other_event_pairs say which pairs come from them.
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
KEYS = ["event", "topic", "tellings", "rewordings", "near_misses", "short"]
NEAR_MISSES = ["number", "day", "name", "place", "negation", "role", "other"]
ENTRIES = {
    "rewordings": ["of", "text"],
    "near_misses": ["of", "kind", "changes", "contradicts", "text"],
}
SHORT_KEYS = ["sentences", "kind", "changes", "near_miss"]
REWORDINGS = ["reworded", "more or less", "reworded"]
KINDS = {
    "two tellings": 1,
    **dict.fromkeys(REWORDINGS, 1),
    "short": 1,
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
    tellings = event["tellings"]
    if not isinstance(tellings, list) or len(tellings) != 3:
        raise ValueError("not three tellings")
    for name, keys in ENTRIES.items():
        entries = event[name]
        if not isinstance(entries, list) or len(entries) != 3:
            raise ValueError(f"not three {name}")
        for entry in entries:
            if not isinstance(entry, dict) or list(entry) != keys:
                raise ValueError(f"one of {name} is not an object with the keys {', '.join(keys)}")
            if entry["of"] not in (0, 1, 2):
                raise ValueError(f"one of {name} is of telling {entry['of']!r}, not 0, 1 or 2")
    short = event["short"]
    if not isinstance(short, dict) or list(short) != SHORT_KEYS:
        raise ValueError(f"short is not an object with the keys {', '.join(SHORT_KEYS)}")
    if not isinstance(short["sentences"], list) or len(short["sentences"]) != 2:
        raise ValueError("not two short sentences")
    for near in [*event["near_misses"], short]:
        if near["kind"] not in NEAR_MISSES:
            raise ValueError(f"a near miss of kind {near['kind']!r}, not {', '.join(NEAR_MISSES)}")
    for near in event["near_misses"]:
        if not isinstance(near["contradicts"], list) or near["of"] not in near["contradicts"]:
            raise ValueError("a near miss does not contradict the telling that it is of")
        if not set(near["contradicts"]) <= set(range(6)):
            raise ValueError(f"a near miss contradicts {near['contradicts']}, not some of 0 to 5")
    texts = sentences_of(event)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("a text is empty or no text")
    if len(set(texts)) != len(texts):
        raise ValueError("a text is there twice")


def sentences_of(event: dict) -> list[str]:
    """All texts of an event: tellings, rewordings, near misses, then the short sentences and their near miss."""
    entries = event["rewordings"] + event["near_misses"]
    short = event["short"]
    return [
        *event["tellings"],
        *(entry["text"] for entry in entries),
        *short["sentences"],
        short["near_miss"],
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


def equivalent_pairs(event: dict, number: int) -> list[tuple[str, str, str]]:
    """The pairs (sentence1, sentence2, kind) of the event that say the same; `number` is the event's, from 0.

    The pairs of tellings, of an even-numbered event only the two whose lengths differ least; each rewording beside its
    telling; two rewordings of one telling beside each other, once; and the two short sentences.
    """
    tellings = event["tellings"]
    pairs = sorted(
        itertools.combinations(tellings, 2),
        key=lambda pair: abs(len(pair[0].split()) - len(pair[1].split())),
    )
    found = [(*pair, "two tellings") for pair in pairs[: 2 + number % 2]]
    rewordings = list(zip(event["rewordings"], REWORDINGS, strict=True))
    found += [(tellings[entry["of"]], entry["text"], kind) for entry, kind in rewordings]
    alike = [
        (first["text"], second["text"], "more or less" if "more or less" in kinds else "reworded")
        for (first, second), kinds in (
            zip(*pair, strict=True) for pair in itertools.combinations(rewordings, 2)
        )
        if first["of"] == second["of"]
    ]
    return [*found, *alike[:1], (*event["short"]["sentences"], "short")]


def near_miss_pairs(event: dict, number: int) -> list[tuple[str, str, str]]:
    """Near misses of the event, each beside a sentence that it contradicts, as (sentence1, sentence2, kind).

    That sentence is, in turn by the event's `number` (from 0), a rewording of the telling that the near miss resembles,
    that telling itself, or now and then another telling: so neither lengths nor common words tell near misses from
    rewordings. One near miss in three is left out, in turn, which leaves enough equivalent pairs. The short near miss
    of every eighth event stands beside a short sentence.
    """
    near_misses = list(event["near_misses"])
    del near_misses[number // 2 % 3]
    found = []
    if number % 8 == 0:
        short = event["short"]
        beside = short["sentences"][number // 8 % 2]
        found.append((beside, short["near_miss"], f"near miss: {short['kind']}"))
    for turn, near in enumerate(near_misses, start=3 * number):
        alike = [
            entry["text"]
            for position, entry in enumerate(event["rewordings"], start=3)
            if entry["of"] == near["of"] and position in near["contradicts"]
        ]
        others = [
            telling
            for position, telling in enumerate(event["tellings"])
            if position != near["of"] and position in near["contradicts"]
        ]
        if alike and turn % 2 == 0:
            beside = alike[turn // 2 % len(alike)]
        elif others and turn % 8 == 1:
            beside = others[turn // 8 % len(others)]
        else:
            beside = event["tellings"][near["of"]]
        found.append((beside, near["text"], f"near miss: {near['kind']}"))
    return found


def other_event_pairs(first: dict, second: dict) -> list[tuple[str, str, str]]:
    """Pairs of two sibling events, as (sentence1, sentence2, kind): two of tellings, those that share the most words, and two short ones."""
    crossed = itertools.product(first["tellings"], second["tellings"])
    one, *rest = sorted(crossed, key=lambda pair: word_overlap(*pair), reverse=True)
    other = next(pair for pair in rest if not set(pair) & set(one))
    short = zip(first["short"]["sentences"], second["short"]["sentences"], strict=True)
    return [(*pair, "other event") for pair in (one, other, *short)]


def build_pairs(events: list[dict]) -> dict[str, list[dict]]:
    """The rows of each split, MRPC's columns and `kind` (see KINDS), in an order that depends on nothing but `events`."""
    splits = {"train": [], "validation": [], "test": []}
    numbers = itertools.count()
    topics = itertools.groupby(events, key=lambda event: event["topic"])
    for topic, (_, group) in enumerate(topics):
        group = list(group)
        for position, siblings in enumerate(zip(group[::2], group[1::2], strict=True)):
            pairs = splits[split_of(position, topic)]
            for event in siblings:
                number = next(numbers)
                pairs += equivalent_pairs(event, number) + near_miss_pairs(event, number)
            pairs += other_event_pairs(*siblings)
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
