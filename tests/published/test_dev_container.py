"""The files for Codespaces, VS Code's containers, and Binder: services that build the course's environment themselves."""

import json
import os
import re

import pytest

from helpers.__main__ import NAMES
from helpers.commands.support.machine import problem
from helpers.runs import PROJECT

# The fields that are used here, and what the published schema (devcontainers/spec, devContainer.base.schema.json) lets them
# be. No package brings that schema along.
SIZE = r"\d+([tgmk]b)?"
ON_FORWARD = {"notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"}
FIELDS = {
    "name": lambda value: isinstance(value, str),
    "image": lambda value: isinstance(value, str),
    "hostRequirements": lambda value: (
        set(value) == {"cpus", "memory", "storage"}
        and isinstance(value["cpus"], int)
        and value["cpus"] >= 1
        and all(re.fullmatch(SIZE, value[name]) for name in ("memory", "storage"))
    ),
    "postCreateCommand": lambda value: isinstance(value, str),
    "portsAttributes": lambda value: all(
        set(port) == {"label", "onAutoForward"}
        and isinstance(port["label"], str)
        and port["onAutoForward"] in ON_FORWARD
        for port in value.values()
    ),
    "customizations": lambda value: (
        set(value) == {"vscode"}
        and set(value["vscode"]) == {"extensions", "settings"}
        and all(re.fullmatch(r"[\w-]+\.[\w-]+", name) for name in value["vscode"]["extensions"])
        and isinstance(value["vscode"]["settings"], dict)
    ),
}


def text(name):
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.fixture
def container():
    return json.loads(text(".devcontainer/devcontainer.json"))


def test_every_field_of_the_dev_container_is_one_of_the_schema_and_has_a_value_that_it_allows(
    container,
):
    assert {name for name, value in container.items() if not FIELDS[name](value)} == set()
    assert set(container) == set(FIELDS)


def test_the_dev_container_installs_with_what_is_there_into_where_its_editor_looks(container):
    python = tuple(map(int, re.match(r"python:(\d+)\.(\d+)-", container["image"]).groups()))
    assert not problem(python, "Linux", "x86_64", "")
    target, command = re.fullmatch(
        r"make (\S+) && \.venv/bin/python -m helpers (\w+)", container["postCreateCommand"]
    ).groups()
    assert f"\n{target}: " in text("Makefile") and command in NAMES
    interpreter = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter == "${containerWorkspaceFolder}/.venv/bin/python"
    assert list(container["portsAttributes"]) == ["8888"]


def test_binder_installs_the_learners_requirements_for_a_python_that_fits_and_copies_the_notebooks():
    """In a folder of its own, because Binder's default Python is older than the course's."""
    (line,) = text(".binder/requirements.txt").splitlines()
    assert (
        PROJECT / ".binder" / line.removeprefix("-r ")
    ).resolve() == PROJECT / "requirements.txt"
    python = re.fullmatch(r"python-(\d+)\.(\d+)\n", text(".binder/runtime.txt")).groups()
    assert not problem(tuple(map(int, python)), "Linux", "x86_64", "")
    script = text(".binder/postBuild")
    assert script.startswith("#!/bin/sh\n") and re.search(r"-m helpers (\w+)", script)[1] == "copy"
    if os.name == "posix":
        assert os.access(PROJECT / ".binder/postBuild", os.X_OK)
