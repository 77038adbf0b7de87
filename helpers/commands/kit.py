"""Makes a folder from which the course installs and opens without a network: python -m helpers kit

build/kit holds the wheels for machines like this one (same system, same Python), the course, the reading edition, the
decks, and the full MRPC if this machine has it. Copy the folder to the machines in the classroom; start.py in it does the rest.
"""

import importlib.util
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.commands.site import make_site, require_sphinx
from helpers.commands.slides import make_slides
from helpers.errors import CourseError
from helpers.runs import PROJECT
from helpers.sources import find_mrpc

KIT = PROJECT / "build" / "kit"
COURSE = ["notebooks", "helpers", "tests", "Makefile", "README.md", "CONTRIBUTING.md", "LICENSE"]
COURSE += [
    "NOTICE.md",
    "requirements.txt",
    "requirements-dev.txt",
    "constraints.txt",
    "pyproject.toml",
]
BUILD_TOOL = "setuptools>=77"  # pip needs it to install the helpers


def requirements() -> list[str]:
    """The packages of requirements.txt, without options and comments."""
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line[:1].isalpha()]


def download_wheels(target: Path) -> None:
    """Puts the wheels of all requirements, and of what they need, into `target`; those that are there stay.

    Raises CourseError if pip is missing or fails.
    """
    if not importlib.util.find_spec("pip"):
        raise CourseError(
            f"The kit's packages are downloaded by pip, and the environment in {sys.prefix} has none; those made by uv do not. "
            f"Install it, then make the kit again: {sys.executable} -m ensurepip, or uv pip install pip."
        )
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-q"]
    command += ["-c", str(PROJECT / "constraints.txt"), "-d", str(target)]
    if subprocess.call([*command, *requirements(), BUILD_TOOL]):
        raise CourseError(
            "pip could not download all packages; its message above says why. Making the kit needs a network, once."
        )


def copy_course(target: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in COURSE:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, target / name, ignore=ignore)
        else:
            shutil.copy(PROJECT / name, target / name)


def make_kit(target: Path = KIT) -> str:
    """Makes the kit in `target`; returns a line about the data that it holds.

    Raises CourseError where the packages or what makes the site cannot be had; a kit that was made before is then as it was.
    """
    require_sphinx()
    target.mkdir(parents=True, exist_ok=True)
    download_wheels(target / "wheels")
    for part in ("course", "glue", "site", "slides"):
        shutil.rmtree(target / part, ignore_errors=True)
    (target / "course").mkdir()
    copy_course(target / "course")
    make_site(target / "site")
    make_slides(target / "slides")
    source = find_mrpc()
    if source.kind == "full":
        shutil.copytree(Path(source.path) / "mrpc", target / "glue" / "mrpc")
        data = f"the full MRPC ({source.origin})"
    else:
        data = f"no MRPC, the course will use its bundled sample ({source.origin})"
    here = Path(__file__).parent / "kit_files"
    shutil.copy(here / "start.py", target)
    note = (here / "README.txt").read_text(encoding="utf-8")
    machine = f"{platform.system()} on {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}"
    (target / "README.txt").write_text(
        note.replace("MACHINE", machine).replace("DATA", data), encoding="utf-8"
    )
    return data


def main(arguments: list[str]) -> None:
    print(f"{KIT}: {make_kit()}")
