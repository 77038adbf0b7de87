"""Notebook 7 with the model that notebook 6 saved, in place of the one that it trains itself."""

import re

import nbformat
import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from helpers.commands.record import environment
from helpers.commands.support.execution import execute, printed
from helpers.commands.support.notebooks import NOTEBOOKS
from helpers.sources import SAMPLE
from tests.support.tiny_bert import save_tiny_bert


@pytest.mark.slow
def test_the_line_in_the_text_takes_the_place_of_the_training_cell(tmp_path):
    tiny, saved = save_tiny_bert(tmp_path / "tiny"), tmp_path / "runs" / "06_fine_tuning" / "model"
    labels = {0: "not_equivalent", 1: "equivalent"}
    model = AutoModelForSequenceClassification.from_pretrained(tiny, id2label=labels)
    model.classifier.bias.data[1] = 5.0  # so that its answers tell it from a model trained here
    model.save_pretrained(saved)
    AutoTokenizer.from_pretrained(tiny).save_pretrained(saved)

    (file,) = NOTEBOOKS.glob("07_*.ipynb")
    notebook = nbformat.read(file, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    line = re.search(r"```python\n(.+?)```", cells["07-train-own"].source, flags=re.DOTALL)[1]
    cells["07-train"].source = line
    nbformat.write(notebook, tmp_path / file.name)
    variables = {"GLUE_DIR": SAMPLE, "COURSE_CHECKPOINT": tiny, "COURSE_RUNS": tmp_path / "runs"}
    with environment(**{name: str(value) for name, value in variables.items()}):
        done = {cell.id: cell for cell in execute(tmp_path / file.name).cells}
    answers = re.findall(r"(\S+) +(\d\.\d\d)$", printed(done["07-own"]), flags=re.MULTILINE)
    assert [answer for answer, _ in answers] == ["equivalent"] * 4
    assert all(float(probability) > 0.9 for _, probability in answers)
    assert printed(done["07-reload"]) == "100 of 100 answers are the same"
