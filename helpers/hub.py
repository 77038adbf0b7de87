"""Fetching a few files from the Hub without ever waiting long for one that is absent, failing or hanging.

The client libraries retry for minutes (measured: 23 s without a Hub, 396 s with one that hangs); a learner offline
should not. The HTTP client, with its proxies and certificates, is huggingface_hub's own.
"""

import hashlib
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
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
    """The Hub's host (and port, where HF_ENDPOINT names one); HF_ENDPOINT as it is where it is no address."""
    try:
        found = urlsplit(constants.ENDPOINT).netloc.rpartition("@")[2]
    except ValueError:
        found = ""
    return found or constants.ENDPOINT


def start(repository: str) -> float:
    """Connects to the Hub and says that `repository` is being fetched; returns when the fetch must be over, in monotonic seconds.

    Raises OutOfReach.
    """
    end = time.monotonic() + FETCH_LIMIT
    _within(CONNECT_LIMIT, _connect)
    print(f"Fetching {repository} from {host()} (once, then kept) ...", file=sys.stderr)
    return end


def list_model(repository: str, end: float) -> tuple[str, list[str]]:
    """A model's newest commit on the Hub, and the names of its files. Raises OutOfReach."""

    def ask() -> tuple[str, list[str]]:
        with _answer(f"api/models/{repository}/revision/main", repository) as response:
            try:
                about = json.loads(response.read())
                return about["sha"], [file["rfilename"] for file in about["siblings"]]
            except (ValueError, TypeError, KeyError):
                raise OutOfReach(f"{host()} does not say which files {repository} has") from None

    return _within(end - time.monotonic(), ask)


def download(address: str, names: list[str], folder: Path, end: float) -> None:
    """Puts the named files below `address` on the Hub into `folder`, under the same names; those that are there stay.

    What has arrived of a file stays, too, as NAME.part, and the next call goes on from there. Raises OutOfReach, and
    OSError for `folder`.
    """
    for name in names:
        if not (folder / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _within(end - time.monotonic(), _download, address, name, folder, end)


def _download(address: str, name: str, folder: Path, end: float) -> None:
    part = folder / f"{name}.part"
    arrived = part.stat().st_size if part.exists() else 0
    with _answer(f"{address}/{name}", name, start=arrived) as response, part.open("ab") as target:
        if response.status_code == 200:  # the whole file, not its rest
            target.truncate(0)
            arrived = 0
        total = arrived + int(response.headers.get("content-length", 0))
        for chunk in response.iter_raw() if response.status_code != 416 else ():
            if time.monotonic() > end - 0.5:
                raise OutOfReach(
                    f"{host()} is slow: {arrived / 1e6:.1f} of {total / 1e6:.1f} MB of {name} have arrived within "
                    f"{FETCH_LIMIT:g} s"
                )
            target.write(chunk)
            arrived += len(chunk)
        answers = [*response.history, response]
    etags = " ".join(answer.headers.get("x-linked-etag", "") for answer in answers)
    published = re.findall(r"\b[0-9a-f]{64}\b", etags)
    with part.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if published and found != published[-1]:
        part.unlink()
        raise OutOfReach(
            f"{name} was damaged on its way from {host()}: its sha256 is not the one published"
        )
    part.rename(folder / name)


@contextmanager
def _answer(path: str, what: str, start: int = 0):
    """The Hub's answer, as a stream, to a request for `path`, from byte `start` on. Raises OutOfReach."""
    timeout = httpx2.Timeout(SILENCE_LIMIT, connect=CONNECT_LIMIT, pool=CONNECT_LIMIT)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    url = f"{constants.ENDPOINT}/{path}"
    try:
        with _client().stream("GET", url, timeout=timeout, headers=headers) as response:
            # 416: nothing is left to send after byte `start`
            if response.status_code not in (200, 206, 416 if start else 200):
                wait = response.headers.get("retry-after", "")
                raise OutOfReach(
                    f"{host()} answered {response.status_code} {response.reason_phrase} for {what}"
                    + (f" (try again in {wait} s)" if wait.isdigit() else "")
                )
            yield response
    except httpx2.TimeoutException:
        raise OutOfReach(
            f"{host()} fell silent for {SILENCE_LIMIT} s while sending {what}"
        ) from None
    except httpx2.HTTPError as error:
        if isinstance(_root(error), ssl.SSLError):
            raise OutOfReach(
                f"the certificate of {host()} cannot be verified ({_root(error).reason}); if your organization inspects "
                f"its traffic, set SSL_CERT_FILE to a file with the organization's certificate (PEM)"
            ) from None
        raise OutOfReach(f"{host()} broke off while sending {what} ({error})") from None


def _root(error: BaseException) -> BaseException:
    """What `error` began with."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    return error


def _client() -> httpx2.Client:
    """huggingface_hub's HTTP client. Raises OutOfReach where the environment does not let it be made."""
    try:
        return get_session()
    except OSError as error:  # it reads the files of certificates
        names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        given = " and ".join(f"{name}={os.environ[name]}" for name in names)
        raise OutOfReach(
            f"the certificates in {given} cannot be read ({error.strerror or error}); correct {' and '.join(names)}, "
            f"or unset it to use the usual certificates"
        ) from None
    except ImportError:
        raise OutOfReach(
            f"{_proxy()[0]} names a SOCKS proxy, and the package for these is missing; install it with "
            f"`pip install socksio`, or name an HTTP proxy (http://host:port)"
        ) from None
    except (ValueError, httpx2.InvalidURL):
        raise _no_address(_proxy()[0]) from None


def _no_address(name: str) -> OutOfReach:
    return OutOfReach(
        f"the proxy in {name} is no address like http://host:port, or socks5://host:port for a SOCKS proxy"
    )


def _proxy() -> tuple[str, str]:
    """The environment variable that names a proxy for the Hub, and what it says; both empty where there is none."""
    scheme = constants.ENDPOINT.split(":")[0]
    found = urllib.request.getproxies()
    for each in (scheme, "all"):
        if found.get(each):
            return f"{each}_proxy", found[each]
    return "", ""


def _connect() -> None:
    """Opens and closes a connection to the Hub, or to the proxy in front of it."""
    try:
        target = urlsplit(constants.ENDPOINT)
        port = target.port or (443 if target.scheme == "https" else 80)
        if not target.hostname or target.scheme not in ("http", "https"):
            raise ValueError
    except ValueError:
        raise OutOfReach(
            f"HF_ENDPOINT={constants.ENDPOINT} is no address like https://host:port"
        ) from None
    name, proxy = _proxy()
    through = ""
    if proxy and not urllib.request.proxy_bypass(target.hostname):
        try:
            target = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            usual = {"https": 443, "socks5": 1080, "socks5h": 1080}
            port = target.port or usual.get(target.scheme, 80)
            if not target.hostname or target.scheme not in ("http", *usual):
                raise ValueError
        except ValueError:
            raise _no_address(name) from None
        through = f" through the proxy {target.hostname}:{port} that {name} names"
    try:
        socket.create_connection((target.hostname, port), timeout=CONNECT_LIMIT - 0.5).close()
    except OSError as error:
        raise OutOfReach(
            f"no connection to {host()}{through} ({error.strerror or error})"
        ) from None


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
    thread.join(max(0, seconds))
    if "error" in outcome:
        raise outcome["error"]
    if thread.is_alive():
        raise OutOfReach(f"{host()} did not answer in time")
    return outcome["value"]
