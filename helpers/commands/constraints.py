"""Writes constraints.txt anew, with the newest versions that go with the requirements: python -m helpers constraints

It installs both requirements files into an environment of its own in build/constraints, and needs a network.
"""

import os
import re
import subprocess
import venv

from helpers.errors import CourseError
from helpers.runs import PROJECT

FOLDER = PROJECT / "build" / "constraints"
OLDER = ["soupsieve<3"]  # newer ones refuse Python 3.11.0 to 3.11.4


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[str]:
    """The packages that both requirements files ask for, as in `torch==2.13.0`."""
    lines = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines += (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return [line.partition("#")[0].strip() for line in lines if line[:1].isalpha()]


def constraints(installed: list[str], asked: list[str]) -> str:
    """The lines of constraints.txt: what is `installed` (lines of pip freeze) and not pinned by `asked`."""
    pinned = {canonical(line.partition("==")[0]) for line in asked if "==" in line}
    lines = {
        canonical(name): f"{name}=={version.partition('+')[0]}"
        for name, _, version in (line.partition("==") for line in installed)
        if version and canonical(name) not in pinned
    }
    return "".join(f"{lines[name]}\n" for name in sorted(lines))


def main(arguments: list[str]) -> None:
    venv.create(FOLDER, clear=True, with_pip=True)
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    if subprocess.call([*pip, "install", "-q", *requirements(), *OLDER]):
        raise CourseError("pip could not install the requirements (see above).")
    freeze = subprocess.run([*pip, "freeze"], capture_output=True, text=True, check=True)
    text = constraints(freeze.stdout.splitlines(), requirements())
    (PROJECT / "constraints.txt").write_text(text, encoding="utf-8")
    print(f"constraints.txt: {len(text.splitlines())} packages")
