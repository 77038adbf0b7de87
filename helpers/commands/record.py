"""Re-makes recorded outputs by running: python -m helpers record [number ...]

Runs each notebook, or those with the given numbers, on the full MRPC and on the bundled sample, and then writes: the outputs
into notebooks/, what differs on the sample into tests/sample_outputs.json, what was run into tests/recorded.json, and the
README's picture, which is one of the outputs. Nothing of a notebook is written before it has run to its end twice. Text that
you edit meanwhile stays as you left it; if you edit code, nothing of this notebook is written. Facts are checked on the way,
and those that do not hold are named. Refuses to start where the full MRPC is out of reach.
"""

import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from helpers.commands.support import facts
from helpers.commands.support.execution import execute_visibly, has_error, printed
from helpers.commands.support.notebooks import (
    chosen,
    code_cells,
    number_of,
    read,
    read_notebook,
    serialized,
    source,
    tags,
    write_all,
)
from helpers.commands.support.recording import (
    PICTURE_CELL,
    QUIET,
    README_PICTURE,
    RECORDED,
    SAMPLE_OUTPUTS,
    compared,
    published_form,
    readme_picture,
    remembered,
)
from helpers.errors import CourseError
from helpers.sources import SAMPLE, find_mrpc

# Draws the figure of a cell once more and reads what its panels say: the README quotes it in the picture's alt text.
READ_PANELS = """\
import json
from helpers.plots import plt
plt.show = lambda: None
{code}
print(json.dumps([axes.get_title(plt.rcParams["axes.titlelocation"]) for axes in plt.gcf().axes]))
plt.close()
"""


@dataclass
class Recording:
    """What two runs of one notebook gave."""

    notebook: dict  # in its published form, with the full MRPC's outputs; texts are lists of lines, as in the file
    on_sample: dict[
        str, list
    ]  # the outputs that differ on the sample, by cell id; texts are whole, as nbval compares them
    seconds: float  # of both runs
    failures: list[str]  # the facts that did not hold
    panels: (
        list[str] | None
    )  # the titles in the README's picture; None where the notebook does not draw it


@contextmanager
def environment(**values: str):
    """`os.environ` with `values` in it, for the kernels that are started inside."""
    saved = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def checking(failures: list[str], file: Path, data: str, mrpc_kind: str):
    """What `execute` calls after each cell: adds the cell's facts that do not hold to `failures`."""
    path = facts.FACTS / facts.file_of(number_of(file))
    code = facts.facts_of(path) if path.exists() else {}

    async def check(kernel_client, cell) -> None:
        if cell.id in code:
            reply = await kernel_client.execute_interactive(
                "",
                silent=True,
                user_expressions=facts.question(cell.id, code[cell.id], mrpc_kind),
                output_hook=lambda message: None,
            )
            failures.extend(f"on {data}, {each}" for each in facts.answer(reply)[1])

    return check


def run_on(data: str, glue_dir: str, file: Path, failures: list[str], last_code: str = ""):
    """The notebook in `file`, executed on the MRPC in `glue_dir`. Raises CourseError, with the cell, where one fails.

    The facts that do not hold are added to `failures`.
    """
    mrpc_kind = "bundled sample" if glue_dir == str(SAMPLE) else "full"
    try:
        with environment(**QUIET, GLUE_DIR=glue_dir):
            return execute_visibly(file, last_code, checking(failures, file, data, mrpc_kind))
    except CellExecutionError as error:
        cell = next(cell.id for cell in code_cells(error.notebook)[::-1] if has_error(cell))
        raise CourseError(
            f"{file.name}, cell {cell}: {error.ename}: {error.evalue}\n"
            f"That was on {data}. The notebook and its recorded outputs are as they were."
        ) from None


