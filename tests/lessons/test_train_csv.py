"""The training script on a CSV file: split, baselines, scores and model, on one process and on two, stopped and resumed."""

# ruff: noqa: F811 (fixtures of another file)

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score
from transformers import pipeline

from helpers import train
from helpers.own_data import baselines, read_table, split_table
from tests.lessons.test_train import (  # noqa: F401
    RATE,
    assert_same_run,
    environment,
    finish,
    here,
    log_of,
    runs,
    start,
)

KINDS = {
    "good": ["great tram", "kind driver", "lovely ferry"],
    "bad": ["late tram", "rude driver", "dirty ferry"],
    "lost": ["my umbrella", "a blue bag", "one glove"],
}
# 80 rows are left of the file: 64 are trained on, in four batches of 16, and 16 validated on
SHORT = ("--epochs=3", "--batch-size=16", "--no-dropout", RATE)
DROPOUT = ("--epochs=3", "--batch-size=16", "--checkpoint-every=3", RATE)


@pytest.fixture(scope="session")
def own(tmp_path_factory):
    """A file with faults: semicolons, an empty text, a row twice, a class with one row."""
    rows = [
        f'{number};{kind};"{texts[number % 3]}, the {number}";{number}'
        for number in range(27)
        for kind, texts in KINDS.items()
    ]
    rows = [*rows[:80], "99;good;;0", rows[4], "98;other;hello;0"]
    file = tmp_path_factory.mktemp("own") / "own.csv"
    file.write_text("\n".join(["id;kind;what;line", *rows]), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def options(own):
    return (f"--csv={own}", "--text", "what", "--label=kind")


@pytest.fixture(scope="session")
def trained(here, options):
    """The name of a run of one process, with dropout, that nothing stopped."""
    assert here("--name=own", *options, *DROPOUT) == 0
    return "own"


def test_the_log_begins_with_the_split_and_the_baselines_of_the_notebook(
    trained,
    runs,
    own,
):
    first, *rest = log_of(runs / trained)
    table, _ = read_table(own, ["what"], "kind")
    splits = split_table(table, seed=42)
    assert first == {
        "step": 0,
        "epoch": 0,
        "data": first["data"],
        "split_seed": 42,
        "train_rows": 64,
        "validation_rows": 16,
        **baselines(splits),
    }
    assert first["data"].startswith("own.csv ")
    assert [entry["step"] for entry in rest if "loss" in entry] == list(range(1, 13))
    scores = [entry for entry in rest if "loss" not in entry]
    assert [entry["step"] for entry in scores] == [4, 8, 12]
    assert scores[0].keys() == {"step", "epoch", "validation_loss", "accuracy", "macro_f1"}


def test_it_says_what_was_left_out_and_how_it_scores(here, options, capsys):
    assert here("--name=says-own", *options, *SHORT) == 0
    said = capsys.readouterr().out
    for part in (
        "own.csv: 83 rows, separated by semicolons, utf-8",
        "left out 1 row: no text in 'what'",
        "left out 1 row: the same text and label as an earlier row",
        "left out 1 row: fewer than 5 rows of a category ('other')",
        "80 rows in 3 categories: good 27, bad 27, lost 26",
        "Split with seed 42: 64 train, 16 validation",
        "Baselines, macro F1 on validation: majority 0.",
        "Epoch 3: validation_loss ",
        "texts a second",
    ):
        assert part in said, part
    assert "MRPC" not in said


def test_the_model_answers_with_the_names_and_scores_as_the_log_says(trained, runs, own):
    classifier = pipeline("text-classification", model=str(runs / trained / "model"))
    assert classifier.model.config.id2label == {0: "bad", 1: "good", 2: "lost"}
    table, _ = read_table(own, ["what"], "kind")
    validation = split_table(table, seed=42)["validation"]
    answers = [answer["label"] for answer in classifier(validation["text"][:])]
    names = np.array(["bad", "good", "lost"])[validation["label"][:]]
    expected = log_of(runs / trained)[-1]["macro_f1"]
    assert f1_score(names, answers, average="macro") == pytest.approx(expected)


def test_it_learns_what_a_few_words_tell(here, options, runs):
    assert here("--name=learns", *options, "--epochs=20", "--no-dropout", RATE) == 0
    log = log_of(runs / "learns")
    assert log[-1]["macro_f1"] > log[0]["majority_macro_f1"] + 0.3


@pytest.mark.parametrize("step", [2, 4, 7])
def test_a_stopped_run_goes_on_to_the_weights_of_an_unbroken_one(
    here,
    options,
    trained,
    runs,
    step,
):
    name = f"--name=own-stopped-{step}"
    assert here(name, *options, *DROPOUT, f"--max-steps={step}") == 0
    assert here(name, *options, *DROPOUT, "--resume") == 0
    assert_same_run(runs / f"own-stopped-{step}", runs / trained)


def test_two_processes_with_half_the_batch_give_the_loss_curve_of_one(
    start,
    here,
    options,
    runs,
):
    said = finish(start("--name=own-two", *options, *SHORT, "--batch-size=8"))
    assert here("--name=own-one", *options, *SHORT) == 0
    assert said.count("own.csv: 83 rows") == said.count("Baselines") == said.count("Epoch 3") == 1
    of_one, of_two = log_of(runs / "own-one"), log_of(runs / "own-two")
    assert of_two[0] == of_one[0]
    assert of_two[1:] == [pytest.approx(entry, rel=1e-4) for entry in of_one[1:]]


def test_pairs_have_two_columns_of_texts(here, options, tmp_path, runs, capsys):
    rows = [f"text {n},{('yes', 'no')[n % 2]} {n},{n % 2}" for n in range(40)]
    (tmp_path / "pairs.csv").write_text("\n".join(["one,two,label", *rows]), encoding="utf-8")
    both = ("--text", "one", "two", "--label=label")
    assert here("--name=pairs", f"--csv={tmp_path / 'pairs.csv'}", *both, *SHORT) == 0
    assert "pairs a second" in capsys.readouterr().out
    config = json.loads((runs / "pairs" / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["id2label"] == {"0": "0", "1": "1"}
    assert log_of(runs / "pairs")[0]["tfidf_macro_f1"] == 1  # the second text tells it


def test_resuming_on_another_file_or_column_is_refused(
    here, options, trained, own, tmp_path, capsys
):
    name = f"--name={trained}"
    other = tmp_path / "own.csv"
    other.write_text(own.read_text(encoding="utf-8").replace("kind driver", "nice driver"), encoding="utf-8")  # fmt: skip
    assert here(name, f"--csv={other}", *options[1:], *DROPOUT, "--resume") == 2
    assert "was started with data own.csv " in capsys.readouterr().err
    assert here(name, *DROPOUT, "--resume") == 2
    assert "data own.csv " in capsys.readouterr().err
    assert here(name, *options, *DROPOUT) == 2
    assert "holds a run: go on with it by --resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--csv=own.csv"], "--csv needs the names of columns: --text COLUMN [COLUMN] --label"),
        (["--csv=own.csv", "--text=what"], "--csv needs the names of columns"),
        (["--text", "what", "--label=kind"], "--text, --label and --encoding belong to --csv FILE"),
        (["--csv=own.csv", "--most-rows=5"], "'5' is not a whole number from 10 to 10000000"),
    ],
)
def test_options_that_do_not_go_together_are_refused(given, message, capsys):
    with pytest.raises(SystemExit) as exit:
        train.main(given)
    assert exit.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--text", "where", "--label=kind"], "has no column 'where'"),
        (["--text", "a", "b", "c", "--label=kind"], "or two for pairs"),
        (["--text", "what", "--label=id"], "different values in 82 rows"),
        (["--text", "what", "--label=kind", "--encoding=latin-0"], "no encoding 'latin-0'"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_one_message(given, message, here, options, capsys):
    assert here("--name=refused", options[0], *given) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_two_processes_say_once_what_is_wrong(start, options):
    torchrun = start("--name=refused-two", options[0], "--text", "where", "--label=kind")
    output, _ = torchrun.communicate(timeout=120)
    assert torchrun.returncode != 0
    assert output.count("has no column 'where'") == 1


def test_help_names_the_options_of_a_file(capsys):
    with pytest.raises(SystemExit) as exit:
        train.main(["--help"])
    assert exit.value.code == 0
    said = capsys.readouterr().out
    for part in (
        "data of yours, in place of MRPC",
        "--csv FILE",
        "--text COLUMN",
        "--label COLUMN",
    ):
        assert part in said
