"""A stand-in for the Hub on this machine: it serves the bundled sample as nyu-mll/glue, and fails on demand."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from helpers.sources import SAMPLE

FILES = "/datasets/nyu-mll/glue/resolve/main/mrpc/"
STORAGE = "/storage/"


class HubStandIn:
    """`with HubStandIn(fault) as endpoint:` answers at `endpoint` until the block ends; `requests` counts what came.

    As on the real Hub, a file's address answers with a redirect that names its sha256, and storage sends the content.
    `fault` is None, "status 500" (or another number), "hang", "hang in the middle", "cut short", "flip" or "slow".
    """

    def __init__(self, fault: str | None = None):
        self.fault = fault
        self.requests = 0
        self.stopped = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                stand_in.requests += 1
                stand_in.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *exc):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if self.fault == "hang":
            self.stopped.wait(60)
            return
        if self.fault == "slow":
            time.sleep(0.3)
        if self.fault and self.fault.startswith("status"):
            request.send_response(int(self.fault.split()[1]))
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        name = request.path.removeprefix(FILES).removeprefix(STORAGE)
        content = (SAMPLE / "mrpc" / name).read_bytes()
        if request.path.startswith(FILES):
            request.send_response(302)
            request.send_header("Location", STORAGE + name)
            request.send_header("X-Linked-Etag", f'"{hashlib.sha256(content).hexdigest()}"')
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        middle = len(content) // 2
        if self.fault == "flip":
            content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        if self.fault in ("cut short", "hang in the middle"):
            content = content[:middle]
        request.wfile.write(content)
        request.wfile.flush()
        if self.fault == "hang in the middle":
            self.stopped.wait(60)
        if self.fault == "cut short":
            request.close_connection = True
