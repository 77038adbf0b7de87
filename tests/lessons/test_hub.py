"""A Hub that is not there, fails, hangs, is slow or sends broken files: what the course makes of it, and how soon.

For the data, `glue_path()`; for a model that COURSE_CHECKPOINT names, `checkpoint_path()`.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from datasets import load_dataset
from huggingface_hub import constants
from transformers import AutoModel, AutoTokenizer

from helpers import hub, mrpc, sources
from helpers.sources import SAMPLE, SourceError
from tests.support import hub_stand_in
from tests.support.hub_stand_in import DATASET, MODEL, TRAIN, HubStandIn
from tests.support.tiny_bert import save_tiny_bert

SPLITS = mrpc.read_splits(SAMPLE)
SAMPLE_ROWS = {split: table.num_rows for split, table in SPLITS.items()}
FETCHED_NOW = "the Hub, fetched now"


@pytest.fixture
def serve(home, monkeypatch):
    """Makes a HubStandIn the Hub for a `with` block; the sample's rows count as the full MRPC's."""
    monkeypatch.setattr(mrpc, "PUBLISHED", mrpc.row_digests(SPLITS))

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
    """What the course has left under HF_HOME, by name."""
    return sorted(file.name for file in home.glob("mrpc-course/*"))


def is_the_sample(path):
    return mrpc.row_digests(mrpc.read_splits(Path(path))) == mrpc.row_digests(SPLITS)


def test_mrpc_is_fetched_once_and_then_read_from_this_machine(serve, monkeypatch, capsys):
    with serve() as stand_in:
        path = sources.glue_path()
        assert len(stand_in.requests) == 6
        assert sources.glue_path() == path
        assert len(stand_in.requests) == 6
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    source = sources.find_mrpc()
    assert (source.path, source.kind) == (path, "full")
    assert source.origin == "the Hub, kept on this machine"
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
    "other rows": (("other rows", False), "is not MRPC: its ", " rows are not the published"),
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
    assert kept(home) == [Path(path).name]
    assert is_the_sample(path)
    assert load_dataset(path, "mrpc").num_rows == SAMPLE_ROWS
    shutil.rmtree(path)

    with serve():
        source = sources.find_mrpc()
    assert (source.kind, source.origin) == ("full", FETCHED_NOW)
    assert load_dataset(source.path, "mrpc").num_rows == SAMPLE_ROWS
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
    assert "did not answer in time" in notice or "is slow: " in notice


def test_other_rows_than_the_published_ones_are_not_taken_for_mrpc(home, monkeypatch, capsys):
    with HubStandIn() as endpoint:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        assert sources.find_mrpc().kind == "bundled sample"
        assert (
            f"{mrpc.slashed(SPLITS)} rows are not the published ones" in sources.find_mrpc().origin
        )


def test_a_broken_copy_is_fetched_again(serve, home):
    with serve():
        path = sources.glue_path()
        next(home.rglob("train-*.parquet")).write_bytes(b"broken")
        source = sources.find_mrpc()
        assert (source.path, source.origin) == (path, FETCHED_NOW)
    assert is_the_sample(path)


def test_a_name_server_that_hangs_costs_at_most_5_seconds(serve, monkeypatch):
    monkeypatch.setattr(hub.socket, "create_connection", lambda *args, **kwargs: time.sleep(30))
    start = time.perf_counter()
    with serve():
        assert "did not answer in time" in sources.find_mrpc().origin
    assert time.perf_counter() - start < 5


# In processes of their own, as notebooks have them

LOAD = f"""
import json, sys, time
from helpers import mrpc, sources
mrpc.PUBLISHED = {mrpc.row_digests(SPLITS)}
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
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HF_", "GLUE_", "COURSE_", "SSL_")) and "proxy" not in key.lower()
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
    assert is_the_sample(path)
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
    assert path == other and is_the_sample(path)
    assert rows == other_rows == SAMPLE_ROWS
    assert "out of reach" not in notice
    assert kept(tmp_path / "home") == [Path(path).name]


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
        assert len(mrpc.read_splits(file.parents[1])) == 3, "reading alone finds nothing"
    with serve():
        source = sources.find_mrpc()
    assert source.origin == FETCHED_NOW
    assert is_the_sample(source.path)


