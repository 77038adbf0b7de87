"""Every notebook cell by cell, each cell run twice in a row, on the least data that GLUE_DIR accepts."""

import re
from dataclasses import dataclass

import nbformat
import pytest

from helpers.commands.record import environment
from helpers.commands.support import facts
from helpers.commands.support.execution import execute, printed
from helpers.commands.support.notebooks import code_cells, number_of, source, tags
from helpers.commands.support.recording import QUIET
from helpers.mrpc import LEAST_OF_A_LABEL, LEAST_PAIRS, read_splits, write_splits
from helpers.sources import SAMPLE
from tests.support.exercises import FILES
from tests.support.tiny_bert import save_tiny_bert

pytestmark = pytest.mark.slow
TINY_MODEL = ("06", "07", "08", "09", "10")  # these train a tiny BERT here
MEASURES = re.compile(r"second|memory|megabytes|runtime|speed")
SAYS_WHAT_TO_RUN = re.compile(r"\bRun\b.*\bcells?\b", re.IGNORECASE)


@dataclass
class Run:
    """What one execution of a cell showed: its text, the last line of its error, and its facts that do not hold."""

    text: str
    error: str
    failures: dict[str, str]  # by file and line


def run_cells(file, cells) -> list[Run]:
    """`cells` run in one kernel from a notebook saved in `file`, each whatever the others raise."""
    path = facts.FACTS / facts.file_of(number_of(file))
    code, failures = facts.facts_of(path), []

    async def check(kernel_client, cell):
        answer = (0, [])
        if name := cell.metadata["facts"]:
            question = facts.question(name, code.get(name, ""), "other data")
            reply = await kernel_client.execute_interactive(
                "", silent=True, user_expressions=question, output_hook=lambda message: None
            )
            answer = facts.answer(reply)
        failures.append({":".join(each.split(":")[:2]): each for each in answer[1]})

    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, file)
    done = code_cells(execute(file, after_cell=check))
    return [
        Run(printed(cell), last_line(cell), failing)
        for cell, failing in zip(done, failures, strict=True)
    ]


def last_line(cell) -> str:
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return f"{errors[0].ename}: {errors[0].evalue}".splitlines()[-1] if errors else ""


def copies(cell, times: int) -> list:
    """A code cell `times` times, allowed to raise; facts are checked after each unless the cell measures something."""
    name = "" if MEASURES.search(source(cell)) else cell.id
    metadata = {"tags": ["raises-exception"], "facts": name}
    ids = [f"{cell.id}{'-run-2' * number}" for number in range(times)]
    return [nbformat.v4.new_code_cell(source(cell), id=each, metadata=metadata) for each in ids]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The variables for kernels on small data, and a folder with the tiny model."""
    folder = tmp_path_factory.mktemp("place")
    splits = {}
    for split, table in read_splits(SAMPLE).items():
        labels = table["label"].to_pylist()
        of_each = {label: [i for i, each in enumerate(labels) if each == label] for label in (0, 1)}
        few = of_each[0][:LEAST_OF_A_LABEL] + of_each[1][: LEAST_PAIRS - LEAST_OF_A_LABEL]
        splits[split] = table.take(sorted(few))
    write_splits(splits, folder)
    variables = {"GLUE_DIR": folder, "HF_HOME": folder / "home", "COURSE_RUNS": folder / "runs"}
    variables = {name: str(value) for name, value in variables.items()}
    variables |= QUIET | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}  # the same sums each time
    return variables, save_tiny_bert(folder / "tiny")


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.stem)
def runs(request, place, tmp_path_factory):
    """The cells of a notebook; what they show in a run from top to bottom; and what each shows twice, run twice."""
    file, (variables, tiny) = request.param, place
    if number_of(file) in TINY_MODEL:
        variables = variables | {"COURSE_CHECKPOINT": str(tiny)}
    cells = code_cells(nbformat.read(file, as_version=4))
    folder, results = tmp_path_factory.mktemp("twice"), []
    with environment(**variables):
        for times in (1, 2):
            several = [copy for cell in cells for copy in copies(cell, times)]
            results.append(run_cells(folder / file.name, several))
    once, twice = results
    return cells, once, list(zip(twice[::2], twice[1::2], strict=True))


def test_every_cell_runs_on_the_least_data(runs):
    cells, once, _ = runs
    failed = {
        cell.id: run.error
        for cell, run in zip(cells, once, strict=True)
        if run.error and "raises-exception" not in tags(cell)
    }
    assert failed == {}


def test_a_cell_run_again_works_or_says_what_to_run_first(runs):
    cells, once, twice = runs
    failed = {
        cell.id: again.error
        for cell, before, (_, again) in zip(cells, once, twice, strict=True)
        if again.error and not before.error and not SAYS_WHAT_TO_RUN.search(again.error)
    }
    assert failed == {}


def test_where_each_cell_was_run_again_all_shows_the_same(runs):
    """The same facts hold, and the same text is shown unless something was measured."""
    cells, once, twice = runs
    wrong = {}
    for cell, before, (first, again) in zip(cells, once, twice, strict=True):
        refused = again.error and not before.error
        for number, run in enumerate((first, again), start=1):
            new = [text for line, text in run.failures.items() if line not in before.failures]
            if new:
                wrong[f"{cell.id}, run {number}"] = new
            comparable = not MEASURES.search(source(cell))
            if comparable and run.text != before.text and not (number == 2 and refused):
                wrong.setdefault(f"{cell.id}, run {number}", [before.text, run.text])
        if first.error != before.error:
            wrong[f"{cell.id}, run 1"] = [first.error]
    assert wrong == {}
