"""A place with planted secrets, where notebooks run with every connection beyond loopback refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

from helpers.commands.support.recording import QUIET
from helpers.runs import PROJECT

TOKEN, USER = "hf_PlantedPlantedPlantedPlantedPlanted", "planted-user"

DRIVER = """
import copy, json, sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient
from helpers.commands.support.execution import begin

checkout, output, times, *names = sys.argv[1:]
for name in names:
    (file,) = Path(checkout).glob(f"notebooks/{name}_*.ipynb")
    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    end = nbformat.v4.new_code_cell(
        "import json, helpers, psutil\\n"
        "connections = psutil.Process().net_connections('inet')\\n"
        "ends = [end.ip for pair in connections for end in (pair.laddr, pair.raddr) if end]\\n"
        "print(json.dumps([helpers.__file__, sorted(set(ends))]))"
    )
    notebook.cells = [copy.deepcopy(cell) for _ in range(int(times)) for cell in code] + [end]
    where = {"metadata": {"path": str(file.parent)}}
    begin(NotebookClient(notebook, timeout=900, kernel_name="python3", resources=where))
    (Path(output) / f"{name}.json").write_text(json.dumps(notebook.cells), encoding="utf-8")
"""


class Place:
    """A checkout and a home with planted secrets; `run` executes notebooks there with all connections refused."""

    def __init__(self, checkout: Path, folder: Path):
        self.checkout, self.runs = checkout, folder / "runs"
        self.home, self.guard = folder / "home" / USER, folder / "guard.log"
        self.home.mkdir(parents=True)
        self.guard.touch()
        private = ("HF_", "GLUE_", "COURSE_", "JUPYTER", "IPYTHON", "XDG_", "MPL", "PYTHON")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(private)}
        self.environment = clean | QUIET
        self.environment |= {"HF_TOKEN": TOKEN, "HF_HUB_OFFLINE": "1", "USER": USER}
        self.environment |= {"LOGNAME": USER, "USERNAME": USER, "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment |= {"HOME": str(self.home), "USERPROFILE": str(self.home)}
        self.environment |= {"COURSE_RUNS": str(self.runs), "COURSE_GUARD": str(self.guard)}
        path = [str(PROJECT / "tests" / "support" / "guard"), str(checkout)]
        self.environment["PYTHONPATH"] = os.pathsep.join(path)

    def start(self, output: str, *names: str, times: int = 1) -> subprocess.Popen:
        (self.runs / output).mkdir(parents=True)
        arguments = [str(self.checkout), str(self.runs / output), str(times), *names]
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, *arguments],
            env=self.environment,
            cwd=self.checkout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def results(self, output: str, process: subprocess.Popen) -> dict[str, list]:
        """The executed code cells by notebook, once all have run."""
        log, _ = process.communicate(timeout=1200)
        assert process.returncode == 0, log
        files = (self.runs / output).glob("*.json")
        cells = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
        for notebook in cells.values():
            helpers, ends = json.loads(notebook.pop()["outputs"][0]["text"])
            assert Path(helpers).parent == self.checkout / "helpers"
            assert ends == ["127.0.0.1"]
        return cells


def files_with(folder: Path, *secrets: str) -> list[str]:
    """The files below `folder` that hold one of `secrets`."""
    found = [secret.encode() for secret in secrets]
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(secret in file.read_bytes() for secret in found)
    ]
