"""What this project adds to nbval, as a pytest plugin (-p tests.nbval_rules in pyproject.toml).

It says on which MRPC the suite runs, puts the outputs recorded on the bundled sample in the place of the full MRPC's
where the suite runs on the sample, and counts at the end how many outputs were compared.
"""

import json
import os

import pytest

from helpers.commands.support.execution import environment_of_kernels
from helpers.commands.support.recording import QUIET, SAMPLE_OUTPUTS
from helpers.errors import CourseError
from helpers.sources import use_mrpc

source_key = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption(
        "--full-mrpc",
        action="store_true",
        help="run on the full MRPC, and skip everything where it is out of reach",
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


def pytest_terminal_summary(terminalreporter, config):
    session = terminalreporter._session
    with_output = [item for item in notebook_cells(session.items) if item.cell.outputs]
    if with_output:
        compared = [item for item in with_output if item.options["check"]]
        source = config.stash[source_key]
        terminalreporter.write_line(
            f"Notebooks on MRPC, {source.kind}: {len(compared)} outputs compared of {len(with_output)}; "
            f"the other {len(with_output) - len(compared)} vary by machine (tag nbval-ignore-output)."
        )
