"""What the project imports, declares and installs is the same; its licences and its Pythons are what the files say."""

import ast
import platform
import re
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.commands.constraints import constraints, requirements
from helpers.commands.support.machine import problem
from helpers.runs import PROJECT
from tests.published.test_doors import code, sources_of

PYTHONS = ["3.11", "3.12", "3.13"]
# Declared, but not imported: the file that uses it, and how.
USED_OTHERWISE = {
    "jupyterlab": ("helpers/commands/lab.py", '"jupyterlab"'),
    "jupyterlab-deck": ("helpers/commands/present_settings/overrides.json", '"deck:go"'),
    "pytest-xdist": ("Makefile", "pytest -n 2"),
    "nbval": ("pyproject.toml", "--nbval"),
    "myst-nb": ("helpers/commands/site_files/conf.py", '"myst_nb"'),
    "ruff": ("tests/published/test_notebooks.py", '"ruff"'),
    "sphinx": ("helpers/commands/site.py", '"sphinx"'),
    "sphinx-book-theme": ("helpers/commands/site_files/conf.py", '"sphinx_book_theme"'),
}
# Left open by constraints.txt: what the CUDA build of PyTorch adds on Linux, and what `pip freeze` leaves out.
OPEN = ("nvidia-", "cuda-", "triton", "setuptools")
SHORT = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU General Public License (GPL)": "GPL",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF",
}


def text(name):
    return (PROJECT / name).read_text(encoding="utf-8")


def pins(name) -> dict[str, str]:
    """The pinned versions in a requirements file, by canonical name."""
    found = re.findall(r"^([A-Za-z][\w.-]*)==(\S+)", text(name), flags=re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def asked(name) -> set[str]:
    """The packages that a requirements file asks for by itself, by canonical name."""
    found = re.findall(r"^([A-Za-z][\w.-]*)", text(name), flags=re.MULTILINE)
    return {canonicalize_name(package) for package in found}


FILES = ("requirements.txt", "requirements-dev.txt")
LEARNERS, AUTHORS = (asked(name) for name in FILES)
DECLARED = LEARNERS | AUTHORS
PINNED = pins("requirements.txt") | pins("requirements-dev.txt")
# The commands for whoever changes the course: they need both files.
AUTHORS_COMMANDS = {"check.py", "conf.py", "fits.py", "record.py", "recording.py"}


def imported(files=None) -> dict[str, set[str]]:
    """The distributions that `files` import (all code, if not given), and the files that do."""
    distributions = metadata.packages_distributions()
    found = {}
    for file in files or code("helpers", "notebooks", "tests"):
        modules = set()
        for source in sources_of(file):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Import):
                    modules |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    modules.add(node.module)
        for module in {module.split(".")[0] for module in modules}:
            if module not in {*sys.stdlib_module_names, "helpers", "tests"}:
                for distribution in distributions.get(module, [module]):
                    found.setdefault(canonicalize_name(distribution), set()).add(file.name)
    return found


def required(names) -> set[str]:
    """The distributions that the named ones need on this machine, and those that these need, and so on."""
    seen, waiting = set(), [(canonicalize_name(name), frozenset()) for name in names]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            environments = [{"extra": extra} for extra in extras or {""}]
            if not needed.marker or any(map(needed.marker.evaluate, environments)):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return {name for name, _ in seen}


def licence(name) -> str:
    """A distribution's licence as its metadata give it, shortened."""
    about = metadata.metadata(name)
    classifiers = [each for each in about.get_all("Classifier", []) if each.startswith("License")]
    names = [each.split(" :: ")[-1] for each in classifiers]
    given = [about["License-Expression"]] if about["License-Expression"] else names
    given = given or (about["License"] or licence_file(name)).splitlines()[:1]
    return ", ".join(SHORT.get(each, each) for each in given)


def licence_file(name) -> str:
    """The text of the licence that a distribution brings along; the first file's, if it brings several."""
    files = metadata.files(name) or []
    return next(file for file in files if "licenses" in file.parts).read_text(encoding="utf-8")


def licence_lines() -> list[str]:
    """What NOTICE.md must list, one line per license."""
    by_licence = {}
    for name in sorted(DECLARED):
        by_licence.setdefault(licence(name), []).append(name)
    return [f"- {given}: {', '.join(names)}" for given, names in sorted(by_licence.items())]


def test_every_import_is_declared():
    undeclared = {name: files for name, files in imported().items() if name not in DECLARED}
    assert undeclared == {}


def test_what_a_learner_runs_needs_the_learners_file_alone():
    learners = code("helpers", "notebooks")
    found = imported([file for file in learners if file.name not in AUTHORS_COMMANDS])
    assert {name: files for name, files in found.items() if name not in LEARNERS} == {}


def test_every_declared_package_is_imported_or_its_use_is_known():
    assert set(DECLARED) - set(imported()) == set(USED_OTHERWISE)
    for file, use in USED_OTHERWISE.values():
        assert use in text(file)


