"""Makes the reading edition, a web site of the notebooks as they were recorded: python -m helpers site

build/site opens from files and asks nothing of another machine. Nothing is run: its chapters are the notebooks without the
instructor's notes; its glossary is made from the terms in them; its decks are those of `make slides`; the pages behind the
chapters are those that lie in the project as Markdown.
"""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from helpers.commands.hosted import services
from helpers.commands.slides import make_slides, title_of
from helpers.commands.support.copies import for_learners, without_outputs
from helpers.commands.support.notebooks import (
    NOTEBOOKS,
    notebook_files,
    serialized,
    source,
)
from helpers.commands.support.terms import Term, terms_of
from helpers.errors import CourseError
from helpers.runs import PROJECT

SITE = PROJECT / "build" / "site"
FILES = Path(__file__).parent / "site_files"
NEEDED = ("myst_nb", "sphinx_book_theme")
# The pages behind the chapters and the glossary, in this order: what they are called here, and where they lie in the project.
APPENDIX = {
    "teaching": "notebooks/README.md",
    "since_2021": "notebooks/since_2021.md",
    "installing": "helpers/README.md",
    "benchmarks": "helpers/commands/bench_results/README.md",
    "sample": "helpers/sample/README.md",
    "passenger_messages": "helpers/passenger_messages/README.md",
    "changing": "CONTRIBUTING.md",
    "licenses": "NOTICE.md",
}
START = "README.md"  # the start page stands for it
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]+)?\)")
COMMANDS = """\
make lab      # opens the notebooks in JupyterLab
make test     # re-runs all of them and compares every output"""


def require_sphinx() -> None:
    """Raises CourseError where what makes the site is not installed."""
    if missing := [name for name in NEEDED if not importlib.util.find_spec(name)]:
        raise CourseError(
            f"The site is made by {' and '.join(missing)}, which this environment does not have. Install what authors need: "
            f"{sys.executable} -m pip install -r requirements-dev.txt"
        )


def figures() -> dict[str, tuple[list[str], str]]:
    """For each function of helpers/plots.py: the names of its parameters, and what it draws, in a few words."""
    tree = ast.parse((PROJECT / "helpers" / "plots.py").read_text(encoding="utf-8"))
    return {
        node.name: (
            [argument.arg for argument in node.args.args],
            re.split(r"[,;:.]", ast.get_docstring(node).replace("`", ""))[0],
        )
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)
    }


def alternative_text(code: str, section: str) -> str:
    """What stands for the figure that `code` draws where it cannot be seen: its title, and what is drawn."""
    drawn = figures()
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("plots."):
            continue
        parameters, kind = drawn[node.func.attr]
        arguments = dict(zip(parameters, node.args, strict=False))
        arguments |= {keyword.arg: keyword.value for keyword in node.keywords}
        title = arguments.get("title")
        if isinstance(title, ast.JoinedStr):  # its values are known only where it runs
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in title.values]
            title = ast.Constant("".join(parts))
        name = title.value if isinstance(title, ast.Constant) else section
        return f"Figure: {name}. {kind}."
    return f"Figure of the section: {section}"


def chapter(file: Path, terms: list[Term]) -> dict:
    """The content of a notebook as a page: with anchors at its terms, texts for its figures, and links to other forms of it."""
    notebook = for_learners(file)
    section = ""
    for cell in notebook["cells"]:
        text = source(cell)
        if cell["cell_type"] == "markdown":
            if heading := re.search(r"^#+ (.+)", text, re.MULTILINE):
                section = heading[1].replace("`", "")
            for term in terms:
                if (term.notebook, term.cell) == (file, cell["id"]):
                    marked = f'<dfn id="{term.anchor}">{term.bold}</dfn>'
                    text = text.replace(term.bold, marked, 1)
            cell["source"] = for_site(text, NOTEBOOKS)
        elif cell["cell_type"] == "code":
            cell["outputs"] = [output for output in cell["outputs"] if not is_blank(output)]
            if any("image/png" in output.get("data", {}) for output in cell["outputs"]):
                image = {"alt": alternative_text(text, section)}
                cell["metadata"]["mystnb"] = {"image": image}
    first = notebook["cells"][0]
    first["source"] = f"{source(first)}\n\n{' · '.join([other_forms(file), *hosted_forms(file)])}"
    return notebook


