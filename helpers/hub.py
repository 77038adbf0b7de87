"""Fetching a few files of a dataset from the Hub without ever waiting long for one that is absent, failing or hanging.

The client libraries retry for minutes (measured: 23 s without a Hub, 396 s with one that hangs); a learner offline
should not. The HTTP client, with its proxies and certificates, is huggingface_hub's own.
"""

import hashlib
import re
import socket
import sys
import threading
import time
import urllib.request
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import constants, get_session

# Seconds. No Hub costs at most 5, a Hub that fails or hangs 20, and one that is slow but works may take 60.
CONNECT_LIMIT = 4.5
SILENCE_LIMIT = 12
FETCH_LIMIT = 60


class OutOfReach(Exception):
    """The files cannot be had now; the message completes the sentence "MRPC is out of reach: ..."."""


def host() -> str:
    """The Hub's host (and port, where HF_ENDPOINT names one)."""
    address = constants.ENDPOINT.partition("://")[2] or constants.ENDPOINT
    return address.partition("/")[0].rpartition("@")[2]


def fetch(repository: str, names: list[str]) -> dict[str, bytes]:
    """The contents of the named files of a dataset `repository`, by name. Raises OutOfReach."""
    _within(CONNECT_LIMIT, _connect)
    print(f"Fetching {repository} from {host()} (once, then kept) ...", file=sys.stderr)
    return _within(FETCH_LIMIT, _download, repository, names)


def _connect() -> None:
    """Opens and closes a connection to the Hub, or to the proxy in front of it."""
    proxy = None
    try:
        endpoint = urlsplit(constants.ENDPOINT)
        proxy = urllib.request.getproxies().get(endpoint.scheme)
        if proxy and not urllib.request.proxy_bypass(endpoint.hostname or ""):
            endpoint = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = endpoint.port or (443 if endpoint.scheme == "https" else 80)
        if not endpoint.hostname:
            raise ValueError
    except ValueError:
        what = f"the proxy in {endpoint.scheme}_proxy" if proxy else f"HF_ENDPOINT={host()}"
        raise OutOfReach(f"{what} is no address like https://host:port") from None
    try:
        socket.create_connection((endpoint.hostname, port), timeout=CONNECT_LIMIT - 0.5).close()
    except OSError as error:
        raise OutOfReach(f"no connection to {host()} ({error.strerror or error})") from None


def _download(repository: str, names: list[str]) -> dict[str, bytes]:
    end = time.monotonic() + FETCH_LIMIT
    files = {}
    for name in names:
        url = f"{constants.ENDPOINT}/datasets/{repository}/resolve/main/{name}"
        timeout = (CONNECT_LIMIT, SILENCE_LIMIT, SILENCE_LIMIT, CONNECT_LIMIT)
        try:
            with get_session().stream("GET", url, timeout=timeout) as response:
                if response.status_code != 200:
                    wait = response.headers.get("retry-after", "")
                    raise OutOfReach(
                        f"{host()} answered {response.status_code} {response.reason_phrase} for {name}"
                        + (f" (try again in {wait} s)" if wait.isdigit() else "")
                    )
                content = b""
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > end:
                        raise OutOfReach(
                            f"{host()} was too slow: {name} was not here within {FETCH_LIMIT} s"
                        )
                etags = [
                    answer.headers.get("x-linked-etag", "")
                    for answer in (*response.history, response)
                ]
        except httpx2.TimeoutException:
            raise OutOfReach(
                f"{host()} fell silent for {SILENCE_LIMIT} s while sending {name}"
            ) from None
        except httpx2.HTTPError as error:
            raise OutOfReach(f"{host()} broke off while sending {name} ({error})") from None
        published = re.findall(r"\b[0-9a-f]{64}\b", " ".join(etags))
        if published and hashlib.sha256(content).hexdigest() != published[-1]:
            raise OutOfReach(
                f"{name} was damaged on its way from {host()}: its sha256 is not the one published"
            )
        files[name] = content
    return files


def _within(seconds: float, function, *args):
    """`function(*args)`, given up after `seconds`: a name server or a peer that hangs cannot be interrupted otherwise."""
    outcome = {}

    def run():
        try:
            outcome["value"] = function(*args)
        except BaseException as error:  # handed to the caller below
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise OutOfReach(f"{host()} did not answer within {seconds:g} s")
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
