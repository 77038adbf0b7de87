"""Running notebook files without a browser."""

import asyncio
import atexit
import os
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.commands.support.notebooks import code_cells
from helpers.runs import PROJECT

INLINE = "module://matplotlib_inline.backend_inline"


def environment_of_kernels() -> dict[str, str]:
    """This process's environment, for kernels: they import the helpers of this checkout and show figures in the notebook.

    A course folder that was moved after its installation works, too, and an MPLBACKEND set for scripts does no harm.
    """
    path = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path)), "MPLBACKEND": INLINE}


@contextmanager
def signal_handlers_kept():
    """What SIGINT and SIGTERM do is the same after the block as before; nbclient leaves the system's defaults behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def begin(client: NotebookClient, **options) -> None:
    """`client.execute`, once more if the kernel died before any cell ran.

    Jupyter chooses ports that are free, and the kernel takes them a moment later: another program may have been faster.
    """
    for last in (False, True):
        try:
            client.execute(**options)
            return
        except RuntimeError as error:
            if "died before replying" not in str(error):
                raise
            atexit.unregister(client._cleanup_kernel)  # nbclient's own leaves a traceback behind
            if last:
                raise


def execute(file: Path, progress=None, last_code: str = "", after_cell=None):
    """The notebook in `file`, read and executed from a fresh kernel in its folder; its outputs are in the returned object.

    `progress(done, total)` is called before each code cell, and the coroutine `after_cell(kernel_client, cell)` after it.
    `last_code` is run behind the notebook's own cells, and is the
    last cell of what is returned. Raises CellExecutionError at the first cell that fails; the notebook so far is then the
    exception's `notebook`. Ctrl-C and SIGTERM end the kernel, too, and raise KeyboardInterrupt.
    """
    notebook = nbformat.read(file, as_version=4)
    if last_code:
        notebook.cells.append(nbformat.v4.new_code_cell(last_code))
    for cell in code_cells(notebook):
        # what did not run now must not look as if it had
        cell.outputs, cell.execution_count = [], None
    total, done = len(code_cells(notebook)), 0

    def before_cell(cell, cell_index):
        nonlocal done
        if cell.cell_type == "code":
            if progress:
                progress(done, total)
            done += 1

    async def cell_done(cell, cell_index, execute_reply):
        if after_cell and cell.cell_type == "code":
            await after_cell(client.kc, cell)

    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(file.parent)}},
        record_timing=False,
        on_cell_start=before_cell,
        on_cell_executed=cell_done,
        extra_arguments=["--log-level=CRITICAL"],
        shutdown_kernel="immediate",  # whole groups of processes; Python's own exit takes a second longer
    )
    try:
        with signal_handlers_kept():
            begin(client, env=environment_of_kernels())
    except (Exception, asyncio.CancelledError) as error:
        # nbclient caught Ctrl-C or SIGTERM, and ended the kernel
        if hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt from None
        if isinstance(error, CellExecutionError):
            error.notebook = notebook
        raise
    return notebook


def execute_visibly(file: Path, last_code: str = "", after_cell=None):
    """`execute`, while a line on stderr counts cells and seconds; where that is no terminal, it says that it began."""
    start, terminal = time.perf_counter(), sys.stderr.isatty()

    def progress(done, total):
        if terminal:
            seconds = time.perf_counter() - start
            line = f"\r{file.stem}: cell {done + 1} of {total}, {seconds:.0f} s "
            print(line, end="", file=sys.stderr)

    if not terminal:
        print(f"running {file.stem} ...", file=sys.stderr, flush=True)
    try:
        return execute(file, progress, last_code, after_cell)
    finally:
        if terminal:
            print("\r\033[K", end="", file=sys.stderr)


def has_error(cell) -> bool:
    return any(output.output_type == "error" for output in cell.outputs)


def printed(cell) -> str:
    """The text that a cell printed or returned; without stderr, and without names of objects such as `<Figure size ...>`."""
    parts, in_stdout = [], False
    for output in cell.outputs:
        was_in_stdout, in_stdout = in_stdout, output.get("name") == "stdout"
        if in_stdout and was_in_stdout:  # one text, which a slow machine sends in pieces
            parts[-1] += output.text
        elif in_stdout:
            parts.append(output.text)
        elif output.output_type in ("execute_result", "display_data"):
            text = output.data.get("text/plain", "")
            parts.append("" if re.fullmatch(r"<[^\n]+>", text) else text)
    return "\n".join(part.rstrip() for part in parts if part)
