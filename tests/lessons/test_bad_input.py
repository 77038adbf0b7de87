"""Bad input is one clear error: which thing, what is wrong with it, and the way out."""

import functools
import json
import os
import pickle
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import datasets
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save_file
from transformers import AutoTokenizer

from helpers import sources, train
from helpers.__main__ import main as run_command
from helpers.commands import lab
from helpers.pretrained import SPECIAL_TOKENS
from helpers.runs import OutputFolderError, runs_folder
from helpers.sample import build
from helpers.sample.build import FEATURES
from helpers.sources import SAMPLE, SourceError
from tests.lessons.test_sources import frame_of, write_split
from tests.support.tiny_bert import save_tiny_bert

ROW = {"sentence1": ["a"], "sentence2": ["b"], "label": [1], "idx": [0]}
UNSET = "Correct GLUE_DIR, or unset it to use the Hub or the bundled sample"
GIVE = "Give a folder into which a BERT and its tokenizer were written by save_pretrained, or unset"
EITHER = "Give one or the other, or unset COURSE_CHECKPOINT"
NEAR_MISS = {"of": 0, "kind": "day", "changes": "Monday, not Sunday", "contradicts": [0, 3]}
EVENT = {
    "event": "sea-1",
    "topic": "sea",
    "tellings": ["a", "b", "c"],
    "rewordings": [{"of": 0, "text": text} for text in "def"],
    "near_misses": [NEAR_MISS | {"text": text} for text in "ghi"],
    "short": {"sentences": ["j", "k"], "kind": "day", "changes": "Monday", "near_miss": "l"},
}


@dataclass
class Case:
    """`spoil(folder)` makes the input in an empty folder and returns it; `use(input)` must fail with `error`.

    What the learner reads then (the error's text and stderr) has every one of `parts`, `{}` being the input.
    """

    name: str
    use: object
    spoil: object
    error: type | None
    parts: tuple[str, ...]


def spoiled_sample(spoil):
    def make(folder):
        shutil.copytree(SAMPLE / "mrpc", folder / "glue" / "mrpc")
        return spoil(folder / "glue") or folder / "glue"

    return make


@functools.cache
def tiny_bert():
    """The folder of a tiny BERT, made once; it is removed when Python ends."""
    folder = tempfile.TemporaryDirectory()
    tiny_bert.folder = folder
    return save_tiny_bert(Path(folder.name))


def spoiled_model(spoil):
    def make(folder):
        shutil.copytree(tiny_bert(), folder, dirs_exist_ok=True)
        return spoil(folder) or folder

    return make


def with_split(split, rows, **changed):
    """Writes a split of `rows`, with features that are MRPC's but for `changed`."""
    features = {name: changed.get(name, FEATURES[name]) for name in rows}
    return lambda folder: write_split(folder, split, rows, datasets.Features(features))


def with_frame(split, change):
    """Writes a split that is the sample's, changed by `change(frame)`."""
    return lambda folder: write_split(folder, split, change(frame_of(split)).to_dict("list"))


def with_cell(split, column, row, value):
    def change(frame):
        frame.loc[row, column] = value
        return frame

    return with_frame(split, change)


def second_download(folder):
    shutil.copy(train_file(folder), folder / "mrpc" / "train-00000-of-00001 (1).parquet")


def another_name_beside(folder):
    shutil.copy(train_file(folder), folder / "mrpc" / "train.parquet")


def a_part_missing(folder):
    train_file(folder).rename(folder / "mrpc" / "train-00000-of-00002.parquet")


def parts_of_two_downloads(folder):
    shutil.copy(train_file(folder), folder / "mrpc" / "train-00001-of-00002.parquet")


def files_without_a_folder(folder):
    for file in (folder / "mrpc").iterdir():
        file.rename(folder / file.name)


def text_instead(name):
    def spoil(folder):
        shutil.rmtree(folder / "mrpc")
        (folder / name).touch()

    return spoil


def config(**changes):
    def spoil(folder):
        file = folder / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return spoil


def without(*names):
    return lambda folder: [(folder / name).unlink(missing_ok=True) for name in names] and None


