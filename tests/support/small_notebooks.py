"""Notebooks of a few cells, for tests of what runs and records notebooks."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def save(file, *sources, **tags):
    """Writes a notebook of a title and code cells; `tags` by cell, as in cell2=['exercise']."""
    cells = [new_markdown_cell("# 9. A small notebook", id="99-title")]
    for number, source in enumerate(sources):
        metadata = {"tags": tags.get(f"cell{number}", [])}
        cells.append(new_code_cell(source, id=f"99-{number}", metadata=metadata))
    nbformat.write(new_notebook(cells=cells), file)
    return file
