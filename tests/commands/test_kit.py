"""The kit for a classroom: what is in it, and that it installs and opens where there is no network."""

import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from helpers.commands import kit
from helpers.errors import CourseError
from helpers.runs import PROJECT
from helpers.sources import SAMPLE

# Runs in a network of its own that has nothing but loopback: brings loopback up, starts the kit, asks JupyterLab for its
# status, and runs a notebook.
CLIENT = """
import fcntl, os, re, signal, socket, struct, subprocess, sys, time, urllib.error, urllib.request

probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(probe, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as error:
    print("network:", error.strerror, flush=True)
lab = subprocess.Popen(
    [sys.executable, "start.py", "--no-browser", "--ServerApp.port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
)
for line in lab.stdout:
    print(line, end="", flush=True)
    if address := re.search(r"http://127[.]0[.]0[.]1:(\\d+)/\\S*token=(\\w+)", line):
        break
for attempt in range(100):  # the address is printed a moment before anything listens there
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/api/status?token={address[2]}") as answer:
            print("JupyterLab answers:", answer.status, flush=True)
        break
    except urllib.error.URLError:
        time.sleep(0.2)
os.killpg(lab.pid, signal.SIGTERM)
python = os.path.abspath("course/.venv/bin/python")
script = "from helpers.commands.support.execution import execute; from helpers.commands.support.notebooks import NOTEBOOKS; execute(NOTEBOOKS / '02_loading_mrpc.ipynb'); print('notebook 2 ran')"
sys.exit(subprocess.call([python, "-c", script], cwd="course", env=os.environ | {"HF_HUB_OFFLINE": "1"}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A kit made here, with the wheels that pip gives."""
    folder = tmp_path_factory.mktemp("kit")
    kit.make_kit(folder)
    return folder


@pytest.mark.slow
def test_it_holds_a_wheel_of_every_requirement_the_course_the_site_the_decks_and_a_note(folder):
    wheels = {file.name.split("-")[0].lower() for file in (folder / "wheels").glob("*.whl")}
    for requirement in [*kit.requirements(), kit.BUILD_TOOL]:
        name = requirement.split("=")[0].split(">")[0]
        assert name.lower().replace("-", "_") in wheels, requirement
    assert (folder / "course/notebooks/01_one_training_step.ipynb").exists()
    assert (folder / "site/index.html").exists()
    assert len(list((folder / "slides").glob("[0-9]*.html"))) == len(
        list((PROJECT / "notebooks").glob("[0-9]*.ipynb"))
    )
    note = (folder / "README.txt").read_text(encoding="utf-8")
    assert "MACHINE" not in note and "DATA" not in note and "no MRPC" in note


@pytest.mark.slow
def test_it_installs_and_opens_where_there_is_no_network(folder, tmp_path):
    alone = ["unshare", "--net", "--map-root-user"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "true"], capture_output=True).returncode
    ):
        pytest.skip("this machine makes no network namespaces")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}
    done = subprocess.run(
        [*alone, sys.executable, "-c", CLIENT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "network: Network is unreachable" in done.stdout
    assert "JupyterLab answers: 200" in done.stdout and "notebook 2 ran" in done.stdout


@pytest.mark.parametrize("kind", ("full", "bundled sample"))
def test_mrpc_goes_into_the_kit_only_where_it_is_the_full_one(kind, tmp_path, monkeypatch):
    source = SimpleNamespace(kind=kind, path=str(SAMPLE), origin="here")
    monkeypatch.setattr(kit, "find_mrpc", lambda: source)
    monkeypatch.setattr(kit, "download_wheels", lambda target: None)
    data = kit.make_kit(tmp_path / "kit")
    assert (tmp_path / "kit/glue/mrpc").exists() == (kind == "full")
    assert (tmp_path / "kit/site/glossary.html").exists()
    assert data in (tmp_path / "kit/README.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("has_pip", "message"),
    [
        (True, "its message above says why. Making the kit needs a network"),
        (False, "has none; those made by uv do not. Install it"),
    ],
)
def test_where_the_wheels_cannot_be_downloaded_the_cause_is_named_and_the_old_kit_stays(
    tmp_path, monkeypatch, has_pip, message
):
    files = [
        tmp_path / "kit" / part / "old" for part in ("course", "glue", "site", "slides", "wheels")
    ]
    for file in files:
        file.parent.mkdir(parents=True)
        file.touch()
    monkeypatch.setattr(kit, "require_sphinx", lambda: None)
    monkeypatch.setattr(kit.importlib.util, "find_spec", lambda name: has_pip)
    monkeypatch.setattr(kit.subprocess, "call", lambda command: 1)
    with pytest.raises(CourseError, match=message):
        kit.make_kit(tmp_path / "kit")
    assert all(file.exists() for file in files)