def the_tokenizer_of_nothing(folder):
    """What AutoTokenizer makes up for a model without a tokenizer, saved beside it."""
    without("tokenizer.json", "tokenizer_config.json")(folder)
    AutoTokenizer.from_pretrained(folder).save_pretrained(folder)


def a_vocabulary(*tokens):
    def spoil(folder):
        (folder / "tokenizer.json").unlink()
        (folder / "vocab.txt").write_text("\n".join(tokens))

    return spoil


def weights(**tensors):
    return lambda folder: save_file(tensors, folder / "model.safetensors")


def train_file(folder):
    return folder / "mrpc" / "train-00000-of-00001.parquet"


def glue_dir(name, reason, spoil, thing="GLUE_DIR={} cannot be used: "):
    return Case(name, use_glue_dir, spoiled_sample(spoil), SourceError, (thing, reason, UNSET))


def use_glue_dir(value, patch):
    patch.setenv("GLUE_DIR", str(value))
    sources.glue_path()


def checkpoint(name, reason, spoil, way_out=GIVE):
    parts = ("COURSE_CHECKPOINT={}", reason, way_out)
    return Case(name, use_checkpoint, spoiled_model(spoil), SourceError, parts)


def use_checkpoint(value, patch):
    patch.setenv("COURSE_CHECKPOINT", str(value))
    sources.checkpoint_path()


def events(name, reason, *lines, way_out="helpers.sample.build says what an event looks like"):
    def make(folder):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        (folder / "events.jsonl").write_text(text, encoding="utf-8")
        return folder / "events.jsonl"

    parts = ("events.jsonl", reason, way_out)
    return Case(name, lambda file, patch: build.read_events(file), make, ValueError, parts)


def near_misses_with(**changed):
    return EVENT | {"near_misses": [near | changed for near in EVENT["near_misses"]]}


def command(name, option, *parts):
    def use(value, patch):
        sys.exit(run_command([name, option]))

    return Case(f"{name} {option}", use, lambda folder: option, SystemExit, parts)


def use_train(option, patch):
    train.main([option])


def train_script(option, *parts):
    return Case(f"helpers.train {option}", use_train, lambda folder: option, SystemExit, parts)


def command_without_data(name):
    def use(folder, patch):
        patch.setenv("GLUE_DIR", str(folder / "nowhere"))
        sys.exit(run_command([name]))

    parts = (f"GLUE_DIR={{}}{os.sep}nowhere", "there is no such folder", UNSET)
    return Case(f"{name} without data", use, lambda folder: folder, SystemExit, parts)


def hub(name, endpoint, *parts):
    def use(value, patch):
        patch.delenv("GLUE_DIR", raising=False)
        patch.setattr(constants, "ENDPOINT", endpoint)
        sources.glue_path()

    return Case(name, use, lambda folder: endpoint, None, (*parts, "set GLUE_DIR to that folder"))


def home(name, spoil, use, *parts, error=SourceError):
    return Case(name, use, spoil, error, parts)


def use_home(value, patch):
    patch.setattr(constants, "HF_HOME", str(value))
    patch.setenv("GLUE_DIR", str(SAMPLE))
    sources.glue_path()


def use_runs(value, patch):
    patch.setenv("COURSE_RUNS", str(value))
    runs_folder("train")


def a_file(folder):
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.write_text("a file where a folder should be")


def file_inside(folder):
    (folder / "file").write_text("a file where a folder should be")
    return folder / "file"


def empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def replaced(name, content):
    return lambda folder: (folder / name).write_bytes(content) and None


def only_a_pickle(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def half_of_the_weights(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-4])