# A model that COURSE_CHECKPOINT names


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A folder with a tiny BERT and its tokenizer."""
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def serve_model(serve, tiny, monkeypatch):
    """As `serve`, with the tiny BERT on the stand-in, and COURSE_CHECKPOINT naming it."""
    monkeypatch.setenv("COURSE_CHECKPOINT", MODEL)
    return lambda *arguments, **options: serve(*arguments, **{"model": tiny} | options)


def out_of_reach():
    """What a learner reads when checkpoint_path() cannot give the model."""
    with pytest.raises(SourceError) as raised:
        sources.checkpoint_path()
    return str(raised.value)


def test_a_model_is_fetched_once_and_then_loaded_without_the_hub(serve_model, tiny, monkeypatch):
    with serve_model() as stand_in:
        path = sources.checkpoint_path()
        asked = len(stand_in.requests)
        assert sources.checkpoint_path() == path
        assert AutoModel.from_pretrained(path).config.hidden_size == 32
        assert len(AutoTokenizer.from_pretrained(path)) == 30522
        assert len(stand_in.requests) == asked
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert sources.checkpoint_path() == path
    assert not list(Path(path).glob("*.part"))
    assert (Path(path) / "model.safetensors").read_bytes() == (
        tiny / "model.safetensors"
    ).read_bytes()


MODEL_FAULTS = {
    "500": (("status 500",), f"answered 500 Internal Server Error for {MODEL}"),
    "401": (("status 401",), f"answered 401 Unauthorized for {MODEL}", "hf auth login"),
    "hang": (("hang",), f"fell silent for 1 s while sending {MODEL}"),
    "hang in the middle": (
        ("hang in the middle",),
        "fell silent for 1 s while sending config.json",
    ),
    "cut short": (("cut short",), "broke off while sending config.json"),
    "flip in the data": (("flip in the data",), "config.json was damaged on its way", "sha256"),
}


@pytest.mark.parametrize("fault", MODEL_FAULTS)
def test_a_hub_that_fails_for_a_model_is_one_error_and_the_next_try_gets_the_model(
    serve_model, monkeypatch, fault
):
    arguments, *causes = MODEL_FAULTS[fault]
    monkeypatch.setattr(hub, "SILENCE_LIMIT", 1)
    start = time.perf_counter()
    with serve_model(*arguments):
        message = out_of_reach()
    assert time.perf_counter() - start < 20
    for part in (
        f"COURSE_CHECKPOINT={MODEL}: ",
        *causes,
        f"hf download {MODEL}",
        "or unset COURSE_",
    ):
        assert part in message
    with serve_model():
        assert Path(sources.checkpoint_path(), "model.safetensors").is_file()


def test_two_notebooks_that_fetch_a_model_at_once_share_one_fetch(tmp_path, tiny):
    stand_in = HubStandIn("slow", delay=0.5, model=tiny)
    with stand_in as endpoint:
        processes = [
            start_process(tmp_path, FIND, COURSE_CHECKPOINT=MODEL, HF_ENDPOINT=endpoint)
            for _ in range(2)
        ]
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        (_, path, _), (_, other, _) = map(finish, processes)
    assert path == other and Path(path, "model.safetensors").is_file()
    fetched = [each for each in stand_in.requests if "/storage/" in each and "model.safe" in each]
    assert len(fetched) == 1


def test_a_broken_copy_of_a_model_is_fetched_again(serve_model):
    with serve_model():
        path = sources.checkpoint_path()
        Path(path, "model.safetensors").write_bytes(b"broken")
        assert sources.checkpoint_path() == path
    AutoModel.from_pretrained(path)


def test_weights_that_were_cut_short_go_on_from_what_has_arrived(serve_model, home, tiny):
    with serve_model("weights cut short"):
        assert "broke off while sending model.safetensors" in out_of_reach()
    (part,) = home.rglob("model.safetensors.part")
    arrived = part.stat().st_size
    assert 0 < arrived < (tiny / "model.safetensors").stat().st_size
    with serve_model() as stand_in:
        path = sources.checkpoint_path()
    assert [request for request in stand_in.requests if request.endswith(f"bytes={arrived}-")]
    assert not [request for request in stand_in.requests if "config.json" in request]
    assert (Path(path) / "model.safetensors").read_bytes() == (
        tiny / "model.safetensors"
    ).read_bytes()


def test_weights_that_are_too_slow_are_given_up_and_say_how_much_has_arrived(
    serve_model, monkeypatch
):
    monkeypatch.setattr(hub, "FETCH_LIMIT", 3)
    start = time.perf_counter()
    with serve_model("weights in drops"):
        message = out_of_reach()
    assert time.perf_counter() - start < 6
    assert re.search(r"is slow: \d\.\d of 4\.\d MB of model\.safetensors have arrived", message)


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "no connection to 127.0.0.1:9 ("),
        ({"HF_ENDPOINT": "http://hub.invalid"}, "no connection to hub.invalid"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set, and it was not fetched before"),
    ],
    ids=["refused", "unresolvable", "offline"],
)
def test_without_a_hub_a_model_is_one_error_within_5_seconds(tmp_path, environment, cause):
    seconds, message, _ = finish(
        start_process(
            tmp_path, FIND, COURSE_CHECKPOINT="google-bert/bert-base-uncased", **environment
        )
    )
    assert seconds < 5
    assert "COURSE_CHECKPOINT=google-bert/bert-base-uncased: there is no such f" in message
    assert cause in message
    assert "or unset COURSE_CHECKPOINT to use the packaged MiniLM" in message


FIND = """
import json, sys, time
from helpers.sources import SourceError, checkpoint_path
print("ready", flush=True)
sys.stdin.readline()
start = time.perf_counter()
try:
    message = checkpoint_path()
