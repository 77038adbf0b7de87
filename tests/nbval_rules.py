"""What this project adds to nbval, as a pytest plugin (-p tests.nbval_rules in pyproject.toml).

It says on which MRPC the suite runs, puts the outputs recorded on the bundled sample in the place of the full MRPC's
where the suite runs on the sample, checks the facts of each cell that ran, and counts at the end outputs and facts.
"""

import ast
import json
import os
from pathlib import Path

import pytest

from helpers.commands.support import facts
from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.recording import QUIET, SAMPLE_OUTPUTS
from helpers.errors import CourseError
from helpers.sources import use_mrpc

source_key, facts_key, checked_key = pytest.StashKey(), pytest.StashKey(), pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption(
        "--full-mrpc",
        action="store_true",
        help="run on the full MRPC, and skip everything where it is out of reach",
    )
    parser.addoption(
        "--facts",
        type=Path,
        default=facts.FACTS,
        help="the folder with the facts of the notebooks (default: tests/facts)",
    )


def pytest_configure(config):
    os.environ.update(environment_of_kernels() | QUIET)
    try:
        source = use_mrpc()  # found once: kernels run in notebooks/
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None
    if source.kind == "other data":
        raise pytest.UsageError(
            f"{source.origin} is neither the full MRPC nor the bundled sample, and outputs are recorded for these two only. "
            f"Set GLUE_DIR to one of them, or unset it."
        )
    config.stash[source_key], config.stash[checked_key] = source, 0


def pytest_report_header(config):
    source = config.stash[source_key]
    return f"MRPC: {source.kind} ({'from ' if source.kind == 'full' else ''}{source.origin})"


def pytest_collectstart(collector):
    if type(collector).__name__ == "IPyNbFile":
        collector.skip_compare += ("stderr",)


def notebook_cells(items) -> list:
    return [item for item in items if type(item).__name__ == "IPyNbCell"]


def pytest_collection_modifyitems(config, items):
    source = config.stash[source_key]
    if source.kind == "full":
        return
    if config.option.full_mrpc:
        for item in items:
            item.add_marker(
                pytest.mark.skip(reason=f"the full MRPC is out of reach: {source.origin}")
            )
    from nbformat import from_dict

    recorded = json.loads(SAMPLE_OUTPUTS.read_text(encoding="utf-8"))
    for item in notebook_cells(items):
        if item.cell.id in recorded:
            item.cell.outputs = [from_dict(output) for output in recorded[item.cell.id]]


def pytest_collection_finish(session):
    """Reads the facts of the notebooks that take part; an error if one of them lacks a cell that has facts."""
    notebooks = {item.parent for item in notebook_cells(session.items)}
    cells = {cell.get("id", "") for notebook in notebooks for cell in notebook.nb.cells}
    files = {facts.file_of(cell) for cell in cells}
    try:
        found = facts.facts_of(session.config.option.facts)
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None
    found = {cell: code for cell, code in found.items() if facts.file_of(cell) in files}
    if lost := facts.without_a_cell(found, cells):
        raise pytest.UsageError("\n".join(lost))
    session.config.stash[facts_key] = found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """After a notebook's cell ran, and its output was as recorded, its facts."""
    result = yield
    if type(item).__name__ == "IPyNbCell":
        code = item.config.stash[facts_key].get(item.cell.get("id"))
        if code:
            check_facts(item, code)
    return result


def check_facts(item, code):
    """Runs facts in the kernel of a cell: as an expression to be evaluated, so that the kernel keeps no trace of them."""
    config, file = item.config, f"tests/facts/{facts.file_of(item.cell.id)}"
    names = f"{{**globals(), 'mrpc_kind': {config.stash[source_key].kind!r}}}"
    module = f"__import__('importlib').import_module({facts.__name__!r})"
    reply = item.parent.kernel.kc.execute_interactive(
        "",
        silent=True,
        user_expressions={"facts": f"{module}.check({code!r}, {file!r}, {names})"},
        timeout=config.option.nbval_cell_timeout,
        output_hook=lambda message: None,
    )
    answer = reply["content"]["user_expressions"]["facts"]
    if answer["status"] != "ok":
        item.raise_cell_error(f"the facts of {item.cell.id} could not be run", answer["evalue"])
    checked, failures = ast.literal_eval(answer["data"]["text/plain"])
    config.stash[checked_key] += checked
    if failures:
        item.raise_cell_error(f"facts of {item.cell.id} do not hold", "\n".join(failures))


def pytest_terminal_summary(terminalreporter, config):
    cells = notebook_cells(terminalreporter._session.items)
    if cells:
        with_output = [item for item in cells if item.cell.outputs]
        compared = [item for item in with_output if item.options["check"]]
        source = config.stash[source_key]
        terminalreporter.write_line(
            f"Notebooks on MRPC, {source.kind}: {len(compared)} outputs compared of {len(with_output)}, "
            f"{config.stash[checked_key]} facts checked; "
            f"the other {len(with_output) - len(compared)} outputs vary by machine (tag nbval-ignore-output)."
        )
