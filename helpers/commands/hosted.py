"""Writes copies of the notebooks for Colab and Kaggle, which fetch the course: python -m helpers hosted --repository ADDRESS

A notebook that is opened alone has no helpers. Each copy, in build/hosted, begins with a cell that clones the course from
ADDRESS and installs what is missing (helpers/set_up.py). On GitHub, pages.yml publishes the copies as the branch `hosted`.
"""

import argparse
import json
import posixpath
import re
import shutil
from pathlib import Path
from urllib.parse import quote, urlsplit

from helpers.commands.support.copies import without_outputs
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    notebook_files,
    number_of,
    serialized,
    source,
)
from helpers.errors import CourseError
from helpers.runs import PROJECT

HOSTED = PROJECT / "build" / "hosted"
BRANCH = "hosted"  # where pages.yml puts the copies
CELL = Path(__file__).parent / "hosted_files" / "set_up_cell.py"
LINK = re.compile(r"(!\[[^\]]*)?\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def checked(repository: str) -> str:
    """The address from which git clones without a password: https://..., file://..., or a folder's absolute path.

    Raises CourseError for any other, such as one that needs a key.
    """
    if re.match(r"(https?|file)://", repository):
        return repository.rstrip("/")
    if repository and Path(repository).is_dir():
        return str(Path(repository).resolve())
    raise CourseError(
        f"--repository {repository!r} is no address from which a stranger's notebook can fetch the course, and no folder. "
        f"Give one such as https://github.com/owner/name."
    )


def web_address(repository: str) -> str:
    """The address under which a browser shows the repository; empty for a folder or a file:// address."""
    return repository.removesuffix(".git") if repository.startswith("http") else ""


def services(repository: str, file: Path) -> dict[str, str]:
    """The addresses that open a notebook at a service, by the service's name; none for a repository outside GitHub.

    Colab and Kaggle open the copy in the branch `hosted`. Binder builds the whole repository, as .binder says, and opens the
    learner's copy in work/.
    """
    address = urlsplit(web_address(repository))
    if address.netloc != "github.com":
        return {}
    name = address.path.strip("/")
    copy = f"{name}/blob/{BRANCH}/{file.name}"
    return {
        "Colab": f"https://colab.research.google.com/github/{copy}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://github.com/{copy}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/HEAD?labpath={quote(f'work/{file.name}', safe='')}",
    }


def with_whole_links(text: str, repository: str) -> str:
    """Markdown of a notebook with links that work from anywhere: to the copies of notebooks, to other files as they are.

    Without a web address there is nothing to link to, and they stay as they are.
    """
    web = web_address(repository)

    def whole(link: re.Match) -> str:
        picture, path, place = link[1] or "", link[2], link[3] or ""
        path = posixpath.normpath(posixpath.join(NOTEBOOKS.name, path))
        name = path.removeprefix(f"{NOTEBOOKS.name}/")
        if name.endswith(".ipynb"):
            return f"{picture}]({web}/blob/{BRANCH}/{name}{place})"
        return f"{picture}]({web}/{'raw' if picture else 'blob'}/HEAD/{path}{place})"

    return LINK.sub(whole, text) if web else text


def hosted_copy(file: Path, repository: str) -> dict:
    """The content of a notebook file for a learner, with the set-up cell before its first cell."""
    notebook = json.loads(without_outputs(file))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = with_whole_links(source(cell), repository).splitlines(keepends=True)
    forms = services(repository, file)
    if forms:
        line = (
            f"\n\nOpen this notebook in [Colab]({forms['Colab']}) or [Kaggle]({forms['Kaggle']})."
        )
        notebook["cells"][0]["source"].append(line)
    code = CELL.read_text(encoding="utf-8").replace('"ADDRESS"', json.dumps(repository))
    set_up = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    set_up |= {"id": f"{number_of(file)}-set-up", "source": code.rstrip().splitlines(keepends=True)}
    notebook["cells"].insert(0, set_up)
    return notebook


def make_copies(
    repository: str, target: Path = HOSTED, source_folder: Path = NOTEBOOKS
) -> list[Path]:
    """Writes the copies into `target`, which is emptied first, and returns them. Raises CourseError for a bad address."""
    repository = checked(repository)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    copies = []
    for file in notebook_files(source_folder):
        copies.append(target / file.name)
        copies[-1].write_bytes(serialized(hosted_copy(file, repository)))
    return copies


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m helpers hosted", description=__doc__)
    parser.add_argument(
        "--repository", required=True, metavar="ADDRESS", help="where git clones the course from"
    )
    repository = parser.parse_args(arguments).repository
    copies = make_copies(repository)
    print(
        f"{len(copies)} notebooks in {HOSTED.relative_to(PROJECT)} fetch the course from {checked(repository)}"
    )
