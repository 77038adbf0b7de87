"""JupyterLab for a room: which copies it opens, and whose settings it uses."""

import json
import os

import pytest

from helpers.commands import present
from helpers.commands.support.notebooks import NOTEBOOKS


def outputs(text):
    return [output for cell in json.loads(text)["cells"] for output in cell.get("outputs", [])]


def test_only_long_notebooks_keep_their_outputs_and_none_has_notes():
    for file in NOTEBOOKS.glob("[0-9]*.ipynb"):
        copy = present.for_the_room(file)
        assert bool(outputs(copy)) == (file.name[:2] in ("06", "07", "08", "09", "10")), file.name
        assert "**Instructor, " not in copy
        assert ('-slide"' in copy) == (
            file.name[:2] == "06"
        )  # what stands on a slide for a paragraph


def test_what_a_slide_hides_is_folded_or_skipped_and_never_lost():
    cells = json.loads(present.for_the_room(NOTEBOOKS / "03_inspecting_features.ipynb"))["cells"]
    room = {cell["id"]: cell for cell in cells}
    assert room["03-read"]["metadata"]["jupyter"] == {"source_hidden": True}
    assert "jupyter" not in room["03-balance"]["metadata"]
    assert room["03-read-ask"]["source"].startswith("## Read before you train\n\n**Predict:** ")
    prose = room["03-read-ask-prose"]
    assert prose["source"].startswith("Nothing replaces reading the data.")
    assert prose["metadata"]["slideshow"]["slide_type"] == "skip"


def test_settings_are_the_projects_own_and_not_those_of_the_home_folder(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "the user's")
    monkeypatch.setattr(present, "open_lab", lambda *given, **named: opened.append((*given, named)))
    present.present(["--port=8899"], tmp_path / "work", tmp_path / "config")
    assert os.environ["JUPYTER_CONFIG_DIR"] == str(tmp_path / "config")
    assert (tmp_path / "config/custom/custom.css").exists()
    assert opened[0][0] == ["--LabApp.custom_css=True", "--port=8899"]
    assert opened[0][1:3] == (tmp_path / "work", present.SETTINGS)
    assert opened[0][-1] == {"start_page": False}


@pytest.mark.parametrize("key", ("Space", "PageDown", "Shift Space", "PageUp"))
def test_a_key_of_the_slides_works_with_and_without_a_cell_in_focus(key):
    settings = json.loads((present.SETTINGS / "overrides.json").read_text(encoding="utf-8"))
    shortcuts = settings["@jupyterlab/shortcuts-extension:shortcuts"]["shortcuts"]
    assert [entry["command"] for entry in shortcuts if entry["keys"] == [key]] == ["deck:go"] * 2
