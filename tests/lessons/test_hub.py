"""A Hub that is not there, fails, hangs, is slow or sends broken files: what glue_path() makes of it, and how soon."""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from datasets import load_dataset
from huggingface_hub import constants

from helpers import hub, sources
from helpers.sources import SAMPLE, OutOfReach
from tests.support import hub_stand_in
from tests.support.hub_stand_in import DATASET, TRAIN, HubStandIn

SAMPLE_ROWS = sources._check(SAMPLE)
FETCHED = "nyu-mll--glue-"


@pytest.fixture
def serve(home, monkeypatch):
    """Makes a HubStandIn the Hub for a `with` block; the sample's row counts count as the full MRPC's."""
    monkeypatch.setattr(
        sources, "_from_hub", functools.partial(sources._from_hub, rows=SAMPLE_ROWS)
    )

    @contextlib.contextmanager
    def start(*arguments, **options):
        stand_in = HubStandIn(*arguments, **options)
        with stand_in as endpoint, monkeypatch.context() as patch:
            patch.setattr(constants, "ENDPOINT", endpoint)
            yield stand_in

    return start


def notices(capsys):
    """What a learner reads about the data, as one line each."""
    return [
        " ".join(text.split()) for text in ("\n" + capsys.readouterr().err).split("\nNotice: ")[1:]
    ]


def kept(home):
    """The folders of data under HF_HOME, by the beginnings of their names; drafts have none."""
    return sorted(folder.name.rsplit("-", 1)[0] for folder in home.glob("mrpc-course/*"))


def test_mrpc_is_fetched_once_and_then_read_from_this_machine(serve, monkeypatch, capsys):
    with serve() as stand_in:
        path = sources.glue_path()
        assert len(stand_in.requests) == 6
        assert sources.glue_path() == path
        assert len(stand_in.requests) == 6
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert sources.find_mrpc() == sources.Source(path, "full", "the Hub, kept on this machine")
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS
    assert notices(capsys) == []


FAULTS = {
    "500": (("status 500",), "answered 500 Internal Server Error for mrpc/train-"),
    "401": (("status 401",), "answered 401 Unauthorized for mrpc/train-"),
    "429": (("status 429",), "answered 429 Too Many Requests for mrpc/train-", "in 300 s"),
    "hang": (("hang",), "fell silent for 1 s while sending mrpc/train-"),
    "hang in the middle": (("hang in the middle",), "fell silent for 1 s while sending mrpc/train"),
    "cut short": (("cut short",), "broke off while sending mrpc/train-"),
    "flip in the data": (("flip in the data",), "was damaged on its way", "sha256"),
    "flip in the footer": (("flip in the footer",), "was damaged on its way", "sha256"),
    "flip in a footer that nobody vouches for": (("flip in the footer", False), "cannot be read"),
    "flip in a schema that nobody vouches for": (("flip in the schema", False), "cannot be read"),
    "other schema": (("other schema",), "is not MRPC: mrpc/train-", "the columns", "idx, split"),
    "empty split": (("empty split",), "is not MRPC: its split test has no rows"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_hub_that_fails_is_named_in_one_notice_and_the_next_try_gets_the_data(
    serve, home, monkeypatch, capsys, fault
):
    arguments, *causes = FAULTS[fault]
    monkeypatch.setattr(hub, "SILENCE_LIMIT", 1)
    start = time.perf_counter()
    with serve(*arguments):
        path = sources.glue_path()
        seconds = time.perf_counter() - start
    assert seconds < 20
    (notice,) = notices(capsys)
    assert notice.startswith("MRPC is out of reach: ")
    assert all(cause in notice for cause in causes), notice
    assert "bundled sample" in notice and "set GLUE_DIR" in notice
    assert kept(home) == ["sample"]
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS

    with serve():
        path = sources.glue_path()
    assert Path(path).name.startswith(FETCHED)
    assert sources._files_in(Path(path)) == sources._files_in(SAMPLE)
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS
    assert notices(capsys) == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["hang", "hang in the middle"])
def test_a_hub_that_hangs_costs_at_most_20_seconds(serve, capsys, fault):
    start = time.perf_counter()
    with serve(fault):
        sources.glue_path()
        assert hub.SILENCE_LIMIT <= time.perf_counter() - start < 20
    assert "fell silent for 12 s" in notices(capsys)[0]


@pytest.mark.slow
def test_a_hub_that_takes_2_seconds_for_every_answer_gives_the_data_within_60(serve, capsys):
    start = time.perf_counter()
    with serve("slow", delay=2):
        path = sources.glue_path()
        assert 6 * 2 <= time.perf_counter() - start < 60
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS
    assert notices(capsys) == []


def test_a_hub_that_is_too_slow_is_given_up(serve, home, monkeypatch, capsys):
    monkeypatch.setattr(hub, "FETCH_LIMIT", 0.8)
    with serve("slow", delay=0.5):
        sources.glue_path()
    (notice,) = notices(capsys)
    assert "did not answer within 0.8 s" in notice or "was too slow" in notice
    assert kept(home) == ["sample"]


def test_data_with_other_row_counts_are_not_taken_for_mrpc(home, monkeypatch):
    with HubStandIn() as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        with pytest.raises(OutOfReach, match="rows, not 3668 / 408 / 1725"):
            sources._from_hub(str(home))
    assert not list(home.rglob("*.parquet"))


def test_a_broken_copy_is_fetched_again(serve, home):
    with serve():
        path = sources.glue_path()
        next(home.rglob("train-*.parquet")).write_bytes(b"broken")
        assert sources.find_mrpc() == sources.Source(path, "full", "the Hub, fetched now")


def test_a_home_that_cannot_be_written_is_named(tmp_path, serve):
    (tmp_path / "file").write_text("a file where a folder should be")
    with serve(), pytest.raises(OutOfReach, match="cannot be kept under"):
        sources._from_hub(str(tmp_path / "file"))


def test_a_name_server_that_hangs_costs_at_most_5_seconds(serve, monkeypatch):
    monkeypatch.setattr(hub.socket, "create_connection", lambda *args, **kwargs: time.sleep(30))
    start = time.perf_counter()
    with serve(), pytest.raises(OutOfReach, match="did not answer within"):
        sources._from_hub(constants.HF_HOME)
    assert time.perf_counter() - start < 5


# In processes of their own, as notebooks have them

LOAD = f"""
import functools, json, sys, time
from helpers import sources
sources._from_hub = functools.partial(sources._from_hub, rows={SAMPLE_ROWS})
print("ready", flush=True)
sys.stdin.readline()
start = time.perf_counter()
path = sources.glue_path()
seconds = time.perf_counter() - start
from datasets import load_dataset
print(json.dumps([path, seconds, load_dataset(path, "mrpc").num_rows]))
"""


def start_process(folder, code=LOAD, **environment):
    """Starts a process that waits for a line before it does what `code` says, with HF_HOME in `folder`."""
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("HF_", "GLUE_"))
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=clean | {"HF_HOME": str(folder / "home")} | environment,
        text=True,
        **pipes,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process):
    """The last line that the process printed, as JSON, and what it wrote on stderr, as one line."""
    out, err = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, err
    return (*json.loads(out.splitlines()[-1]), " ".join(err.split()))


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "no connection to 127.0.0.1:9 ("),
        ({"HF_ENDPOINT": "http://hub.invalid"}, "no connection to hub.invalid"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set, and MRPC was not fetched before"),
    ],
    ids=["refused", "unresolvable", "offline"],
)
def test_without_a_hub_the_sample_comes_within_5_seconds_with_a_notice(
    tmp_path, environment, cause
):
    path, seconds, rows, notice = finish(start_process(tmp_path, **environment))
    assert sources._files_in(Path(path)) == sources._files_in(SAMPLE)
    assert rows == SAMPLE_ROWS
    assert seconds < 5
    assert notice.count("MRPC is out of reach") == 1
    assert f"MRPC is out of reach: {cause}" in notice


