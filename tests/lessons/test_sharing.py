"""Notebook 7's lines that publish a model, run against a Hub on this machine; what comes back is the same model."""

import os
import re
import subprocess
import sys

import pytest

from helpers.commands.support.notebooks import NOTEBOOKS, read, source
from helpers.runs import PROJECT
from tests.support.hub_stand_in import HubStandIn

REPOSITORY = "your-name/paraphrase-detector"
NOTEBOOK = read(next(NOTEBOOKS.glob("07_*.ipynb")))
CELLS = {cell["id"]: source(cell) for cell in NOTEBOOK["cells"]}
LINES = re.search(r"```python\n(.+?)```", CELLS["07-push"], flags=re.DOTALL)[1]

# A model as the notebook has it, but tiny; its names; then the lines, and the model that others get.
SCRIPT = """
import tempfile
from pathlib import Path

import torch
from huggingface_hub import ModelCard
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from tests.support.tiny_bert import save_tiny_bert

tiny = save_tiny_bert(Path(tempfile.mkdtemp()))
tokenizer = AutoTokenizer.from_pretrained(tiny)
model = AutoModelForSequenceClassification.from_pretrained(tiny, id2label={{0: "no", 1: "yes"}})
card = ModelCard("---\\nlicense: apache-2.0\\n---\\nIts limits.")
{lines}
pair = {{"text": "One sentence.", "text_pair": "Another."}}
mine = pipeline("text-classification", model=model, tokenizer=tokenizer)(pair)
theirs = pipeline("text-classification", model="{repository}")(pair)
assert mine == theirs, (mine, theirs)
"""


@pytest.fixture
def hub():
    stand_in = HubStandIn()
    with stand_in as endpoint:
        yield stand_in, endpoint


def publish(endpoint, home, **variables):
    """Runs the notebook's lines in a process of their own, with an empty HF_HOME."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))
    }
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), **variables}
    script = SCRIPT.format(lines=LINES, repository=REPOSITORY)
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=PROJECT, capture_output=True, text=True
    )


def test_the_three_lines_publish_the_model_and_others_get_the_same_answers(hub, tmp_path):
    stand_in, endpoint = hub
    done = publish(endpoint, tmp_path, HF_TOKEN="hf_planted")
    assert done.returncode == 0, done.stderr
    assert list(stand_in.pushed) == [REPOSITORY]
    files = stand_in.pushed[REPOSITORY]
    needed = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert needed <= set(files)
    assert files["README.md"].decode().endswith("Its limits.")  # not the card that the others write


def test_without_a_token_nothing_is_published(hub, tmp_path):
    stand_in, endpoint = hub
    done = publish(endpoint, tmp_path)
    assert done.returncode != 0 and "401" in done.stderr
    assert not stand_in.pushed
