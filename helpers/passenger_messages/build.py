"""Builds messages.csv from its readable source: python -m helpers.passenger_messages.build

messages.jsonl holds one invented message to a transit operator per line, with its `category` (see CATEGORIES) and its `text`.

messages.csv is what an office's export of them looks like, and every fault in it is planted here, on purpose:

- semicolons separate its columns (id, channel, category, message), and it begins with a byte order mark;
- messages with line breaks, semicolons or quotation marks stand in quotation marks, their own doubled;
- EMPTY messages are missing, one of them being a single space;
- UNFILED messages have no category;
- one row is there twice, id and all;
- the text DISPUTED is there twice, under two ids, with two categories;
- MISSPELLED categories are written in lower case, with a space behind, or with a typing error.

The first five rows have none of these faults but the separator, and no commas. So pandas.read_csv without options reads them
as one column, and fails at the first row with a comma.
"""

import csv
import io
import json
import random
from pathlib import Path

from helpers.passenger_messages import CSV

FOLDER = Path(__file__).parent
COLUMNS = ["id", "channel", "category", "message"]
CHANNELS = {"web form": 5, "email": 3, "app": 3, "letter": 1}  # and how often, relatively

# Each with the desk that answers it. Where a message touches two, the desk that has to act decides.
CATEGORIES = {
    "Service": "when, where and how often something runs, whether it came, and whether there was room in it",
    "Fares": "what a trip costs, how it is paid, and what is paid back",
    "Vehicles and stops": "the state of things: vehicles, stations, stops, and what is built into them",
    "Staff": "how somebody who works for the operator behaved or drove, well or badly",
    "Lost property": "something that was left behind and is wanted back, or that was found",
}

EMPTY = {"Service": ["", ""], "Fares": ["", " "], "Staff": [""]}
UNFILED = [
    "Is the early tram still running during the school holidays? The plan at our stop has been torn off.",
    "Please call me back about the letter of May 4. I'm home after six. Ines Baptista",
    "The bell in the new buses is so quiet that half of us ride past our stop.",
    "I have forgotten the password for my monthly pass, and the link in your email has expired.",
    "hello? i wrote to you two weeks ago",
    "A gentleman with a mustache helped my aunt over the ice at the depot. She would like to know his name.",
]
DISPUTED = (
    'I had to pay twice because the reader was slow, and the driver only said, "Not my problem." I\'d like my 2.80 back; and '
    "from him a word of regret.",
    ["Fares", "Staff"],
)
MISSPELLED = {
    "Fares": ("fares", 9),
    "Service": ("Service ", 7),
    "Vehicles and stops": ("Vehicels and stops", 3),
}


def read_messages(file: Path = FOLDER / "messages.jsonl") -> list[dict]:
    """The messages of `file`, in its order. Raises ValueError for a line that is not a message."""
    messages = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            messages.append(json.loads(line))
            check_message(messages[-1])
        except ValueError as error:
            raise ValueError(
                f"{file.name}, line {number}: {error}. {__name__} says what a message looks like."
            ) from None
    return messages


def check_message(message) -> None:
    """Raises ValueError if `message` is not of the form that the file is built from."""
    if not isinstance(message, dict) or list(message) != ["category", "text"]:
        raise ValueError("not an object with the keys category, text")
    if message["category"] not in CATEGORIES:
        raise ValueError(f"category {message['category']!r} is not one of {', '.join(CATEGORIES)}")
    text = message["text"]
    if not isinstance(text, str) or not text.strip() or text != text.strip():
        raise ValueError("the text is empty, no text, or has blanks around it")


def plain(row: dict) -> bool:
    """Whether the row's message is short and free of what a CSV file has to quote, or could be split at."""
    return len(row["message"]) <= 80 and not set(row["message"]) & set(',;"\n')


def build_rows(messages: list[dict]) -> list[dict]:
    """The rows of messages.csv, faults included, in an order that depends on nothing but `messages`."""
    rng = random.Random(14)
    rows = [{"category": row["category"], "message": row["text"]} for row in messages]
    rng.shuffle(rows)
    first = [
        next(row for row in rows if row["category"] == category and plain(row))
        for category in CATEGORIES
    ]
    rows = [row for row in rows if not any(row is other for other in first)]
    for category, (spelling, count) in MISSPELLED.items():
        for row in rng.sample([row for row in rows if row["category"] == category], count):
            row["category"] = spelling
    text, categories = DISPUTED
    faulty = [{"category": category, "message": text} for category in categories]
    faulty += [{"category": "", "message": text} for text in UNFILED]
    faulty += [{"category": name, "message": text} for name in EMPTY for text in EMPTY[name]]
    for row in faulty:
        rows.insert(rng.randrange(len(rows)), row)
    rows = first + rows
    ids = sorted(rng.sample(range(20_000, 24_000), len(rows)))
    channels = rng.choices(list(CHANNELS), CHANNELS.values(), k=len(rows))
    rows = [
        {"id": number, "channel": channel, **row}
        for number, channel, row in zip(ids, channels, rows, strict=True)
    ]
    sound = [{"category": row["category"], "text": row["message"]} in messages for row in rows]
    rows.insert(400, rows[sound.index(True, 100)])
    return rows


def write_csv(rows: list[dict]) -> bytes:
    """`rows` as the bytes of messages.csv."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def main() -> None:
    rows = build_rows(read_messages())
    CSV.write_bytes(write_csv(rows))
    print(f"{CSV.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
