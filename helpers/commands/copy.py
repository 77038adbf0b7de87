"""Copies the notebooks to work/ as lab does, and opens nothing: python -m helpers copy

The start page is written, too. For servers that open JupyterLab themselves, such as JupyterHub, and for VS Code.
COURSE_WORK names another folder.
"""

from helpers.commands.support.copies import copy_notebooks
from helpers.commands.support.notebooks import WORK
from helpers.commands.support.start_page import write_start_page
from helpers.shadows import check_folder


def main(arguments: list[str]) -> None:
    check_folder(WORK)
    for line in copy_notebooks(target=WORK):
        print(line)
    write_start_page(WORK)