def is_blank(output: dict) -> bool:
    """Whether an output shows nothing, as a progress bar does after `Trainer.predict` has put it away."""
    return "".join(output.get("data", {}).get("text/html", "shown")).strip() == ""


def other_forms(file: Path) -> str:
    return (
        f'<a href="notebooks/{file.name}" download>Download the notebook</a> · '
        f'<a href="slides/{file.stem}.html">Slides</a>'
    )


def repository() -> str:
    """The address of the repository whose workflow runs this on GitHub; empty anywhere else."""
    name = os.environ.get("GITHUB_REPOSITORY")
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}" if name else ""


def hosted_forms(file: Path) -> list[str]:
    """Links that open a chapter at services which run notebooks; none without a repository on GitHub."""
    forms = services(repository(), file)
    return [f'<a href="{address}">Open in {name}</a>' for name, address in forms.items()]


def page_of(address: str, folder: Path) -> str:
    """What a link to `address` from a file in `folder` leads to on the site: a page, or a file of the project to download."""
    path = Path(os.path.abspath(folder / address))
    name = path.relative_to(PROJECT).as_posix()
    pages = {file: f"{page}.md" for page, file in APPENDIX.items()} | {START: "index.md"}
    return pages.get(name, path.name if path.suffix == ".ipynb" else name)


def for_site(text: str, folder: Path) -> str:
    """Markdown of a file in `folder` with its links as the site has them."""
    return LINK.sub(lambda link: f"]({page_of(link[1], folder)}{link[2] or ''})", text)


def files_linked(pages: Path) -> set[str]:
    """The files of the project to download to which the pages written so far link."""
    texts = [file.read_text(encoding="utf-8") for file in pages.iterdir() if file.is_file()]
    names = {link[1] for text in texts for link in LINK.finditer(text)}
    return {name for name in names if not (pages / name).exists() and (PROJECT / name).is_file()}


def contents(files: list[Path]) -> str:
    """The map of the course: each chapter with what it is for, how long it takes, and its other forms."""
    entries = []
    for file in files:
        notebook = for_learners(file)
        purpose = source(notebook["cells"][0]).split("\n\n")[1]
        text = "\n".join(source(cell) for cell in notebook["cells"])
        minutes = re.search(r"\*\*Time:\*\* ([^;.]+)", text)[1]
        entries.append(
            f"[{title_of(notebook)}]({file.name})\n"
            f": {purpose.replace('**', '')}\n\n  {minutes[0].upper()}{minutes[1:]}. {other_forms(file)}\n"
        )
    return "\n".join(entries)


def glossary(terms: list[Term]) -> str:
    """The page of all terms, each with the sentence that explains it and a link to it."""
    entries = [
        f'{term.name}\n  {term.sentence} <a href="{term.notebook.stem}.html#{term.anchor}">'
        f"{title_of(for_learners(term.notebook))}</a>\n"
        for term in sorted(terms, key=lambda term: term.name.strip("`").lower())
    ]
    start = (FILES / "glossary.md").read_text(encoding="utf-8")
    return start.replace("TERMS", "\n".join(entries))


def picture() -> str:
    """The README's picture, with its text and the line below it."""
    readme = (PROJECT / START).read_text(encoding="utf-8")
    return for_site(re.search(r"^!\[.+\)\n\n.+$", readme, re.MULTILINE)[0], PROJECT)


def commands() -> str:
    """The two commands; on GitHub, whose workflows name their repository, with those that fetch the course."""
    address = repository()
    if not address:
        return COMMANDS
    return f"git clone {address}.git\ncd {address.rpartition('/')[2]}\n{COMMANDS}"