except SourceError as error:
    message = str(error)
print(json.dumps([time.perf_counter() - start, message]))
"""


def test_a_model_in_the_hubs_cache_is_used_without_a_fetch(serve_model, home, tiny):
    with serve_model() as stand_in:
        cached = home / "hub" / f"models--{MODEL.replace('/', '--')}"
        shutil.copytree(tiny, cached / "snapshots" / hub_stand_in.COMMIT)
        (cached / "refs").mkdir()
        (cached / "refs" / "main").write_text(hub_stand_in.COMMIT)
        assert sources.checkpoint_path() == str(cached / "snapshots" / hub_stand_in.COMMIT)
    assert stand_in.requests == []


UNUSABLE = {
    "no safetensors": ("model.safetensors", None, "it has no model.safetensors"),
    "no tokenizer": ("tokenizer.json", None, "it has no tokenizer"),
    "a DistilBERT": (
        "config.json",
        b'{"model_type": "distilbert"}',
        "it is a model of the kind distilbert",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_is_no_model_for_the_notebooks_is_refused_before_its_weights_are_fetched(
    serve_model, tiny, tmp_path, case
):
    name, content, cause = UNUSABLE[case]
    spoiled = shutil.copytree(tiny, tmp_path / "spoiled")
    (spoiled / name).write_bytes(content) if content else (spoiled / name).unlink()
    with serve_model(model=spoiled) as stand_in:
        assert f"COURSE_CHECKPOINT={MODEL} cannot be used: {cause}" in out_of_reach()
    assert not [request for request in stand_in.requests if "model.safetensors" in request]


# Certificates and proxies


@pytest.fixture
def listening():
    """The port of something that accepts connections and never answers, as a proxy would be."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


NETWORKS = {
    "certificates that are gone": (
        {"SSL_CERT_FILE": "/nowhere/company.pem"},
        "the certificates in SSL_CERT_FILE=/nowhere/company.pem cannot be read (No such file or dir",
        "or unset it",
    ),
    "certificates that are none": (
        {"SSL_CERT_FILE": __file__},
        f"the certificates in SSL_CERT_FILE={__file__} cannot be read (",
        "correct SSL_CERT_FILE",
    ),
    "a SOCKS proxy": (
        {"https_proxy": "socks5://127.0.0.1:PORT"},
        "https_proxy names a SOCKS proxy, and the package for these is missing",
        "pip install socksio",
    ),
    "a SOCKS proxy for everything": (
        {"ALL_PROXY": "socks5h://127.0.0.1:PORT"},
        "all_proxy names a SOCKS proxy",
        "pip install socksio",
    ),
    "a scheme that curl knows": (
        {"ALL_PROXY": "socks://127.0.0.1:PORT"},
        "the proxy in all_proxy is no address like http://host:port, or socks5://host:port",
    ),
    "a proxy without a port": (
        {"https_proxy": "http://127.0.0.1:http"},
        "the proxy in https_proxy is no address like http://host:port",
    ),
    "a proxy that is not there": (
        {"https_proxy": "http://127.0.0.1:9"},
        "no connection to hub.invalid through the proxy 127.0.0.1:9 that https_proxy names (",
    ),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_certificates_and_proxies_that_do_not_work_are_named_with_their_remedy_and_the_sample_comes(
    tmp_path, listening, case
):
    environment, *causes = NETWORKS[case]
    environment = {key: value.replace("PORT", str(listening)) for key, value in environment.items()}
    path, seconds, rows, notice = finish(
        start_process(tmp_path, HF_ENDPOINT="https://hub.invalid", **environment)
        if "proxy" in "".join(environment).lower()
        else start_process(tmp_path, HF_ENDPOINT=f"https://127.0.0.1:{listening}", **environment)
    )
    assert rows == SAMPLE_ROWS and is_the_sample(path) and seconds < 5
    for cause in ("MRPC is out of reach: ", *causes):
        assert cause in notice
    assert "cannot be kept" not in notice and "Traceback" not in notice


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_named_with_its_remedy(tmp_path):
    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", pem], check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_bytes(pem.read_bytes() + key.read_bytes())
    with HubStandIn(certificate=both) as endpoint:
        *_, notice = finish(start_process(tmp_path, HF_ENDPOINT=endpoint))
        assert "cannot be verified (CERTIFICATE_VERIFY_FAILED)" in notice
        assert "set SSL_CERT_FILE to a file with the organization's certificate (PEM)" in notice
        trusted = {"HF_ENDPOINT": endpoint, "SSL_CERT_FILE": str(pem)}
        *_, notice = finish(start_process(tmp_path, **trusted))
        assert "out of reach" not in notice
