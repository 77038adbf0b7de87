"""Hosted notebooks: alone in an empty folder, with a kernel that has PyTorch, transformers, and datasets but no course."""

import json
import os
import subprocess
import venv
from datetime import datetime
from importlib import metadata

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.commands.hosted import make_copies
from helpers.commands.kit import copy_course
from helpers.commands.support.execution import INLINE, has_error
from helpers.commands.support.notebooks import tags
from helpers.sources import SAMPLE
from tests.published.test_dependencies import required
from tests.support.git import GIT

SERVICE = ("torch", "transformers", "datasets", "ipykernel", "pip")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The address of a bare repository that holds the course as it is here."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "course").mkdir()
    copy_course(folder / "course")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "The course"]):
        subprocess.run([*GIT, *command], cwd=folder / "course", check=True)
    subprocess.run([*GIT, "clone", "-q", "--bare", "course", "course.git"], cwd=folder, check=True)
    return (folder / "course.git").as_uri()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """An environment of its own that shares what a service has, and nothing else, with this one."""
    folder = tmp_path_factory.mktemp("service")
    venv.create(folder / "env")
    shared = (
        folder / "shared" / "site-packages"
    )  # dill tells packages from a user's modules by this name
    shared.mkdir(parents=True)
    for name in required(SERVICE):
        distribution = metadata.distribution(name)
        for part in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
            if not (shared / part).exists():
                (shared / part).symlink_to(distribution.locate_file(part))
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "shared.pth").write_text(str(shared), encoding="utf-8")
    command = (
        f"{folder}/env/bin/python -m ipykernel_launcher --log-level=CRITICAL -f {{connection_file}}"
    )
    command = command.split(" ")
    kernel = folder / "jupyter/kernels/service/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": command, "display_name": "S", "language": "python"}))
    return folder


@pytest.fixture(scope="module")
def environment(service, tmp_path_factory):
    """What a kernel of the service finds in its environment: the sample as data, one thread, and no way to the Hub."""
    unwanted = ("PYTHONPATH", "VIRTUAL_ENV", "COURSE_CHECKPOINT", "COURSE_RUNS")
    mine = {name: value for name, value in os.environ.items() if name not in unwanted}
    own = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path_factory.mktemp("home"))}
    return mine | own | {"GLUE_DIR": str(SAMPLE), "OMP_NUM_THREADS": "1", "MPLBACKEND": INLINE}


def run(file, service, environment):
    """The notebook in `file`, executed in its folder by a kernel of the service; every cell runs, whatever the one before did."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(service / "jupyter"))
        notebook = nbformat.read(file, as_version=4)
        options = {"kernel_name": "service", "timeout": 300, "allow_errors": True}
        resources = {"metadata": {"path": str(file.parent)}}
        NotebookClient(notebook, resources=resources, **options).execute(env=environment)
    return notebook


def said(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def seconds(cell):
    """How long a cell ran, by the kernel's own messages."""
    times = cell.metadata["execution"]
    begin, end = (
        times[f"iopub.status.{state}"].replace("Z", "+00:00") for state in ("busy", "idle")
    )
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def state(*folders):
    """When each file was last written, but for what Python caches and notebooks write."""
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    skipped = {"__pycache__", "runs"}
    return {file: file.stat().st_mtime_ns for file in files if not skipped & set(file.parts)}


def test_notebooks_1_to_5_run_alone_and_their_first_cell_changes_only_what_it_must(
    repository, service, environment, tmp_path
):
    files = make_copies(repository, tmp_path / "copies")[:5]
    alone = tmp_path / "alone"
    alone.mkdir()
    (site,) = (service / "env").glob("lib/python*/site-packages")
    for number, file in enumerate(files):
        mine = alone / file.name
        mine.write_bytes(file.read_bytes())
        before = state(site, alone / "mrpc-course")
        notebook = run(mine, service, environment)
        set_up = notebook.cells[0]
        print(mine.name, f"set up in {seconds(set_up):.1f} s:", said(set_up), sep="\n")
        failed = [
            cell.id for cell in notebook.cells if cell.cell_type == "code" and has_error(cell)
        ]
        meant = [cell.id for cell in notebook.cells if "raises-exception" in tags(cell)]
        assert failed == meant, mine.name
        if number == 0:
            for text in (
                f"Fetching the course from {repository}",
                "Installing accelerate==",
                "torch ",
                "transformers ",
            ):
                assert text in said(set_up)
            assert f"torch {metadata.version('torch')} stays" in said(set_up)
        else:
            assert said(set_up).startswith("Nothing is missing, and nothing was changed.")
            assert seconds(set_up) < 3 and state(site, alone / "mrpc-course") == before
    assert sorted(file.name for file in alone.iterdir()) == [
        *[file.name for file in files],
        "mrpc-course",
    ]
    assert not any((site / name).exists() for name in ("torch", "transformers", "datasets"))
