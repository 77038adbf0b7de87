"""A stand-in for the Hub on this machine: the bundled sample as nyu-mll/glue, a model of yours, and what is pushed to it.

It fails on demand.
"""

import hashlib
import io
import json
import re
import ssl
import threading
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pyarrow
import pyarrow.parquet

from helpers.sources import SAMPLE

DATASET = "nyu-mll/glue"
MODEL = "owner/tiny-bert"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
TRAIN = "mrpc/train-00000-of-00001.parquet"
TEST = "mrpc/test-00000-of-00001.parquet"
CARD = """\
---
configs:
- config_name: ax
  data_files:
  - {split: test, path: ax/test-*}
- config_name: cola
  data_files:
  - {split: train, path: cola/train-*}
- config_name: mrpc
  data_files:
  - {split: train, path: mrpc/train-*}
  - {split: validation, path: mrpc/validation-*}
  - {split: test, path: mrpc/test-*}
---
"""

PUSH = re.compile(r"/api/(repos/create|validate-yaml|models/[^/]+/[^/]+/(preupload|commit)/main)")
OTHERS = {f"{name}-00000-of-00001.parquet": b"not asked for" for name in ("ax/test", "cola/train")}


def flip(content: bytes, position: int) -> bytes:
    """`content` with one bit of the byte at `position` changed."""
    position %= len(content)
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def rewritten(content: bytes, change) -> bytes:
    """A Parquet file with the table that `change` makes of the one in `content`."""
    file = io.BytesIO()
    pyarrow.parquet.write_table(change(pyarrow.parquet.read_table(io.BytesIO(content))), file)
    return file.getvalue()


def with_a_number_too_many(table: pyarrow.Table) -> pyarrow.Table:
    return table.append_column("split", pyarrow.array([0] * table.num_rows))


