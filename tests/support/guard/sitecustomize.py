"""On PYTHONPATH, refuses every connection beyond loopback and notes it, a line each, in the file COURSE_GUARD."""

import os
import socket
import sys

LOOPBACK = ("127.", "::1", "localhost")


def is_outside(event: str, arguments: tuple) -> bool:
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        opened, address = arguments
        return opened.family in (socket.AF_INET, socket.AF_INET6) and not address[0].startswith(
            LOOPBACK
        )
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        return bool(host) and not str(host).startswith(LOOPBACK)
    return False


def guard(event: str, arguments: tuple) -> None:
    if event.startswith("socket.") and is_outside(event, arguments):
        with open(os.environ["COURSE_GUARD"], "a", encoding="utf-8") as log:
            print(event, *arguments, file=log)
        raise PermissionError(f"{event} beyond loopback")


sys.addaudithook(guard)
