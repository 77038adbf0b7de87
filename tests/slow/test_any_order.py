"""Notebooks 1 to 5 in any order, twice, at once, from a read-only checkout in a strange place, offline, with secrets about."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.commands.support.notebooks import NOTEBOOKS, source, tags
from helpers.commands.support.recording import SAMPLE_OUTPUTS, compared, keep
from helpers.exercises.verdict import RIGHT
from helpers.runs import PROJECT
from tests.support.exercises import solve
from tests.support.planted import TOKEN, USER, Place, files_with

pytestmark = pytest.mark.slow
NAMES = ["01", "02", "03", "04", "05"]


def is_compared(cell) -> bool:
    """Whether a busy machine must show the same, whatever was answered: nothing that was timed, and no check."""
    timed = "seconds" in source(cell)
    return not timed and not {"nbval-ignore-output", "check"} & set(tags(cell))


def shown(cells) -> dict[str, list]:
    """The compared outputs of executed cells, by cell id."""
    return {
        cell["id"]: compared([output for output in cell["outputs"] if keep(output)])
        for cell in cells
        if is_compared(cell)
    }


def recorded(name) -> dict[str, list]:
    """What a notebook's cells must show on the sample."""
    (file,) = NOTEBOOKS.glob(f"{name}_*.ipynb")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    on_sample = json.loads(SAMPLE_OUTPUTS.read_text(encoding="utf-8"))
    return {
        cell["id"]: on_sample.get(cell["id"], compared(cell["outputs"]))
        for cell in cells
        if cell["cell_type"] == "code" and is_compared(cell)
    }


def texts(outputs_by_cell) -> dict[str, str]:
    """Each cell's outputs as one text: files hold strings or lists of lines, and a slow kernel sends a text in pieces."""
    return {
        cell: "".join(
            "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
            for output in outputs
        )
        for cell, outputs in outputs_by_cell.items()
    }


def state(folder: Path) -> dict[str, tuple]:
    """Every file and folder below `folder`, with the time of its last change and its size."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }


def set_writable(folder: Path, writable: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200 if writable else path.stat().st_mode & ~0o222)


def test_each_alone_and_solved_offline_from_a_read_only_checkout_in_a_strange_place(tmp_path):
    """In random order. With the solutions filled in, every check says so, and all other outputs are as recorded.

    The user root may write where nobody may: that nothing in the checkout has changed is looked at, too.
    """
    parts = ("helpers", "notebooks")
    checkout = tmp_path / "my course, 우리 강의"
    for part in parts:
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(PROJECT / part, checkout / part, ignore=ignored)
    notebooks = {file.name[:2]: file for file in (checkout / "notebooks").glob("0*.ipynb")}
    exercises = {name: solve(notebooks[name], notebooks[name]) for name in NAMES}
    place = Place(checkout, tmp_path)
    set_writable(checkout, False)
    before = state(checkout)
    try:
        order = random.Random(2005).sample(NAMES, k=len(NAMES))
        results = place.results("once", place.start("once", *order))
    finally:
        set_writable(checkout, True)
    assert sorted(results) == NAMES
    for name, cells in results.items():
        assert texts(shown(cells)) == texts(recorded(name))
        said = texts({cell["id"]: list(filter(keep, cell["outputs"])) for cell in cells})
        for exercise in exercises[name]:
            assert said[f"{exercise}-check"].startswith(RIGHT), said[f"{exercise}-check"]
    assert state(checkout).keys() == before.keys()
    assert state(checkout) == before

    assert place.guard.read_text(encoding="utf-8") == "", "connections beyond loopback"
    assert files_with(place.home, TOKEN) == []
    assert files_with(place.runs, TOKEN, USER, str(place.home)) == []


def test_twice_in_the_same_kernel_gives_the_same(tmp_path):
    place = Place(PROJECT, tmp_path)
    cells = place.results("twice", place.start("twice", "04", times=2))["04"]
    half = len(cells) // 2
    assert texts(shown(cells[:half])) == texts(shown(cells[half:])) == texts(recorded("04"))


def test_two_at_once_in_one_checkout_both_run(tmp_path):
    place = Place(PROJECT, tmp_path)
    processes = {output: place.start(output, "02", "04") for output in ("first", "second")}
    for output, process in processes.items():
        for name, cells in place.results(output, process).items():
            assert texts(shown(cells)) == texts(recorded(name))


def test_the_guard_refuses_and_notes_what_goes_beyond_loopback(tmp_path):
    place = Place(PROJECT, tmp_path)
    code = (
        "import contextlib, socket\n"
        "for call in (\n"
        "    lambda: socket.create_connection(('192.0.2.1', 80), timeout=1),\n"
        "    lambda: socket.getaddrinfo('hub.invalid', 443),\n"
        "    lambda: socket.socket().bind(('', 0)),\n"
        "):\n"
        "    with contextlib.suppress(PermissionError):\n"
        "        call()\n"
        "        raise SystemExit('not refused')\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
    )
    subprocess.run([sys.executable, "-c", code], env=place.environment, check=True)
    noted = place.guard.read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in noted] == [
        "socket.getaddrinfo",
        "socket.getaddrinfo",
        "socket.bind",
    ]