NUMBERS = datasets.Value("int64")
SWAPPED = datasets.ClassLabel(names=["equivalent", "not_equivalent"])
CASES = [
    glue_dir("no folder", "there is no such folder", shutil.rmtree),
    glue_dir("a file", "this is a file, not a folder", a_file),
    glue_dir("an empty folder", "it has no mrpc/train-*.parquet", empty),
    glue_dir(
        "one level too deep",
        "set GLUE_DIR to the folder above it",
        lambda folder: folder / "mrpc",
    ),
    glue_dir(
        "no test split",
        "it has no mrpc/test-*.parquet",
        lambda folder: (folder / "mrpc" / "test-00000-of-00001.parquet").unlink(),
    ),
    glue_dir(
        "text for Parquet",
        "train-00000-of-00001.parquet cannot be read",
        lambda folder: train_file(folder).write_bytes(b"sentence1,sentence2,label") and None,
    ),
    glue_dir(
        "Parquet cut short",
        "train-00000-of-00001.parquet cannot be read",
        lambda folder: (
            train_file(folder).write_bytes(train_file(folder).read_bytes()[:2000]) and None
        ),
    ),
    glue_dir(
        "an empty file",
        "train-00000-of-00001.parquet cannot be read",
        lambda folder: train_file(folder).write_bytes(b"") and None,
    ),
    glue_dir(
        "another task",
        "validation-00000-of-00001.parquet has the columns sentence1, label, not sentence1, sent",
        with_split("validation", {"sentence1": ["a"], "label": [1]}),
    ),
    glue_dir(
        "a second download",
        "and mrpc/train-00000-of-00001 (1).parquet is not one of",
        second_download,
    ),
    glue_dir(
        "two names of one split",
        "its split train has 2 files, and mrpc/train.parq",
        another_name_beside,
    ),
    glue_dir("a part missing", "mrpc/train-00001-of-00002.parquet is missing", a_part_missing),
    glue_dir("two downloads mixed", "has parts of 00001 and of 00002", parts_of_two_downloads),
    glue_dir("no folder mrpc", "move them into a folder mrpc inside it", files_without_a_folder),
    glue_dir(
        "Microsoft's files",
        "it holds msr_paraphrase_train.txt, and no Parquet files; `python -m helpers convert {} NEW_FOLDER`",
        text_instead("msr_paraphrase_train.txt"),
    ),
    glue_dir(
        "a saved DatasetDict",
        "it holds dataset_dict.json, and no",
        text_instead("dataset_dict.json"),
    ),
    glue_dir("CSV", "it holds train.csv, and no Parquet", text_instead("train.csv")),
    glue_dir(
        "60 rows",
        "its split test has 60 pairs, and the notebooks need at least 100",
        with_frame("test", lambda frame: frame[:60]),
    ),
    glue_dir(
        "12 rows", "its split train has 12 pairs", with_frame("train", lambda frame: frame[:12])
    ),
    glue_dir(
        "one label",
        "its split validation has 0 pairs with the label not_equivalent, and the notebooks need at least 20",
        with_frame("validation", lambda frame: frame.assign(label=1)),
    ),
    glue_dir(
        "an empty sentence",
        "row 20 of its split train has a blank sentence2",
        with_cell("train", "sentence2", 20, ""),
    ),
    glue_dir(
        "a blank sentence",
        "row 0 of its split test has a blank sentence1",
        with_cell("test", "sentence1", 0, " \n"),
    ),
    glue_dir(
        "an idx missing",
        "has values in idx that are not whole numbers",
        with_split("test", ROW | {"idx": [None]}),
    ),
    glue_dir(
        "labels swapped",
        "names its labels equivalent and not_equivalent, in this order, not not_equivalent and eq",
        with_split("validation", ROW, label=SWAPPED),
    ),
    glue_dir(
        "labels hidden, as in other GLUE tasks",
        "test-00000-of-00001.parquet has labels other than 0 and 1, such as -1",
        with_split("test", ROW | {"label": [-1]}),
    ),
    glue_dir(
        "a label missing",
        "test-00000-of-00001.parquet has labels other than 0 and 1",
        with_split("test", ROW | {"label": [None]}),
    ),
    glue_dir(
        "a sentence missing",
        "train-00000-of-00001.parquet has values in sentence2 that are not text",
        with_split("train", ROW | {"sentence2": [None]}),
    ),
    glue_dir(
        "numbers for sentences",
        "train-00000-of-00001.parquet has values in sentence1 that are not text",
        with_split("train", ROW | {"sentence1": [1]}, sentence1=NUMBERS),
    ),
    glue_dir(
        "an empty split",
        "its split test has no rows",
        with_split("test", {name: [] for name in FEATURES}),
    ),
    checkpoint(
        "no such folder", "there is no such folder", lambda folder: folder / "nowhere", EITHER
    ),
    checkpoint(
        "no name on the Hub", "not a name on the Hub", lambda folder: "three/parts/name", EITHER
    ),
    checkpoint(
        "a name with spaces", "not a name on the Hub", lambda folder: "a model of mine", EITHER
    ),
    checkpoint(
        "the weights instead of their folder",
        "this is a file, not a folder",
        lambda folder: folder / "model.safetensors",
    ),
    checkpoint(
        "no config.json",
        "it has no config.json, so it holds no model",
        lambda folder: (folder / "config.json").unlink(),
    ),
    checkpoint(
        "a broken config.json",
        "its config.json is not JSON (",
        replaced("config.json", b'{"model_type": '),
    ),
    checkpoint(
        "a config.json of something else",
        "its config.json names no model_type",
        replaced("config.json", b"[]"),
    ),
    checkpoint(
        "no tokenizer",
        "it has no tokenizer (tokenizer.json or vocab.txt), so every word would be unknown; save it",
        without("tokenizer.json", "tokenizer_config.json"),
    ),
    checkpoint(
        "a tokenizer made of nothing",
        "its tokenizer does not fit its model: it knows 5 tokens, and the model has embeddings for 30,522",
        the_tokenizer_of_nothing,
    ),
    checkpoint(
        "a larger tokenizer",
        "it knows 30,523 tokens",
        a_vocabulary(*SPECIAL_TOKENS, *map(str, range(30518))),
    ),
    checkpoint(
        "another kind of tokenizer",
        "its tokenizer is not a BERT's: it has no [PAD], [UNK]",
        a_vocabulary("<s>", "</s>", "<pad>"),
    ),
    checkpoint(
        "a broken tokenizer", "its tokenizer.json is not JSON (", replaced("tokenizer.json", b"{")
    ),
    checkpoint(
        "a tokenizer of something else",
        "its tokenizer.json is not that of a BERT",
        replaced("tokenizer.json", b"{}"),
    ),
    checkpoint(
        "a DistilBERT",
        "it is a model of the kind distilbert, and the notebooks show a BERT's parts (token_type_ids,",
        config(model_type="distilbert"),
    ),
    checkpoint("a RoBERTa", "it is a model of the kind roberta", config(model_type="roberta")),
    checkpoint(
        "three classes",
        "its classifier has 3 classes, and the notebooks need 2",
        config(id2label={0: "a", 1: "b", 2: "c"}),
    ),
    checkpoint(
        "weights of something else",
        "its weights are not a BERT's: there are no embeddings.word_embeddings",
        weights(layer=torch.ones(2)),
    ),
    checkpoint(
        "no weights",
        "it has no model.safetensors.",
        lambda folder: (folder / "model.safetensors").unlink(),
    ),
    checkpoint(
        "a pickle only",
        "it has no model.safetensors (pytorch_model.bin is a pickle, which can run code",
        only_a_pickle,
    ),
    checkpoint(
        "a pickle under another name",
        "its model.safetensors cannot be read as safetensors (",
        replaced("model.safetensors", pickle.dumps({"weights": [1.0] * 100})),
    ),
    checkpoint(
        "weights cut short",
        "its model.safetensors cannot be read as safetensors (",
        half_of_the_weights,
    ),
    events("not JSON", "line 2: Expecting", EVENT, '{"event": '),
    events("a key too few", "line 1: not an object with the keys event, topic", {"event": "sea-1"}),
    events("a list", "line 1: not an object with the keys event, topic", []),
    events("two tellings", "line 1: not three tellings", EVENT | {"tellings": ["a", "b"]}),
    events("one telling twice", "line 1: a text is there twice", EVENT | {"tellings": list("aab")}),
    events("an empty telling", "line 1: a text is empty", EVENT | {"tellings": ["a", "b", " "]}),
    events("another topic", "line 1: event 'sky-1' does not begin", EVENT | {"event": "sky-1"}),
    events("no rewording", "line 1: not three rewordings", EVENT | {"rewordings": []}),
    events(
        "a rewording of nothing",
        "line 1: one of rewordings is of telling 3, not 0, 1 or 2",
        EVENT | {"rewordings": [{"of": 3, "text": text} for text in "def"]},
    ),
    events(
        "a near miss that says not what it changes",
        "line 1: one of near_misses is not an object with the keys of, kind, changes, contradicts",
        EVENT | {"near_misses": [{"of": 0, "text": text} for text in "ghi"]},
    ),
    events(
        "a near miss of no known kind",
        "line 1: a near miss of kind 'color', not number, day",
        near_misses_with(kind="color"),
    ),
    events(
        "a short near miss of no known kind",
        "line 1: a near miss of kind 'color', not number, day",
        EVENT | {"short": EVENT["short"] | {"kind": "color"}},
    ),
    events(
        "a short near miss without its kind",
        "line 1: short is not an object with the keys sentences, kind, changes, near_miss",
        EVENT | {"short": {"sentences": ["j", "k"], "near_miss": "l"}},
    ),
    events(
        "one short sentence",
        "line 1: not two short sentences",
        EVENT | {"short": EVENT["short"] | {"sentences": ["j"]}},
    ),
    events(
        "a near miss beside what it agrees with",
        "line 1: a near miss does not contradict the telling that it is of",
        near_misses_with(contradicts=[1, 2]),
    ),
    events(
        "a near miss of more sentences than there are",
        "line 1: a near miss contradicts [0, 6], not some of 0 to 5",
        near_misses_with(contradicts=[0, 6]),
    ),
    events(
        "an event without a sibling",
        "sea has 1 events, but they go in pairs",
        EVENT,
        way_out="Add a sibling, or drop one",
    ),
    train_script("--nonsense", "unrecognized arguments: --nonsense", "[options]"),
    train_script("three", "unrecognized arguments: three", "[options]"),
    train_script("--resume=yes", "argument --resume: ignored explicit argument 'yes'"),
    train_script("--learning-rate", "argument --learning-rate: expected one argument"),
    train_script("--epochs=3e0", "argument --epochs: '3e0' is not", "a whole number from 1"),
    train_script("--name=", "argument --name: '' is not", "a name of letters, digits"),
    command("bench", "--qualty", "unrecognized arguments: --qualty", "[--quality]"),
    command("bench", "3", "unrecognized arguments: 3", "[--quality]"),
    command("lab", "--port=abc", "--port=abc: 'abc' is no port", "from 1 to 65535"),
    command("lab", "--port=", "--port=: '' is no port", "from 1 to 65535"),
    command("lab", "--port=99999", "--port=99999: '99999' is no port", "from 1 to 65535"),
    command("lab", "--port=-1", "--port=-1: '-1' is no port", "from 1 to 65535"),
    command_without_data("lab"),
    command_without_data("bench"),
    command_without_data("run"),
    hub("no scheme", "hub.example", "HF_ENDPOINT=hub.example is no address like https://host:port"),
    hub("no port", "http://hub.example:http", "HF_ENDPOINT=http://hub.example:http is no address"),
    hub(
        "half an address",
        "http://[::1",
        "HF_ENDPOINT=http://[::1 is no address like https://host:port",
    ),
    hub("a path", "https://", "HF_ENDPOINT=https:// is no address like https://host:port"),
    home("HF_HOME is a file", file_inside, use_home, "{} cannot be written (", "Set HF_HOME to a"),
    home("HF_HOME in a file", lambda folder: file_inside(folder) / "home", use_home, "Set HF_HOME"),
    home(
        "COURSE_RUNS is a file",
        file_inside,
        use_runs,
        f"{{}}{os.sep}train cannot be made (",
        "Set COURSE",
        error=OutputFolderError,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_one_clear_error(case, home, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lab, "copy_notebooks", lambda **_: pytest.fail("went on"))
    folder = tmp_path / "input"
    folder.mkdir()
    value = case.spoil(folder)
    message = ""
    if case.error:
        with pytest.raises(case.error) as raised:
            case.use(value, monkeypatch)
        assert type(raised.value) is case.error
        assert raised.value.__cause__ is None
        assert raised.value.code not in (None, 0) if case.error is SystemExit else True
        message = str(raised.value)
    else:
        case.use(value, monkeypatch)
    read = " ".join((message + capsys.readouterr().err).split())
    for part in case.parts:
        assert part.format(value) in read
    assert "Traceback" not in read


def test_there_are_at_least_30_bad_inputs_each_under_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 30
