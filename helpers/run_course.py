"""Runs notebooks without a browser. As a command, the whole course: python -m helpers.run_course

Executed copies go to runs/course (or below COURSE_RUNS); notebooks/ is not touched. Ctrl-C stops it.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.runs import PROJECT, runs_folder
from helpers.sources import SourceError, find_mrpc

NOTEBOOKS = PROJECT / "notebooks"

# The cells whose printed results sum the course up: what a learner gets, on one screen.
KEY_CELLS = {
    "02-load": "The data",
    "03-balance": "Labels of the training pairs",
    "03-f1": "The majority baseline, on validation",
    "05-shapes": "A batch of eight pairs",
    "05-strategies": "Tokens computed for the training split, batches of 8",
    "06-table": "Four methods on validation",
    "06-test": "The fine-tuned model on test",
    "07-eval-run": "The training loop by hand, on validation",
    "08-bootstrap": "How sure that is: accuracy of a short training on validation",
}


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def execute(file: Path, progress=None):
    """The notebook in `file`, read and executed from a fresh kernel in its folder; its outputs are in the returned object.

    `progress(done, total)` is called before each code cell. Raises CellExecutionError at the first cell that fails; the
    notebook so far is then the exception's `notebook`. Ctrl-C ends the kernel, too, and raises KeyboardInterrupt.
    """
    notebook = nbformat.read(file, as_version=4)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = (
            [],
            None,
        )  # what did not run now must not look as if it had
    total, done = len(code_cells(notebook)), 0

    def before_cell(cell, cell_index):
        nonlocal done
        if cell.cell_type == "code":
            if progress:
                progress(done, total)
            done += 1

    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(file.parent)}},
        record_timing=False,
        on_cell_start=before_cell,
        extra_arguments=["--log-level=CRITICAL"],
        shutdown_kernel="immediate",  # whole groups of processes; Python's own exit takes a second longer
    )
    try:
        client.execute()
    except Exception as error:
        if hasattr(
            client, "_async_cleanup_kernel_future"
        ):  # nbclient caught Ctrl-C, ended the kernel
            raise KeyboardInterrupt from None
        if isinstance(error, CellExecutionError):
            error.notebook = notebook
        raise
    return notebook


def execute_visibly(file: Path):
    """`execute(file)`, while a line on stderr counts cells and seconds; where that is no terminal, it says that it began."""
    start, terminal = time.perf_counter(), sys.stderr.isatty()

    def progress(done, total):
        if terminal:
            seconds = time.perf_counter() - start
            line = f"\r{file.stem}: cell {done + 1} of {total}, {seconds:.0f} s "
            print(line, end="", file=sys.stderr)

    if not terminal:
        print(f"running {file.stem} ...", file=sys.stderr, flush=True)
    try:
        return execute(file, progress)
    finally:
        if terminal:
            print("\r\033[K", end="", file=sys.stderr)


def printed(cell) -> str:
    """The text that a cell printed or returned, stderr left out."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type in ("execute_result", "display_data"):
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(part.rstrip() for part in parts)


def main() -> int:
    try:
        source = find_mrpc()
    except SourceError as error:
        sys.exit(str(error))
    os.environ["GLUE_DIR"] = (
        source.path
    )  # found once, absolute: kernels run in the notebooks' folder
    target = runs_folder("course")
    print(f"MRPC: {source.kind} ({source.origin})\n")
    started, rows, results, failed = time.perf_counter(), [], {}, False
    for file in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        start = time.perf_counter()
        try:
            notebook, verdict = execute_visibly(file), "ok"
        except CellExecutionError as error:
            notebook, failed = error.notebook, True
            verdict = f"FAILED: {error.ename}: {error.evalue}"
        nbformat.write(notebook, target / file.name)
        rows.append((file.stem, time.perf_counter() - start, len(code_cells(notebook)), verdict))
        results |= {cell.id: printed(cell) for cell in code_cells(notebook) if cell.id in KEY_CELLS}

    print(f"\n{'notebook':<28}{'seconds':>8}{'cells':>7}  result")
    for name, seconds, cells, verdict in rows:
        print(f"{name:<28}{seconds:>8.0f}{cells:>7}  {verdict}")
    print(f"{'all':<28}{time.perf_counter() - started:>8.0f}{sum(row[2] for row in rows):>7}")
    for cell, heading in KEY_CELLS.items():
        if results.get(cell):
            print(f"\n{heading}\n{results[cell]}")
    print(f"\nThe executed notebooks are in {target}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
