"""Several processes on one machine listen on loopback alone."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from helpers.runs import PROJECT

# One write a line: the processes write unbuffered, and pieces of their lines may mix.
WORKER = """
import time, torch, torch.distributed as distributed
distributed.init_process_group("gloo")
total = torch.ones(1)
distributed.all_reduce(total)
print(f"sum: {total.item()}\\n", end="", flush=True)
time.sleep(1)
distributed.destroy_process_group()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the loopback interface has another name")
def test_processes_started_by_launch_listen_on_loopback_alone(tmp_path):
    (tmp_path / "worker.py").write_text(WORKER)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GLOO")}
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers.launch", "--nproc-per-node=2", str(tmp_path / "worker.py")],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    listening = set()
    while process.poll() is None:
        try:
            for each in (
                psutil.Process(process.pid),
                *psutil.Process(process.pid).children(recursive=True),
            ):
                for connection in each.net_connections("inet"):
                    if connection.status == psutil.CONN_LISTEN:
                        listening.add(connection.laddr.ip)
        except psutil.Error:
            pass
        time.sleep(0.02)
    assert process.stdout.read().count("sum: 2.0") == 2
    assert listening == {"127.0.0.1"}