def test_two_notebooks_that_fetch_at_once_both_succeed(tmp_path):
    stand_in = HubStandIn("slow", delay=0.5)
    with stand_in as endpoint:
        processes = [start_process(tmp_path, HF_ENDPOINT=endpoint) for _ in range(2)]
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        (path, _, rows, notice), (other, _, other_rows, _) = map(finish, processes)
    assert len(stand_in.requests) == 12, "they did not fetch at once"
    assert path == other and Path(path).name.startswith(FETCHED)
    assert rows == other_rows == SAMPLE_ROWS
    assert "out of reach" not in notice
    assert kept(tmp_path / "home") == ["nyu-mll--glue"]


# What plain load_dataset has left in the Hub's cache

PLAIN = f"""
import json, sys
from datasets import load_dataset
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps([load_dataset("{DATASET}", "mrpc").num_rows]))
"""


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """An HF_HOME in which plain load_dataset has put MRPC from a HubStandIn."""
    folder = tmp_path_factory.mktemp("filled")
    with HubStandIn() as endpoint:
        rows, _ = finish(start_process(folder, PLAIN, HF_ENDPOINT=endpoint))
    assert rows == SAMPLE_ROWS
    return folder / "home"


def test_what_plain_load_dataset_fetched_is_used_without_a_fetch(filled, serve, home):
    shutil.copytree(filled / "hub", home / "hub", symlinks=True)
    with serve() as stand_in:
        assert sources.find_mrpc().origin == "the Hub's cache on this machine"
    assert stand_in.requests == []


@pytest.mark.parametrize("position", [-12, 481], ids=["footer", "data"])
def test_a_broken_file_in_the_hubs_cache_is_not_used(filled, serve, home, position):
    shutil.copytree(filled / "hub", home / "hub", symlinks=True)
    (file,) = home.glob(f"hub/datasets--nyu-mll--glue/snapshots/*/{TRAIN}")
    file.write_bytes(hub_stand_in.flip(file.read_bytes(), position))
    if position > 0:
        assert sources._check(file.parents[1]) == SAMPLE_ROWS, "reading alone finds nothing"
    with serve():
        source = sources.find_mrpc()
    assert source.origin == "the Hub, fetched now"
    assert sources._files_in(Path(source.path)) == sources._files_in(SAMPLE)
