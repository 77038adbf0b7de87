"""torch.distributed.run for several processes on one machine, which then listen on loopback alone.

    python -m helpers.launch --nproc-per-node 2 -m helpers.train [options of helpers.train]

torch.distributed.run itself opens its store on every network interface, whatever address it is given. For several
machines that is needed: use it directly there.
"""

import os
import socket
import sys

import torch.distributed
from torch.distributed import run
from torch.distributed.elastic.rendezvous import c10d_rendezvous_backend

TCPStore = torch.distributed.TCPStore
LOOPBACK = "127.0.0.1"
NAMES = ("world_size", "is_master", "timeout", "wait_for_workers", "multi_tenant")


def store_on_loopback(
    host_name: str, port: int, *positional, **options
) -> torch.distributed.TCPStore:
    """A TCPStore; if it is to listen, on loopback."""
    options |= dict(zip(NAMES, positional, strict=False))
    if options.get("is_master"):
        listener = socket.create_server((LOOPBACK, port))
        port = listener.getsockname()[1]
        options["master_listen_fd"] = listener.detach()
    return TCPStore(LOOPBACK, port, **options)


def main(arguments: list[str]) -> None:
    torch.distributed.TCPStore = c10d_rendezvous_backend.TCPStore = store_on_loopback
    if sys.platform == "linux":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # what the processes say to each other
    run.main(["--rdzv-backend=c10d", f"--rdzv-endpoint={LOOPBACK}:0", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
