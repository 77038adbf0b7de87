"""Installs the course from this folder, the first time, and opens it: python start.py [options of JupyterLab]"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = HERE / "course"
VENV = COURSE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install() -> None:
    """Makes the course's own environment from the wheels in this folder."""
    print("Installing the course from this folder; this takes some minutes, once.", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV]):
        sys.exit(
            "Python could not make an environment. On Debian and Ubuntu: apt install python3-venv"
        )
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-q", "--no-index"]
    if subprocess.call(
        [*pip, "--find-links", HERE / "wheels", "-r", "requirements.txt"], cwd=COURSE
    ):
        sys.exit(
            "Installing failed. The packages are for the system and the Python that README.txt names."
        )
    (VENV / "ready").touch()


if not (VENV / "ready").exists():
    install()
os.environ["HF_HUB_OFFLINE"] = "1"
if (HERE / "glue").exists():
    os.environ.setdefault("GLUE_DIR", str(HERE / "glue"))
command = [str(PYTHON), "-m", "helpers", "lab", *sys.argv[1:]]
os.chdir(COURSE)
if os.name == "posix":
    os.execv(PYTHON, command)  # whoever ends this process ends the course
sys.exit(subprocess.call(command))