def record(file: Path, full_mrpc: str) -> Recording:
    """Runs the notebook in `file` twice, on the MRPC in the folder `full_mrpc` and on the sample. Writes nothing."""
    start, panels, failures = time.perf_counter(), None, []
    code = next((source(cell) for cell in read(file)["cells"] if cell["id"] == PICTURE_CELL), "")
    last_code = READ_PANELS.format(code=code) if code else ""
    on_full = run_on("the full MRPC", full_mrpc, file, failures, last_code)
    if code:
        panels = json.loads(printed(on_full.cells.pop()))
    on_sample = run_on("the sample", str(SAMPLE), file, failures)
    seconds = time.perf_counter() - start
    published_form(on_full, number_of(file))
    published_form(on_sample, number_of(file))
    differing = {}
    for cell, other in zip(code_cells(on_full), code_cells(on_sample), strict=True):
        ignored = "nbval-ignore-output" in tags(cell)
        if not ignored and compared(cell.outputs) != compared(other.outputs):
            differing[cell.id] = compared(other.outputs)
    return Recording(json.loads(nbformat.v4.writes(on_full)), differing, seconds, failures, panels)


def with_edits(notebook: dict, file: Path) -> dict:
    """The recorded `notebook` with what was edited in `file` since. Raises CourseError where that was code."""
    now = read_notebook(file)
    published_form(now, number_of(file))
    ran, stands = (
        [(cell["id"], source(cell)) for cell in code_cells(each)] for each in (notebook, now)
    )
    if ran != stands:
        raise CourseError(
            f"{file.name}: its code was changed while it ran, so nothing was written. Record it again."
        )
    recorded = {cell["id"]: cell for cell in code_cells(notebook)}
    now["cells"] = [
        recorded.get(cell["id"], cell) | {"metadata": cell["metadata"]} for cell in now["cells"]
    ]
    return now


def save(file: Path, recording: Recording) -> None:
    """Writes the notebook and everything that is told of it elsewhere. Raises CourseError if its code has changed."""
    notebook = with_edits(recording.notebook, file)
    outputs = read(SAMPLE_OUTPUTS) if SAMPLE_OUTPUTS.exists() else {}
    memory = read(RECORDED) if RECORDED.exists() else {"notebooks": {}}
    number = number_of(file)
    outputs = {cell: value for cell, value in outputs.items() if not cell.startswith(f"{number}-")}
    memory["notebooks"][number] = remembered(notebook, recording.seconds)
    contents = {file: serialized(notebook)}
    if recording.panels is not None:
        memory["panels of the README's picture"] = recording.panels
        contents[README_PICTURE] = readme_picture(notebook)
    contents[SAMPLE_OUTPUTS] = serialized(outputs | recording.on_sample)
    contents[RECORDED] = serialized(memory)
    write_all(contents)


def duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def expected(files: list[Path]) -> str:
    """How long recording `files` took the last time, in words."""
    entries = read(RECORDED)["notebooks"] if RECORDED.exists() else {}
    seconds = {number_of(file): entries.get(number_of(file), {}).get("seconds") for file in files}
    known = [value for value in seconds.values() if value is not None]
    unknown = [number for number, value in seconds.items() if value is None]
    words = [f"about {duration(sum(known))} the last time"] if known else []
    words += [f"not yet timed: {', '.join(unknown)}"] if unknown else []
    return "; ".join(words)


def main(arguments: list[str]) -> int:
    """Returns 1 where a fact does not hold."""
    files = chosen(arguments)
    mrpc = find_mrpc()
    if mrpc.kind != "full":
        raise CourseError(
            f"Recording needs the full MRPC, not {mrpc.kind} ({mrpc.origin}). Set GLUE_DIR to a folder with it."
        )
    names = ", ".join(number_of(file) for file in files)
    print(
        f"recording {names} on MRPC ({mrpc.origin}) and on the sample: {expected(files)}",
        flush=True,
    )
    failures = []
    for file in files:
        recording = record(file, mrpc.path)
        save(file, recording)
        print(f"recorded {file.name} in {duration(recording.seconds)}", flush=True)
        for failure in recording.failures:
            print(failure, flush=True)
        failures += recording.failures
    if failures:
        print(f"{len(failures)} facts do not hold: change the fact, the text, or the code.")
    return int(bool(failures))
