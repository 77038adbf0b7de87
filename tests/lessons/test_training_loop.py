"""Notebook 8's loop, run as it stands in its cells on a small BERT: it is Trainer's, and the training script's."""

import inspect

import pytest
from accelerate.state import AcceleratorState, GradientState
from transformers import AutoTokenizer, BertConfig, BertModel, set_seed

from helpers import train
from helpers.commands.support.notebooks import NOTEBOOKS
from helpers.sources import checkpoint_path
from tests.support.exercises import cells_of

CELLS = cells_of(NOTEBOOKS / "08_training_loop.ipynb")
LOOP = (
    "08-model",
    "08-arguments",
    "08-trainer",
    "08-batch",
    "08-loader",
    "08-parts",
    "08-loop",
    "08-compare",
    "08-attempts",
)
EQUAL = {"in a loss": 0.0, "in a weight": 0.0}


def source(cell: str) -> str:
    return "".join(CELLS[cell]["source"])


@pytest.fixture(params=[0.0, 0.3], ids=lambda dropout: f"dropout {dropout}")
def names(request, tmp_path, monkeypatch):
    """The names of the notebook after the cells up to its comparison with Trainer, by name.

    The weights of the model are so large that gradients are longer than 1, and clipped.
    """
    monkeypatch.setenv("COURSE_RUNS", str(tmp_path / "runs"))
    set_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    dropout = dict.fromkeys(("hidden_dropout_prob", "attention_probs_dropout_prob"), request.param)
    config = BertConfig(**size, **dropout, intermediate_size=64, initializer_range=0.2)
    BertModel(config).save_pretrained(tmp_path / "model")
    AutoTokenizer.from_pretrained(checkpoint_path()).save_pretrained(tmp_path / "model")
    names = {}
    for cell in ("08-imports", "08-helpers", "08-prepare"):
        exec(source(cell), names)
    names["checkpoint"] = tmp_path / "model"
    reset_accelerate()
    for cell in LOOP:
        exec(source(cell), names)
        if cell == "08-model":
            names["no_dropout"] = {}  # what the saved configuration says
    yield names
    reset_accelerate()


def reset_accelerate():
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()


def test_the_loop_gives_trainers_losses_and_weights_to_the_last_bit(names):
    assert any(entry["grad_norm"] > 1 for entry in names["trainer_log"])
    assert names["attempts"]["both"] == EQUAL
    # what is compared notices each of the two lines that were missing
    for name in ("as first written", "no weight decay", "clipping"):
        assert names["attempts"][name]["in a weight"] > 0, name


def test_with_accelerate_it_still_does(names):
    exec(source("08-accelerate"), names)
    exec(source("08-accelerate-loop"), names)
    model = names["accelerator"].unwrap_model(names["model"])
    assert names["compare"](model, names["losses"]) == EQUAL


def test_the_loop_of_the_script_is_the_notebooks_line_by_line():
    """But for what the script logs, and the notebook's list of losses and its limit of twelve steps."""
    in_notebook = source("08-accelerate-loop").splitlines()
    start = next(number for number, line in enumerate(in_notebook) if line.startswith("for "))
    wanted = [line.strip() for line in in_notebook[start + 1 :] if "losses" not in line]
    assert len(wanted) == 6
    in_script = [line.strip() for line in inspect.getsource(train.train).splitlines()]
    start = next(number for number, line in enumerate(in_script) if line.startswith("for batch in"))
    assert [line for line in in_script[start + 1 :] if "run." not in line][:6] == wanted
    assert "model.train()" == in_script[start - 1] == in_notebook[1]


def test_the_script_counts_the_steps_after_prepare_and_does_not_prepare_the_scheduler():
    """As the notebook does: the other order is wrong on several processes."""
    for code in (inspect.getsource(train.train), source("08-accelerate")):
        prepare, count, schedule = (
            code.index(part)
            for part in ("accelerator.prepare(", "num_training_steps =", "get_sche")
        )
        assert prepare < count < schedule
        assert code.count("accelerator.prepare(") == 1
