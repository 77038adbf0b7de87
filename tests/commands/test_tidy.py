"""make tidy: what JupyterLab saves becomes what is published, and nothing is lost on the way."""

import base64
import io
import json
import shutil

import pytest
from PIL import Image

from helpers.commands.support.notebooks import code_cells, notebook_files, read, source
from helpers.commands.support.recording import published_form
from helpers.commands.tidy import tidy
from helpers.errors import CourseError


@pytest.fixture
def folder(tmp_path):
    """A copy of two published notebooks."""
    for file in notebook_files()[1:3]:
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture
def file(folder):
    return folder / "02_loading_mrpc.ipynb"


def as_jupyterlab_saves(notebook):
    """The marks that JupyterLab leaves in a notebook that was opened, looked through, and saved."""
    notebook["metadata"]["language_info"] |= {"version": "3.11.2", "file_extension": ".py"}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"editable": True, "collapsed": False, "execution": {"iopub": "2026"}}
        cell["metadata"].setdefault("tags", [])
        cell["metadata"].setdefault("slideshow", {"slide_type": ""})
        if cell["cell_type"] == "code":
            cell["execution_count"] = None if number % 2 else 40 + number


def save(file, notebook):
    file.write_text(json.dumps(notebook), encoding="utf-8")


def new_cell(kind, text, **parts):
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {
        "cell_type": kind,
        "id": "3f2c-b1",
        "metadata": {},
        "source": [text],
        **code,
        **parts,
    }


def test_a_notebook_that_jupyterlab_saved_comes_back_to_the_byte(file, folder):
    published, notebook = file.read_bytes(), read(file)
    as_jupyterlab_saves(notebook)
    save(file, notebook)
    assert tidy(folder) == ["02_loading_mrpc.ipynb"]
    assert file.read_bytes() == published


def test_what_is_in_its_published_form_is_not_even_written(file, folder):
    before = file.stat().st_mtime_ns
    assert tidy(folder) == []
    assert file.stat().st_mtime_ns == before


def test_a_new_cell_gets_an_id_that_says_where_it_stands_and_keeps_it(file, folder):
    notebook = read(file)
    place = [cell["id"] for cell in notebook["cells"]].index("02-load")
    notebook["cells"][place + 1 : place + 1] = [
        new_cell("markdown", "One.", id="7a1e0c"),
        new_cell("code", "1 + 1", id="b2"),
    ]
    save(file, notebook)
    tidy(folder)
    ids = [cell["id"] for cell in read(file)["cells"]]
    assert ids[place : place + 3] == ["02-load", "02-after-load-1", "02-after-load-2"]
    assert tidy(folder) == []
    notebook = read(file)
    notebook["cells"].insert(place + 1, new_cell("markdown", "Zero.", id="c3"))
    save(file, notebook)
    tidy(folder)
    ids = [cell["id"] for cell in read(file)["cells"]]
    assert ids[place + 1 : place + 4] == ["02-after-load-3", "02-after-load-1", "02-after-load-2"]


def test_a_cell_with_the_id_of_another_gets_its_own(file, folder):
    notebook = read(file)
    notebook["cells"].insert(2, notebook["cells"][1])
    save(file, notebook)
    tidy(folder)
    ids = [cell["id"] for cell in read(file)["cells"]]
    assert ids[1:3] == ["02-title-notes", "02-after-title-notes-1"]


def test_marks_of_slides_and_tags_stay_and_empty_ones_go(file, folder):
    notebook = read(file)
    marked = {"slideshow": {"slide_type": "fragment", "input": "hidden"}, "tags": ["exercise"]}
    unmarked = {"slideshow": {"slide_type": "-", "input": "hidden"}, "tags": []}
    notebook["cells"].insert(1, new_cell("code", "1", id="02-a", metadata=marked))
    notebook["cells"].insert(2, new_cell("code", "2", id="02-b", metadata=unmarked))
    save(file, notebook)
    tidy(folder)
    first, second = read(file)["cells"][1:3]
    assert first["metadata"] == marked
    assert second["metadata"] == {"slideshow": {"input": "hidden"}}


def test_no_output_is_lost_but_stderr_and_widgets(file, folder):
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["text\n"]},
        {"output_type": "stream", "name": "stderr", "text": ["a notice\n"]},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}},
        },
        {
            "output_type": "execute_result",
            "execution_count": 77,
            "metadata": {},
            "data": {"text/plain": ["2"], "text/html": ["<b>2</b>"]},
        },
        {"output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": []},
    ]
    notebook = read(file)
    notebook["cells"].append(new_cell("code", "", id="02-z", outputs=outputs))
    save(file, notebook)
    tidy(folder)
    cell = code_cells(read(file))[-1]
    position = len(code_cells(notebook))
    assert cell["execution_count"] == position
    assert cell["outputs"] == [
        outputs[0],
        {**outputs[3], "execution_count": position},
        outputs[4],
    ]


def test_an_empty_cell_at_the_end_goes(file, folder):
    published, notebook = file.read_bytes(), read(file)
    notebook["cells"].append(new_cell("code", " "))
    save(file, notebook)
    tidy(folder)
    assert file.read_bytes() == published


def test_a_figure_drawn_in_jupyterlab_is_stored_as_small_as_a_recorded_one():
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "#0072B2").save(file, "PNG")
    drawn = base64.b64encode(file.getvalue()).decode()
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": drawn}}
    notebook = {"cells": [new_cell("code", "draw()", outputs=[output])], "metadata": {}}
    published_form(notebook, "02")
    small = output["data"]["image/png"]
    assert Image.open(io.BytesIO(base64.b64decode(small))).mode == "P"
    published_form(notebook, "02")
    assert output["data"]["image/png"] == small


def test_code_is_formatted(file, folder):
    notebook = read(file)
    notebook["cells"].insert(1, new_cell("code", "x   =  {'a':1}"))
    save(file, notebook)
    tidy(folder)
    assert source(read(file)["cells"][1]) == 'x = {"a": 1}'


def test_code_that_is_no_python_is_named_and_the_rest_is_tidied(file, folder):
    notebook = read(file)
    as_jupyterlab_saves(notebook)
    notebook["cells"].insert(1, new_cell("code", "x = = 1"))
    save(file, notebook)
    with pytest.raises(CourseError, match=r"Failed to parse \S*02_loading_mrpc\.ipynb"):
        tidy(folder)
    assert read(file)["cells"][1]["id"] == "02-after-title-1"
    assert read(file)["metadata"]["language_info"] == {"name": "python"}


def test_a_file_with_marks_of_a_merge_is_named_and_nothing_is_written(file, folder):
    other = folder / "03_inspecting_features.ipynb"
    notebook = read(other)
    as_jupyterlab_saves(notebook)
    save(other, notebook)
    file.write_text("<<<<<<< HEAD\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    before = {each: each.read_bytes() for each in (file, other)}
    with pytest.raises(CourseError, match=r"02_loading_mrpc\.ipynb is no notebook: it is not JSON"):
        tidy(folder)
    assert {each: each.read_bytes() for each in before} == before
