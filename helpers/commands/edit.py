"""Opens the notebooks themselves in JupyterLab, for authors: python -m helpers edit [--port=N] [JupyterLab's own options]

You work in notebooks/, notes and outputs included; `make tidy` puts what you save into its published form. Settings,
workspaces and history are kept in build/edit: nothing is read from or written to your home folder.
"""

import os
import subprocess
from pathlib import Path

from helpers.commands.lab import SETTINGS, check_port, lab_command
from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.notebooks import NOTEBOOKS
from helpers.runs import PROJECT

OWN = PROJECT / "build" / "edit"


def environment(own: Path) -> dict[str, str]:
    """The variables with which JupyterLab and its kernels keep to the folder `own`, and import this checkout's helpers."""
    variables = environment_of_kernels() | {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    if folder := os.environ.get("GLUE_DIR"):
        variables["GLUE_DIR"] = os.path.abspath(folder)  # kernels run in notebooks/
    return variables


def edit(options: list[str], folder: Path = NOTEBOOKS, own: Path = OWN) -> int:
    """Opens JupyterLab on `folder`, with what it keeps for itself in `own`; returns its exit status."""
    check_port(options)
    print("When you have saved: make tidy, then make check.", flush=True)
    server = subprocess.Popen(lab_command(options, folder, SETTINGS), env=environment(own))
    return server.wait()  # helpers/__main__.py ends it with this process


def main(arguments: list[str]) -> int:
    return edit(arguments)
