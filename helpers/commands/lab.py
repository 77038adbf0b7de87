"""Opens the course in JupyterLab: python -m helpers lab [--port=N] [JupyterLab's own options]

You work on copies in work/ (or in the folder COURSE_WORK), which nothing here ever overwrites; notebooks/ stays as it was
published. The copies come without outputs, so that a prediction is a prediction. It opens on a start page, with the map of
the notebooks and how far you are. JupyterLab listens on this machine only and asks for a token.
"""

import os
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

from helpers.commands.support.copies import copy_notebooks, without_outputs
from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.notebooks import WORK
from helpers.commands.support.start_page import write_start_page
from helpers.errors import CourseError
from helpers.shadows import check_folder
from helpers.sources import find_mrpc

SETTINGS = Path(__file__).resolve().parent / "lab_settings"


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


def door(folder: Path) -> list[str]:
    """Writes the start page in `folder`; returns the options that open JupyterLab on it.

    Which tabs were open is remembered in `folder`, so that they are this course's.
    """
    return [
        f"--LabApp.default_url=/lab/tree/{write_start_page(folder).name}",
        f"--LabApp.workspaces_dir={folder / '.jupyter' / 'workspaces'}",
    ]


def open_lab(
    options: list[str],
    folder: Path = WORK,
    settings: Path = SETTINGS,
    text: Callable[[Path], str] = without_outputs,
    start_page: bool = True,
) -> int:
    """Copies the notebooks into `folder` and opens JupyterLab there, on the start page; returns its exit status."""
    check_port(options)
    check_folder(folder)
    source = find_mrpc()
    if os.environ.get("GLUE_DIR"):
        os.environ["GLUE_DIR"] = source.path  # absolute: kernels run in `folder`
    for line in copy_notebooks(target=folder, text=text):
        print(line)
    if start_page:
        options = [*door(folder), *options]
    print(f"MRPC: {source.kind} ({source.origin})", flush=True)
    server = subprocess.Popen(lab_command(options, folder, settings), env=environment_of_kernels())
    return server.wait()  # helpers/__main__.py ends it with this process


def main(arguments: list[str]) -> int:
    return open_lab(arguments)
