"""Runs the whole course without a browser: python -m helpers run

Executed copies go to runs/course (or below COURSE_RUNS); notebooks/ is not touched. Ctrl-C stops it.
"""

import time

import nbformat
from nbclient.exceptions import CellExecutionError

from helpers.commands.support.execution import execute_visibly, printed
from helpers.commands.support.notebooks import (
    KEY_CELLS,
    NOTEBOOKS,
    code_cells,
    notebook_files,
)
from helpers.runs import runs_folder
from helpers.sources import use_mrpc


def main(arguments: list[str]) -> int:
    source = use_mrpc()
    target = runs_folder("course")
    print(f"MRPC: {source.kind} ({source.origin})\n")
    started, rows, results, failed = time.perf_counter(), [], {}, False
    for file in notebook_files(NOTEBOOKS):
        start = time.perf_counter()
        try:
            notebook, result = execute_visibly(file), "ok"
        except CellExecutionError as error:
            notebook, failed = error.notebook, True
            result = f"FAILED: {error.ename}: {error.evalue}"
        nbformat.write(notebook, target / file.name)
        rows.append((file.stem, time.perf_counter() - start, len(code_cells(notebook)), result))
        results |= {cell.id: printed(cell) for cell in code_cells(notebook) if cell.id in KEY_CELLS}

    print(f"\n{'notebook':<28}{'seconds':>8}{'cells':>7}  result")
    for name, seconds, cells, result in rows:
        print(f"{name:<28}{seconds:>8.0f}{cells:>7}  {result}")
    print(f"{'all':<28}{time.perf_counter() - started:>8.0f}{sum(row[2] for row in rows):>7}")
    for cell, heading in KEY_CELLS.items():
        if results.get(cell):
            print(f"\n{heading}\n{results[cell]}")
    print(f"\nThe executed notebooks are in {target}")
    return 1 if failed else 0
