"""No secrets, no doors: nothing foreign is run, nothing private is written, nothing listens or calls beyond this machine."""

import ast
import json

import pytest

from helpers.runs import PROJECT


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