def without_installing() -> str:
    """What the start page says about the services that each chapter links to; empty where it links to none."""
    names = list(services(repository(), NOTEBOOKS / "any.ipynb"))
    if not names:
        return ""
    return (
        f"Or run it without installing anything: at the top of every chapter are links that open it in "
        f"{', '.join(names[:-1])}, or {names[-1]}. In Colab and in Kaggle, its first cell fetches the course and installs what "
        f"is missing there; run it first."
    )


def write_pages(folder: Path, source_folder: Path) -> None:
    """Writes what Sphinx reads: the start page, the chapters, the glossary, the appendix, and the files that they link to."""
    files = notebook_files(source_folder)
    terms = terms_of(files)
    for file in files:
        (folder / file.name).write_bytes(serialized(chapter(file, terms)))
    start = (FILES / "start.md").read_text(encoding="utf-8")
    start = start.replace("CHAPTERS", contents(files)).replace("COMMANDS", commands())
    start = start.replace("SERVICES", without_installing())
    start = start.replace("TOCTREE", "\n".join(file.stem for file in files))
    start = start.replace("APPENDIX", "\n".join(APPENDIX)).replace("PICTURE", picture())
    (folder / "index.md").write_text(start, encoding="utf-8")
    (folder / "glossary.md").write_text(glossary(terms), encoding="utf-8")
    for page, name in APPENDIX.items():
        text = (PROJECT / name).read_text(encoding="utf-8")
        text = re.sub(
            r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL
        )  # what the Hub reads of a card
        (folder / f"{page}.md").write_text(
            for_site(text, (PROJECT / name).parent), encoding="utf-8"
        )
    for name in files_linked(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)


class Page(HTMLParser):
    """The ids in a page, and the addresses that it links to or loads."""

    def __init__(self, file: Path):
        super().__init__()
        self.ids, self.addresses = set(), []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        for name in ("href", "src"):
            if attributes.get(name):
                self.addresses.append(attributes[name])


def broken_links(folder: Path) -> list[str]:
    """The links of the pages in `folder`, and of the decks below it, that lead to no file or no place in it, a line each."""
    files = [*folder.glob("*.html"), *folder.glob("slides/*.html")]
    pages = {file.resolve(): Page(file) for file in files}
    broken = []
    for file, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            place = unquote(parts.fragment)
            known = pages[target].ids if target in pages else {place}
            if not target.is_file() or (place and "/" not in place and place not in known):
                broken.append(f"{file.name}: {address}")
    return sorted(broken)


def make_site(target: Path = SITE, source_folder: Path = NOTEBOOKS) -> Path:
    """Makes the site in `target`, which is emptied first, and returns its first page.

    Raises CourseError where a package is missing, Sphinx warns of something, or a link of the site leads nowhere.
    """
    require_sphinx()
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        write_pages(pages, source_folder)
        command = [sys.executable, "-m", "sphinx", "-q", "-E", "--fail-on-warning"]
        command += ["-c", FILES, "-d", Path(folder) / "doctrees", pages, target]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            problems = (done.stderr or done.stdout).replace(f"{pages}{os.sep}", "").strip()
            raise CourseError(f"Sphinx could not make the site of these notebooks:\n{problems}")
    for file in target.rglob("*.map"):  # a quarter of the site, for those who debug the theme
        file.unlink()
    make_slides(target / "slides", source_folder)
    (target / "notebooks").mkdir()
    for file in notebook_files(source_folder):
        copy = target / "notebooks" / file.name
        copy.write_text(without_outputs(file), encoding="utf-8")
    if broken := broken_links(target):
        raise CourseError("Links in the site that lead nowhere:\n" + "\n".join(broken))
    return target / "index.html"


def main(arguments: list[str]) -> None:
    page = make_site()
    print(f"open {page.relative_to(PROJECT)} in a browser")
