"""No secrets, no doors: nothing foreign is run, nothing private is written, nothing listens or calls beyond this machine."""

import ast
import contextlib
import json
import shutil
import subprocess
import sys
import time

import psutil
import pytest

from helpers.runs import PROJECT
from tests.lessons.test_train import environment  # noqa: F401
from tests.support.planted import TOKEN, USER, Place, files_with


def sources_of(file):
    """The Python in a file: a notebook's code cells one by one, else the whole."""
    if file.suffix == ".py":
        return [file.read_text(encoding="utf-8")]
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def dangers(source):
    """What `source` does that could run code out of a file it loads."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            options = {option.arg: ast.unparse(option.value) for option in node.keywords}
            match ast.unparse(node.func).split("."):
                case ["torch", "load"] if options.get("weights_only", "True") != "True":
                    found.append("torch.load of more than weights")
                case ["pickle" | "dill" | "cloudpickle" | "joblib", "load" | "loads"]:
                    found.append("a pickle is loaded")
                case [*_, "from_pretrained"] if options.get("use_safetensors") == "False":
                    found.append("a model is loaded from a pickle")
            if "trust_remote_code" in options:
                found.append("code comes with a model")
            if options.get("allow_pickle") == "True":
                found.append("an array is loaded from a pickle")
        if isinstance(node, ast.Dict) and "'trust_remote_code'" in [
            ast.unparse(key) for key in node.keys if key
        ]:
            found.append("code comes with a model")
    return found


def code(*folders):
    """Every script and notebook below the named folders."""
    return [
        file
        for folder in folders
        for kind in ("py", "ipynb")
        for file in (PROJECT / folder).glob(f"**/[!.]*.{kind}")
        if ".ipynb_checkpoints" not in file.parts
    ]


def test_no_file_that_is_loaded_can_run_code():
    files = code("helpers", "notebooks", "tests")
    assert len(files) > 30
    assert {
        file.name: found
        for file in files
        for source in sources_of(file)
        if (found := dangers(source))
    } == {}


def test_our_own_checkpoints_are_loaded_as_weights_only():
    calls = [
        ast.unparse(node)
        for file in code("helpers", "notebooks")
        for source in sources_of(file)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load"
    ]
    assert calls and all("weights_only=True" in call for call in calls), calls


@pytest.mark.parametrize(
    "source",
    [
        'AutoModel.from_pretrained("a", trust_remote_code=True)',
        'options = {"trust_remote_code": True}',
        'torch.load("a", weights_only=False)',
        "pickle.load(file)",
        'AutoModel.from_pretrained("a", use_safetensors=False)',
        'numpy.load("a", allow_pickle=True)',
    ],
)
def test_each_danger_would_be_seen(source):
    assert dangers(source)


@pytest.mark.slow
def test_training_writes_no_secret_and_opens_no_door(environment, tmp_path):  # noqa: F811
    place = Place(PROJECT, tmp_path)
    model = shutil.copytree(environment["COURSE_CHECKPOINT"], place.home / "tiny")
    variables = environment | place.environment | {"COURSE_CHECKPOINT": str(model)}
    (tmp_path / "log").touch()
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers.train", "--max-steps=3"],
            cwd=PROJECT,
            env=variables | {"GLUE_DIR": environment["GLUE_DIR"]},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        ends = set()
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                for connection in psutil.Process(process.pid).net_connections("inet"):
                    ends |= {end.ip for end in (connection.laddr, connection.raddr) if end}
            time.sleep(0.05)
    assert process.returncode == 0, (tmp_path / "log").read_text(encoding="utf-8")
    assert ends == set()
    assert place.guard.read_text(encoding="utf-8") == ""
    written = sorted(file.name for file in (place.runs / "train").rglob("*") if file.is_file())
    assert {"checkpoint.pt", "log.jsonl", "model.safetensors", "config.json"} <= set(written)
    assert files_with(place.runs, TOKEN, USER, str(place.home)) == []
    assert files_with(tmp_path, TOKEN) == []
