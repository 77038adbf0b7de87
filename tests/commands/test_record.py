"""make record: what it writes, when it writes nothing, and how a change since then is noticed."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import sources
from helpers.commands import record
from helpers.commands.support import notebooks, recording
from helpers.commands.support.notebooks import read
from helpers.errors import CourseError
from helpers.runs import PROJECT
from tests.support.small_notebooks import save

WHERE = "import os; print(os.path.basename(os.environ['GLUE_DIR']))"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for a small notebook and what is told of it; the sample's folder is called "other"."""
    monkeypatch.setattr(record, "SAMPLE", tmp_path / "other")
    monkeypatch.setattr(record, "SAMPLE_OUTPUTS", tmp_path / "sample_outputs.json")
    monkeypatch.setattr(record, "RECORDED", tmp_path / "recorded.json")
    monkeypatch.setattr(record, "README_PICTURE", tmp_path / "picture.png")
    return tmp_path


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_recording_keeps_what_another_machine_would_record_too(place):
    code = (
        "import sys; from ipywidgets import IntSlider; from IPython.display import display\n"
        "print('kept'); print('dropped', file=sys.stderr); display(IntSlider())"
    )
    notebook = record.record(save(place / "99_small.ipynb", code), "full").notebook
    assert [output.get("text") for output in notebook["cells"][1]["outputs"]] == [["kept\n"]]
    assert notebook["metadata"] == recording.METADATA


def test_recording_gives_the_outputs_that_differ_on_the_sample(place):
    file = save(
        place / "99_small.ipynb",
        WHERE,
        "print('the same')",
        WHERE,
        cell2=["nbval-ignore-output"],
    )
    found = record.record(file, str(place / "full"))
    assert list(found.on_sample) == ["99-0"]
    assert found.on_sample["99-0"][0]["text"] == "other\n"  # as nbval compares it, not in lines
    assert found.notebook["cells"][1]["outputs"][0]["text"] == ["full\n"]


def test_a_text_that_came_in_pieces_is_recorded_as_one(place):
    code = (
        "import sys, time\n"
        "print('a'); sys.stdout.flush(); time.sleep(0.5); print('between', file=sys.stderr); print('b')"
    )
    found = record.record(save(place / "99_small.ipynb", code), "full").notebook
    assert [output["text"] for output in found["cells"][1]["outputs"]] == [["a\n", "b\n"]]


def test_facts_that_do_not_hold_on_one_of_the_data_are_named(place, monkeypatch):
    monkeypatch.setattr(record.facts, "FACTS", place)
    where = "glue_dir = __import__('os').path.basename(__import__('os').environ['GLUE_DIR'])"
    file = save(place / "99_small.ipynb", where, "after = glue_dir")
    (place / "notebook_99.py").write_text(
        "# %% 99-0\nassert glue_dir == 'full'\n\n"
        "# %% 99-1\nassert after == glue_dir\n"
        "assert (mrpc_kind == 'full') == (after == 'full')\n"
    )
    assert record.record(file, str(place / "full")).failures == [
        "on the sample, tests/facts/notebook_99.py:2: assert glue_dir == 'full'\n    glue_dir = 'other'"
    ]


def test_what_was_recorded_is_written_and_the_other_notebooks_stay(place):
    file = save(place / "99_small.ipynb", WHERE)
    notebooks.write(place / "sample_outputs.json", {"98-a": [], "99-gone": []})
    notebooks.write(place / "recorded.json", {"notebooks": {"98": {"cells": [], "seconds": 7}}})
    record.save(file, record.record(file, "full"))
    assert read(file)["cells"][1]["outputs"][0]["text"] == ["full\n"]
    assert sorted(read(place / "sample_outputs.json")) == ["98-a", "99-0"]
    memory = read(place / "recorded.json")["notebooks"]
    assert memory["98"] == {"cells": [], "seconds": 7}
    assert isinstance(memory["99"]["seconds"], int)
    assert recording.unlike_recorded(read(file), memory["99"]) == []


def test_text_edited_while_a_notebook_runs_stays(place):
    file = save(place / "99_small.ipynb", "print('recorded')")
    recording = record.record(file, "full")
    edited = nbformat.read(file, 4)
    edited.cells.append(new_markdown_cell("Written meanwhile.", id="99-new"))
    nbformat.write(edited, file)
    record.save(file, recording)
    cells = {cell["id"]: cell for cell in read(file)["cells"]}
    assert cells["99-new"]["source"] == ["Written meanwhile."]
    assert cells["99-0"]["outputs"][0]["text"] == ["recorded\n"]


def test_code_edited_while_a_notebook_runs_is_kept_and_nothing_is_recorded(place):
    file = save(place / "99_small.ipynb", "print('recorded')")
    recording = record.record(file, "full")
    save(file, "print('written meanwhile')")
    before = contents(place)
    with pytest.raises(CourseError, match=r"99_small\.ipynb: its code was changed while it ran"):
        record.save(file, recording)
    assert contents(place) == before