def test_every_requirement_is_pinned_and_has_its_reason():
    for line in (line for name in FILES for line in text(name).splitlines()):
        assert line.startswith(("#", "-")) or re.fullmatch(r"[\w.-]+(==\S+)? +# \w.+", line), line
    assert set(PINNED) | set(pins("constraints.txt")) >= DECLARED
    assert set(pins("requirements.txt")) == LEARNERS


def test_constraints_and_requirements_pin_different_packages():
    assert set(PINNED) & set(pins("constraints.txt")) == set()


def test_what_is_pinned_is_what_is_installed():
    pinned = PINNED | pins("constraints.txt")
    installed = {name: metadata.version(name) for name in required(DECLARED) & set(pinned)}
    installed = {name: version.split("+")[0] for name, version in installed.items()}
    assert installed == {name: pinned[name] for name in installed}
    assert set(installed) >= DECLARED


@pytest.mark.skipif(
    (platform.system(), sys.version_info[:2]) != ("Linux", (3, 11)),
    reason="constraints.txt is written on Linux with Python 3.11; elsewhere some packages more or fewer are needed",
)
def test_constraints_are_all_that_the_requirements_need_and_no_more():
    needed = required(DECLARED) - set(PINNED)
    needed = {name for name in needed if not name.startswith(OPEN)}
    assert needed == set(pins("constraints.txt"))


def test_constraints_are_written_as_they_stand_from_what_is_installed():
    names = sorted(required(DECLARED))
    installed = [f"{name}=={metadata.version(name)}" for name in names]
    installed = [line for line in installed if not line.startswith(OPEN)]
    written = constraints(installed, requirements())
    assert {canonicalize_name(line.partition("==")[0]) for line in written.splitlines()} == set(
        pins("constraints.txt")
    ) & set(names)


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        (((3, 10), "Linux", "x86_64", ""), "this is 3.10"),
        (((3, 15), "Linux", "x86_64", ""), "this is 3.15"),
        (((3, 12), "Darwin", "x86_64", "14.2"), "Intel"),
        (((3, 12), "Darwin", "arm64", "13.6.1"), "this is macOS 13.6.1"),
        (((3, 12), "Windows", "ARM64", ""), "Install Python for x86-64"),
        (((3, 11), "Linux", "aarch64", ""), ""),
        (((3, 14), "Darwin", "arm64", "14.0"), ""),
        (((3, 13), "Windows", "AMD64", ""), ""),
    ],
    ids=str,
)
def test_a_machine_for_which_pytorch_has_no_package_is_named_before_pip_fails(machine, message):
    assert (message in problem(*machine)) if message else not problem(*machine)


def test_the_notice_lists_the_licences_of_what_is_installed():
    installed = text("NOTICE.md").split("## What the course installs")[1]
    listed = re.findall(r"^- .+: .+$", installed, re.MULTILINE)
    assert listed == licence_lines()


def test_pythons_are_the_same_everywhere():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    assert all(python in allowed for python in PYTHONS)
    for python in ("3.10", *PYTHONS, "3.14", "3.15"):
        version = tuple(map(int, python.split(".")))
        assert (python in allowed) == (not problem(version, "Linux", "x86_64", "")), python
    assert f'python: ["{PYTHONS[0]}", "3.12", "3.13"]' in text(".github/workflows/tests.yml")
    assert "Python 3.11 to 3.14" in text("README.md")


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_allows_this_python(python):
    needed = required(DECLARED)
    refusing = {
        name: metadata.metadata(name)["Requires-Python"]
        for name in needed
        if python not in SpecifierSet(metadata.metadata(name)["Requires-Python"] or "")
    }
    assert refusing == {}


MAY_WRITE = {
    "pages.yml": [
        "    permissions:\n      pages: write\n      id-token: write\n",
        "    permissions:\n      contents: write\n",  # the branch hosted
    ]
}


@pytest.mark.parametrize("name", ["tests.yml", "newest.yml", "pages.yml"])
def test_workflows_pin_their_actions_and_may_only_read_or_publish(name):
    workflow = text(f".github/workflows/{name}")
    for permission in MAY_WRITE.get(name, []):
        assert workflow.count(permission) == 1
        workflow = workflow.replace(permission, "")
    assert workflow.count("permissions:") == 1
    actions = re.findall(r"uses: (\S+)", workflow)
    assert actions and all(re.fullmatch(r"[\w/-]+@(v\d+|[0-9a-f]{40})", each) for each in actions)
    assert re.findall(r"permissions:\n((?:  .+\n)+)", workflow) == ["  contents: read\n"]
    assert "secrets." not in workflow and "pull_request_target" not in workflow
    assert workflow.count("timeout-minutes:") == workflow.count("runs-on:")
    assert workflow.count("persist-credentials: false") == workflow.count("actions/checkout@")
    assert re.search(r"^concurrency:$", workflow, re.MULTILINE)


if (
    __name__ == "__main__"
):  # python -m tests.published.test_dependencies: the list of licenses in NOTICE.md
    print("\n".join(licence_lines()))
