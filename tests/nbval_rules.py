"""What this project adds to nbval, as a pytest plugin (-p tests.nbval_rules in pyproject.toml).

It says on which MRPC the suite runs, puts the outputs recorded on the bundled sample in the place of the full MRPC's
where the suite runs on the sample, checks the facts of each cell that ran, and counts at the end outputs and facts.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from helpers.commands.support import facts
from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.recording import QUIET, SAMPLE_OUTPUTS
from helpers.errors import CourseError
from helpers.sources import use_mrpc

source_key, facts_key = pytest.StashKey(), pytest.StashKey()

# Why an output was not compared, by what the plugin notes of its cell.
NOT_COMPARED = {
    "varies": "vary by machine (tag nbval-ignore-output)",
    "lax": "are not asked for (--nbval-lax)",
    "failed": "belong to cells that failed before",
}


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
    config.stash[source_key] = source
    keep_notebooks_on_one_process(config)


def keep_notebooks_on_one_process(config):
    """With pytest-xdist's `-n`, all cells of a notebook go to one process: they share a kernel."""
    if getattr(config.option, "numprocesses", None):
        if config.option.dist == "load":  # what `-n` alone means
            config.option.dist = "loadfile"
        if config.option.dist not in ("loadfile", "loadscope"):
            raise pytest.UsageError(
                f"--dist {config.option.dist} would tear the cells of a notebook apart, and they share a kernel. Use "
                f"--dist loadfile, or -n alone."
            )


def pytest_report_header(config):
    source = config.stash[source_key]
    return f"MRPC: {source.kind} ({'from ' if source.kind == 'full' else ''}{source.origin})"


def pytest_collectstart(collector):
    if type(collector).__name__ == "IPyNbFile":
        collector.skip_compare += ("stderr",)


def notebook_cells(items) -> list:
    return [item for item in items if type(item).__name__ == "IPyNbCell"]


def in_notebook_order(items) -> list:
    """The items with all cells of a notebook together and in order, where the first of them stood."""
    cells = sorted(notebook_cells(items), key=lambda item: item.cell_num)
    ordered = {}  # as a set that keeps its order
    for item in items:
        of_same = [cell for cell in cells if cell.parent is item.parent]
        ordered |= dict.fromkeys(of_same if item in of_same else [item])
    return list(ordered)


@pytest.hookimpl(trylast=True)  # after plugins that shuffle
def pytest_collection_modifyitems(config, items):
    items[:] = in_notebook_order(items)
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
    """After a notebook's cell ran, and its output was as recorded, its facts. Notes for the last line what was compared."""
    if not notebook_cells([item]):
        return (yield)
    fate = fate_of_output(item)
    try:
        result = yield
    except BaseException as error:
        if str(error) != "Cell outputs differ":
            fate = "failed"
        raise
    finally:
        item.user_properties.append(("output", fate if item.cell.outputs else None))
    code = item.config.stash[facts_key].get(item.cell.get("id"))
    if code:
        check_facts(item, code)
    return result


def fate_of_output(item) -> str:
    """What happens to the recorded output of a cell that runs: compared, or one of NOT_COMPARED."""
    if item.options["check"]:
        return "compared"
    tags = item.cell.metadata.get("tags", [])
    return "varies" if "nbval-ignore-output" in tags else "lax"


def check_facts(item, code):
    """Runs facts in the kernel of a cell."""
    cell, config = item.cell.id, item.config
    reply = item.parent.kernel.kc.execute_interactive(
        "",
        silent=True,
        user_expressions=facts.question(cell, code, config.stash[source_key].kind),
        timeout=config.option.nbval_cell_timeout,
        output_hook=lambda message: None,
    )
    checked, failures = facts.answer(reply)
    item.user_properties.append(("facts", checked))
    if failures:
        item.raise_cell_error(f"facts of {cell} do not hold", "\n".join(failures))


def pytest_terminal_summary(terminalreporter, config):
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    notes = [
        note
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for note in report.user_properties
        if note[0] in ("output", "facts")
    ]
    outputs = Counter(fate for name, fate in notes if name == "output" and fate)
    checked = sum(count for name, count in notes if name == "facts")
    if notes:
        rest = [f"; {outputs[fate]} {why}" for fate, why in NOT_COMPARED.items() if outputs[fate]]
        terminalreporter.write_line(
            f"Notebooks on MRPC, {config.stash[source_key].kind}: {outputs['compared']} outputs compared of "
            f"{outputs.total()}, {checked} facts checked{''.join(rest)}."
        )
