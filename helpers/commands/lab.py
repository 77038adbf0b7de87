"""Opens the course in JupyterLab: python -m helpers lab [--port=N] [JupyterLab's own options]

You work on copies in work/ (or in the folder COURSE_WORK), which nothing here ever overwrites; notebooks/ stays as it was
published. The copies come without outputs, so that a prediction is a prediction. JupyterLab listens on this machine only
and asks for a token.
"""

import hashlib
import json
import os
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    WORK,
    UnreadableNotebookError,
    notebook_files,
    read_notebook,
    way_back,
    write_whole,
)
from helpers.errors import CourseError
from helpers.shadows import check_folder
from helpers.sources import find_mrpc

SETTINGS = Path(__file__).resolve().parent / "lab_settings"
COPIED = ".copied.json"


def for_learners(notebook: Path) -> dict:
    """The content of a notebook file without the instructor's notes, which give answers away."""
    content = read_notebook(notebook)
    content["cells"] = [
        cell
        for cell in content["cells"]
        if cell["metadata"].get("slideshow", {}).get("slide_type") != "notes"
    ]
    return content


def version(notebook: Path) -> str:
    """A short fingerprint of a notebook's text and code; outputs and the instructor's notes do not count."""
    cells = for_learners(notebook)["cells"]
    text = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def without_outputs(notebook: Path) -> str:
    """The text of a notebook file for a learner, as if it had never been run."""
    content = for_learners(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def copy_notebooks(
    source: Path = NOTEBOOKS,
    target: Path = WORK,
    text: Callable[[Path], str] = without_outputs,
) -> list[str]:
    """Copies the notebooks that `target` lacks, as `text` gives them; returns what the user should know, a line each.

    A notebook that is there is left alone. If its reference has changed since it was copied, a line says so.
    """
    target.mkdir(parents=True, exist_ok=True)
    record, lines = target / COPIED, []
    copied = read_record(record)
    if copied is None:
        copied = {notebook.name: version(notebook) for notebook in notebook_files(source)}
        lines.append(
            f"{target.name}/{COPIED} could not be read and is made anew. Your notebooks are left as they are, and taken for "
            f"copies of the present versions."
        )
    for notebook in notebook_files(source):
        mine, current = target / notebook.name, version(notebook)
        if not mine.exists():
            write_whole(mine, text(notebook))
            copied[notebook.name] = current
            lines.append(f"new in {target.name}/: {notebook.name}")
            continue
        try:
            own = version(mine)
        except UnreadableNotebookError as problem:
            lines.append(f"{problem} {way_back(mine)}")
            continue
        if current not in (copied.get(notebook.name), own):
            beside = (
                f"{notebook.stem}-new-{current[:4]}.ipynb"  # never the name of a copy made before
            )
            if not (target / beside).exists():
                lines.append(
                    f"{notebook.name}: a newer version has come out. Yours is left as it is; to have the new one beside it, "
                    f"copy {source.name}/{notebook.name} to {target.name}/{beside}"
                )
    write_whole(record, json.dumps(copied, indent=1) + "\n")
    return lines


def read_record(record: Path) -> dict[str, str] | None:
    """Which version of each notebook was copied, by file name; None if the record cannot be read."""
    if not record.exists():
        return {}
    try:
        copied = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return copied if isinstance(copied, dict) else None


def browser_can_open() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return sys.platform != "linux" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def check_port(options: list[str]) -> None:
    """Raises CourseError where one of `options` names a port that cannot be one."""
    for option in options:
        port = option.removeprefix("--port=")
        if port != option and not (port.isdigit() and 0 < int(port) < 65536):
            raise CourseError(
                f"{option}: {port!r} is no port. Give a number from 1 to 65535, as in PORT=8889."
            )


def lab_command(options: list[str], folder: Path = WORK, settings: Path = SETTINGS) -> list[str]:
    """The command that starts JupyterLab in `folder`, with the defaults in `settings`; `options` come last, so they win."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
    ]
    command.append(f"--LabApp.app_settings_dir={settings}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if not browser_can_open():
        command.append("--no-browser")
    return command + options


def open_lab(
    options: list[str],
    folder: Path = WORK,
    settings: Path = SETTINGS,
    text: Callable[[Path], str] = without_outputs,
) -> int:
    """Copies the notebooks into `folder` and opens JupyterLab there; returns its exit status."""
    check_port(options)
    check_folder(folder)
    source = find_mrpc()
    if os.environ.get("GLUE_DIR"):
        os.environ["GLUE_DIR"] = source.path  # absolute: kernels run in `folder`
    for line in copy_notebooks(target=folder, text=text):
        print(line)
    print(f"MRPC: {source.kind} ({source.origin})", flush=True)
    server = subprocess.Popen(lab_command(options, folder, settings), env=environment_of_kernels())
    return server.wait()  # helpers/__main__.py ends it with this process


def main(arguments: list[str]) -> int:
    return open_lab(arguments)