class HubStandIn:
    """`with HubStandIn(fault) as endpoint:` answers at `endpoint` until the block ends; `requests` lists what was asked.

    As on the real Hub, a file's address answers with a redirect that names its sha256, and another host sends the content;
    with `publishes=False`, as some mirrors do, nothing names it. `fault` is None or one of:

    - "status 500" (or another number; 429 comes with Retry-After), "hang", "slow" (`delay` seconds before every answer)
    - on the way: "hang in the middle", "cut short", "weights cut short", "weights in drops", "flip in the data", "flip in the footer", "flip in the schema"
    - in what is published: "other schema", "other rows", "empty split"

    `model` is a folder whose files are served as the model MODEL. Endpoints are HTTPS with `certificate`, a PEM file.
    `pushed` holds what `push_to_hub` has brought, by repository and file; it is served like MODEL. A push needs some token.
    """

    def __init__(
        self,
        fault: str | None = None,
        publishes: bool = True,
        delay: float = 2,
        model: Path | None = None,
        certificate: Path | None = None,
    ):
        self.fault, self.publishes, self.delay = fault, publishes, delay
        self.requests: list[str] = []
        self.pushed: dict[str, dict[str, bytes]] = {}
        self.files = {"README.md": CARD.encode(), **OTHERS}
        self.files |= {f"mrpc/{file.name}": file.read_bytes() for file in SAMPLE.glob("mrpc/*")}
        self.model = {file.name: file.read_bytes() for file in model.iterdir()} if model else {}
        if fault == "other schema":
            self.files[TRAIN] = rewritten(self.files[TRAIN], with_a_number_too_many)
        if fault == "other rows":
            self.files[TRAIN] = rewritten(self.files[TRAIN], lambda table: table.slice(1))
        if fault == "empty split":
            self.files[TEST] = rewritten(self.files[TEST], lambda table: table.slice(0, 0))
        self.stopped = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                part = f" {self.headers['Range']}" if "Range" in self.headers else ""
                stand_in.requests.append(f"{self.command} {self.path}{part}")
                stand_in.answer(self)

            do_HEAD = do_POST = do_GET

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self.address

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *exc):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if self.fault == "hang":
            self.stopped.wait(100)
            return
        if self.fault == "slow":
            self.stopped.wait(self.delay)
        if self.fault and self.fault.startswith("status"):
            status = int(self.fault.split()[1])
            send(request, status, headers={"Retry-After": "300"} if status == 429 else {})
            return
        path = urlsplit(request.path).path
        about_model = f"/api/models/{MODEL}/revision/"
        resolved = (f"/{name}/resolve/" for name in (f"datasets/{DATASET}", MODEL, *self.pushed))
        if path.startswith("/storage/"):
            self.send_content(request, self.stored(path.removeprefix("/storage/")))
        elif PUSH.fullmatch(path):
            self.take(request, path, asked)
        elif path.startswith(tuple(resolved)):
            repository, _, rest = path[1:].partition("/resolve/")
            self.redirect(request, f"{repository}/{rest.partition('/')[2]}")
        elif path.startswith(f"/api/datasets/{DATASET}"):
            self.describe(request, path.removeprefix(f"/api/datasets/{DATASET}"), asked)
        elif path.startswith(about_model) and self.model:
            siblings = [{"rfilename": name} for name in self.model]
            send(request, 200, {"id": MODEL, "sha": COMMIT, "siblings": siblings})
        else:
            send(request, 404)

    def stored(self, path: str) -> bytes | None:
        """The content of a file by its repository and name; None if there is none."""
        if path.startswith(f"{MODEL}/"):
            return self.model.get(path.removeprefix(f"{MODEL}/"))
        for repository, files in self.pushed.items():
            if path.startswith(f"{repository}/"):
                return files.get(path.removeprefix(f"{repository}/"))
        return self.files.get(path.removeprefix(f"datasets/{DATASET}/"))

    def take(self, request: BaseHTTPRequestHandler, path: str, sent: bytes) -> None:
        """The part of the Hub's interface that `push_to_hub` uses; every file comes in the commit, whatever its size."""
        repository = path.removeprefix("/api/models/").partition("/preupload/")[0]
        repository = repository.partition("/commit/")[0]
        if path == "/api/validate-yaml":
            send(request, 200, {"errors": [], "warnings": []})
        elif not request.headers.get("Authorization", "").startswith("Bearer "):
            send(request, 401, {"error": "Invalid username or password."})
        elif path == "/api/repos/create":
            asked = json.loads(sent)
            repository = f"{asked['organization']}/{asked['name']}"
            self.pushed.setdefault(repository, {})
            send(request, 200, {"url": f"{self.address}/{repository}"})
        elif "/preupload/" in path:
            modes = {"uploadMode": "regular", "shouldIgnore": False}
            files = [{"path": file["path"], **modes} for file in json.loads(sent)["files"]]
            send(request, 200, {"files": files})
        else:
            for line in map(json.loads, sent.splitlines()):
                if line["key"] == "file":
                    content = b64decode(line["value"]["content"])
                    self.pushed[repository][line["value"]["path"]] = content
            url = f"{self.address}/{repository}/commit/{COMMIT}"
            send(request, 200, {"commitUrl": url, "commitOid": COMMIT})

    def redirect(self, request: BaseHTTPRequestHandler, path: str) -> None:
        content = self.stored(path)
        if content is None:
            send(request, 404)
            return
        storage = f"{self.scheme}://localhost:{self.server.server_port}/storage/{path}"
        headers = {"Location": storage, "X-Repo-Commit": COMMIT}
        if self.publishes:
            headers |= {"X-Linked-Etag": f'"{sha256(content)}"'}
            headers |= {"X-Linked-Size": str(len(content))}
        send(request, 302, headers=headers)

    def describe(self, request: BaseHTTPRequestHandler, what: str, asked: bytes) -> None:
        """The part of the Hub's interface that `load_dataset` asks: what the dataset is, and what files it has."""
        files = [
            {"type": "file", "path": name, "size": len(content), "oid": sha256(content)[:40]}
            | {"lfs": {"oid": sha256(content), "size": len(content), "pointerSize": 131}}
            for name, content in self.files.items()
        ]
        if what.startswith("/tree/"):
            folders = sorted({name.split("/")[0] for name in self.files if "/" in name})
            files += [{"type": "directory", "path": name, "oid": COMMIT} for name in folders]
            folder = "/".join(what.split("/")[3:]) or "."
            found = [file for file in files if str(PurePosixPath(file["path"]).parent) == folder]
            send(request, 200 if found else 404, found)
        elif what.startswith("/paths-info/"):
            send(request, 200, [file for file in files if file["path"].encode() in asked])
        elif what.startswith("/revision/") or not what:
            siblings = [{"rfilename": file["path"]} for file in files]
            about = {"private": False, "gated": False, "disabled": False, "tags": []}
            send(
                request,
                200,
                about | {"id": DATASET, "sha": COMMIT, "siblings": siblings, "downloads": 0},
            )
        else:
            send(request, 404)

    def send_content(self, request: BaseHTTPRequestHandler, content: bytes) -> None:
        sent = content
        if self.fault == "flip in the data":
            sent = flip(content, len(content) // 2)
        if self.fault == "flip in the footer":
            sent = flip(content, -12)
        if self.fault == "flip in the schema":
            sent = flip(content, content.index(b64encode(b' "_type": "Value"}')) + 18)
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        sent = sent[start:]
        length = len(sent)
        if self.fault in ("cut short", "hang in the middle"):
            sent = sent[: length // 2]
        weights = request.path.endswith("model.safetensors")
        if self.fault == "weights cut short" and weights:
            sent = sent[: length // 2]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(length))
        request.send_header("ETag", '"storage"')
        request.end_headers()
        drops = self.fault == "weights in drops" and weights
        if request.command != "HEAD":
            while drops and sent and not self.stopped.wait(0.05):
                request.wfile.write(sent[:20_000])
                sent = sent[20_000:]
            request.wfile.write(sent)
            request.wfile.flush()
        if self.fault == "hang in the middle":
            self.stopped.wait(100)
        if self.fault and self.fault.endswith("cut short"):
            request.close_connection = True


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def send(request: BaseHTTPRequestHandler, status: int, content=None, headers=None) -> None:
    if status == 404:
        content = {"error": "Entry not found"}
        headers = {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}
    body = b"" if content is None else json.dumps(content).encode()
    request.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