def test_the_panels_of_the_readmes_picture_are_read_off_the_figure(place):
    code = (
        "from helpers import plots\nplots.padding({'short': [([1, 3], 4)], 'long': [([1, 3], 40)]})"
    )
    file = save(place / "05_small.ipynb", "%matplotlib inline", code)
    notebook = read(file)
    notebook["cells"][2]["id"] = recording.PICTURE_CELL
    notebooks.write(file, notebook)
    found = record.record(file, "full")
    assert found.panels == [
        "short: 8 tokens computed, 50% of them real",
        "long: 80 tokens computed, 5% of them real",
    ]
    assert len(found.notebook["cells"]) == 3
    record.save(file, found)
    assert (place / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert read(place / "recorded.json")["panels of the README's picture"] == found.panels


@pytest.mark.parametrize(
    ("condition", "data"), [("True", "the full MRPC"), ("'other' in x", "the sample")]
)
def test_a_notebook_that_fails_on_either_data_leaves_every_file_as_it_was(place, condition, data):
    code = f"import os; x = os.environ['GLUE_DIR']\nif {condition}: 1 / 0"
    file = save(place / "99_small.ipynb", "print('new')", code)
    before = contents(place)
    with pytest.raises(CourseError) as error:
        record.record(file, "full")
    assert (
        f"99_small.ipynb, cell 99-1: ZeroDivisionError: division by zero\nThat was on {data}."
        in (str(error.value))
    )
    assert contents(place) == before


def test_ctrl_c_leaves_every_file_as_it_was(tmp_path):
    code = "open('begun', 'w').close(); import time; time.sleep(60)"
    file = save(tmp_path / "99_small.ipynb", "print('new')", code)
    before = file.read_bytes()
    run = "import pathlib, sys; from helpers.commands.record import record; record(pathlib.Path(sys.argv[1]), 'full')"
    process = subprocess.Popen(
        [sys.executable, "-c", run, file], cwd=PROJECT, stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1].splitlines()[-1] == "KeyboardInterrupt"
    assert {each.name for each in tmp_path.iterdir()} == {"99_small.ipynb", "begun"}
    assert file.read_bytes() == before


def test_a_write_that_is_interrupted_leaves_no_file_half_written(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        notebooks.write_all({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert contents(tmp_path) == {"a": b"old"}


def test_an_unknown_number_is_refused_with_those_that_exist(tmp_path):
    for name in ("01_a", "02_b"):
        save(tmp_path / f"{name}.ipynb")
    with pytest.raises(CourseError, match=r"There is no notebook '7'\. There are: 01, 02\."):
        notebooks.chosen(["7"], tmp_path)
    assert [file.stem for file in notebooks.chosen(["2", "01"], tmp_path)] == ["01_a", "02_b"]
    assert [file.stem for file in notebooks.chosen([], tmp_path)] == ["01_a", "02_b"]


def test_recording_refuses_without_the_full_mrpc(monkeypatch):
    monkeypatch.setenv("GLUE_DIR", str(sources.SAMPLE))
    with pytest.raises(CourseError, match="Recording needs the full MRPC, not bundled sample"):
        record.main([])


def test_it_says_beforehand_how_long_it_takes(place):
    entries = {"01": {"seconds": 45}, "02": {"seconds": None}, "06": {"seconds": 600}}
    notebooks.write(place / "recorded.json", {"notebooks": entries})
    first, second, sixth = (place / f"{number}_a.ipynb" for number in ("01", "02", "06"))
    assert record.expected([first]) == "about 45 seconds the last time"
    assert record.expected([first, sixth]) == "about 11 minutes the last time"
    assert record.expected([first, second]) == "about 45 seconds the last time; not yet timed: 02"


# What is noticed of a change since then


@pytest.fixture
def recorded():
    """A notebook with two code cells, and what is remembered of it."""
    cells = [
        new_markdown_cell("# 9. A small notebook", id="99-title"),
        new_code_cell("x = 1", id="99-x", execution_count=1),
        new_code_cell(
            "x",
            id="99-show",
            execution_count=2,
            metadata={"tags": ["nbval-ignore-output"]},
            outputs=[nbformat.v4.new_output("execute_result", {"text/plain": "1"})],
        ),
    ]
    notebook = json.loads(nbformat.v4.writes(new_notebook(cells=cells)))
    return notebook, recording.remembered(notebook, 1.6)


def test_markdown_marks_and_counts_may_change(recorded):
    notebook, entry = recorded
    notebook["cells"][0]["source"] = ["# 9. Another title"]
    notebook["cells"][1]["metadata"] = {"slideshow": {"slide_type": "skip"}}
    notebook["cells"][2]["execution_count"] = 7
    notebook["cells"][2]["outputs"][0]["execution_count"] = 7
    assert recording.unlike_recorded(notebook, entry) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda cells: cells[2].update(source=["x + 0"]),
            "the code of cell 99-show has changed since its outputs were recorded",
        ),
        (
            lambda cells: cells[2]["outputs"][0]["data"].update({"text/plain": ["2"]}),
            "the outputs of cell 99-show are not the ones that were recorded",
        ),
        (
            lambda cells: cells.append({**cells[1], "id": "99-new"}),
            "cell 99-new is new and has not been run",
        ),
        (lambda cells: cells.pop(1), "cell 99-x is gone; the cells after it ran with it"),
        (lambda cells: cells.insert(1, cells.pop()), "the cells stand in another order .*"),
    ],
)
def test_every_other_change_is_named_with_its_cell(recorded, change, line):
    notebook, entry = recorded
    change(notebook["cells"])
    (found,) = recording.unlike_recorded(notebook, entry)
    assert re.fullmatch(line, found)
