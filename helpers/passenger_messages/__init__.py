"""Messages to a transit operator, as an office exports them: messages.csv, its readable source, and build.py, which makes one of the other."""

from pathlib import Path

CSV = Path(__file__).parent / "messages.csv"
