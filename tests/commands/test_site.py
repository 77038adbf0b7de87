"""make site: the reading edition as files; tests/slow/test_site_in_browser.py looks at it in a browser."""

import json
import re
import shutil

import pytest

from helpers.commands import site
from helpers.commands.hosted import services
from helpers.commands.support import terms
from helpers.commands.support.copies import for_learners, without_outputs
from helpers.commands.support.notebooks import NOTEBOOKS, notebook_files, read, source, write
from helpers.commands.support.terms import names_a_term, terms_of
from helpers.errors import CourseError
from helpers.runs import PROJECT

FILES = notebook_files()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The site of the notebooks as they are."""
    return site.make_site(tmp_path_factory.mktemp("site")).parent


def html(folder, stem):
    return (folder / f"{stem}.html").read_text(encoding="utf-8")


def elements(page):
    """A page without its scripts and without what it shows as code."""
    return re.sub(r"<(script|pre)\b.*?</\1>", "", page, flags=re.DOTALL)


def test_it_leads_through_the_chapters_and_loads_nothing_from_another_machine(folder):
    stems = ["index", *[file.stem for file in FILES], "glossary", *site.APPENDIX]
    for stem, following in zip(stems, [*stems[1:], None], strict=True):
        page = html(folder, stem)
        link = re.search(r'class="right-next"\s+href="(\S+)\.html"', page)
        assert (link[1] if link else None) == following
        for tag in re.findall(r"<(?:script|link|img)\b[^>]*>", page):
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", tag), tag
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert size < 12e6 and not list(folder.rglob("*.map"))
    styles = list((folder / "_static").rglob("*.css"))
    assert styles and not [
        file.name
        for file in styles
        if re.search(r"(?:url\(|@import )['\"]?(?:https?:)?//", file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_chapter_is_its_notebook_without_the_instructors_notes(file, folder):
    page, notebook = html(folder, file.stem), for_learners(file)
    shown = elements(page)
    assert "Instructor, " in json.dumps(read(file)) and "Instructor, " not in shown
    text = "\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    for part in ("Hint", "Solution", "Answer"):
        assert shown.count(f"<summary>{part}</summary>") == text.count(f"<summary>{part}</summary>")
    outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", [])]
    pictures = re.findall(r'<img alt="([^"]*)" src="_images', page)
    assert len(pictures) == sum("image/png" in each.get("data", {}) for each in outputs)
    assert all(re.match(r"Figure: .{5,}\. .{10,}\.", each) for each in pictures), pictures
    assert page.count("<math ") == len(re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", text, re.DOTALL))
    for form in (f"notebooks/{file.name}", f"slides/{file.stem}.html"):
        assert f'href="{form}"' in shown and f'href="{form}"' in html(folder, "index")
        assert (folder / form).exists()
    said_twice = [source(cell) for cell in notebook["cells"] if cell["id"].endswith("-slide")]
    assert not [text for text in said_twice if text[:30] in re.sub(r"<[^>]+>", "", shown)]
    copy = (folder / "notebooks" / file.name).read_text(encoding="utf-8")
    assert copy == without_outputs(file)


def test_the_start_page_has_the_map_and_the_two_commands(folder, monkeypatch):
    page = re.sub(r"<[^>]+>", "", html(folder, "index"))
    for file in FILES:
        assert source(read(file)["cells"][0]).split("\n")[0].strip("# ") in page
    assert page.count(" minutes to read and run") == len(FILES)
    assert re.search(r'<img alt="Four ways [^"]+" src="_images/', html(folder, "index"))
    targets = re.findall(r"^make (\w+)", site.COMMANDS, re.MULTILINE)
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert len(targets) == 2 and all(f"\n{target}: " in makefile for target in targets)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert site.commands() == site.COMMANDS
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/course")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://example.org")
    assert site.commands().startswith(
        "git clone https://example.org/someone/course.git\ncd course\nmake lab "
    )


def test_on_github_alone_chapters_link_to_the_services_that_run_them(folder, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert "Open in " not in source(site.chapter(FILES[4], [])["cells"][0])
    assert site.without_installing() == ""
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/course")
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    for file in FILES:
        first = source(site.chapter(file, [])["cells"][0])
        for name, address in services("https://github.com/someone/course", file).items():
            assert f'<a href="{address}">Open in {name}</a>' in first
    assert "links that open it in Colab, Kaggle, or Binder. In Colab" in site.without_installing()
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://example.org")
    assert "Open in " not in source(site.chapter(FILES[4], [])["cells"][0])


def test_the_glossary_has_every_term_with_its_sentence_and_its_place(folder):
    page, found = html(folder, "glossary"), terms_of(FILES)
    assert len(found) > 80
    for term in found:
        assert term.name.strip("`").lower() in term.sentence.replace("`", "").lower()
        assert f'<dfn id="{term.anchor}"><strong>' in html(folder, term.notebook.stem)
        assert f'href="{term.notebook.stem}.html#{term.anchor}"' in page
    assert page.count("<dt ") == len(found)


@pytest.mark.parametrize(
    ("bold", "before", "answer"),
    [
        ("collator", "or ", True),
        ("next-sentence prediction", "called ", True),
        ("`DataLoader`", "a ", True),
        ("Recall", "- ", True),
        ("many", "You need ", False),
        ("The longer one", "", False),
        ("On MRPC, a model must beat 0.684", "", False),
        ("longest pair of the dataset", "pad to the ", False),
        ("similar length", "4. the same, with pairs of ", False),
        ("512", "tokens: ", False),
        ("Predict:", "", False),
        ("Since 2021", "> ", False),
        ("step", "## One ", False),
    ],
)
def test_a_term_is_told_from_other_bold_by_rule(bold, before, answer):
    assert names_a_term(bold, before) == answer


def test_a_term_counts_where_it_is_bold_first_and_a_sentence_that_points_back_brings_the_one_before(
    tmp_path, monkeypatch
):
    texts = [
        "# 1. A title",
        "**Predict:** what comes? It stops. A **batch** goes through together.\n\nAgain a **batch**.",
        "- **Recall** is a share. Another one.\n- the recall of it, **only here**",
        "Each is as wide as its longest pair. This is **dynamic padding**:",
        "**Predict** the end. The rate rises. The first part of this is its **linear warm-up**.",
        "After the **Warm-up**, all **batches** are alike. One per **split**. A split is a part. It is large.",
        "1. It computes the **gradient**: how steep it is. Not **heavy**.",
        "**Logistic regression** adds. It is not linear. **Hub mail** comes.",
    ]
    cells = [
        {"cell_type": "markdown", "id": f"01-{number}", "metadata": {}, "source": [text]}
        for number, text in enumerate(texts)
    ]
    cells.append(
        {
            **cells[1],
            "id": "01-exercise-1",
            "source": ["A **task** is no term, and logistic is none."],
        }
    )
    write(tmp_path / "01_small.ipynb", {"cells": cells})
    assert [
        (term.name, term.sentence) for term in terms.terms_of([tmp_path / "01_small.ipynb"])
    ] == [
        ("batch", "A batch goes through together."),
        ("recall", "Recall is a share."),
        (
            "dynamic padding",
            "Each is as wide as its longest pair. This is dynamic padding.",
        ),
        ("linear warm-up", "The rate rises. The first part of this is its linear warm-up."),
        ("split", "A split is a part."),
        ("gradient", "It computes the gradient: how steep it is."),
        ("logistic regression", "Logistic regression adds."),
        ("Hub mail", "Hub mail comes."),
    ]


def test_a_figure_is_told_by_its_title_and_what_is_drawn():
    code = 'plots.tokens(tokens, ids, f"Row 0: {len(tokens)} tokens")'
    assert (
        site.alternative_text(code, "S")
        == "Figure: Row 0: … tokens. Tokens as boxes in reading order."
    )
    assert site.alternative_text("plots.padding(panels)", "S").startswith(
        "Figure: S. Real and padded"
    )
    assert site.alternative_text("draw()", "S") == "Figure of the section: S"


@pytest.mark.parametrize(
    ("link", "folder", "expected"),
    [
        ("02_loading_mrpc.ipynb", "notebooks", "02_loading_mrpc.ipynb"),
        ("../helpers/sample/README.md", "notebooks", "sample.md"),
        ("../README.md#data", "helpers/sample", "installing.md#data"),
        ("../README.md", "notebooks", "index.md"),
        ("../helpers/train.py", "notebooks", "helpers/train.py"),
        ("notebooks/05_dynamic_padding.png", "", "notebooks/05_dynamic_padding.png"),
        ("#here", "notebooks", "#here"),
        ("https://example.org/README.md", "notebooks", "https://example.org/README.md"),
    ],
)
def test_links_between_files_of_the_project_lead_to_the_sites_pages(link, folder, expected):
    assert site.for_site(f"See [this]({link}).", PROJECT / folder) == f"See [this]({expected})."


def test_files_that_are_no_pages_are_there_to_download(folder):
    links = re.findall(r'href="(_downloads/\S+?/(\S+?))"', html(folder, "08_training_loop"))
    assert {name for _, name in links} == {"train.py"}
    text = (PROJECT / "helpers" / "train.py").read_bytes()
    assert all((folder / link).read_bytes() == text for link, _ in links)


def test_an_output_that_shows_nothing_is_left_out(folder):
    cells = [cell for file in FILES for cell in read(file)["cells"] if cell["cell_type"] == "code"]
    blank = [output for cell in cells for output in cell["outputs"] if site.is_blank(output)]
    assert blank and all(output["output_type"] == "display_data" for output in blank)
    for file in FILES:
        assert not re.search(r'<div class="output text_html">\s*</div>', html(folder, file.stem))


def test_links_that_lead_nowhere_are_named(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there"></a><a href="b.html#gone"></a><img src="c.png"><a href="https://example.org">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<h1 id="there"><a href="#lost"></a>', encoding="utf-8")
    assert site.broken_links(tmp_path) == ["a.html: b.html#gone", "a.html: c.png", "b.html: #lost"]


def test_what_sphinx_warns_of_ends_the_command_and_is_shown(tmp_path):
    small = tmp_path / "notebooks"
    small.mkdir()
    shutil.copy(NOTEBOOKS / "README.md", small)
    notebook = read(FILES[0])
    notebook["cells"][0]["source"] = ["# 1. A title\n\nSee [the next](99_missing.ipynb)."]
    write(small / FILES[0].name, notebook)
    with pytest.raises(CourseError, match=f"(?s)Sphinx could not.*{FILES[0].name}.*99_missing"):
        site.make_site(tmp_path / "site", small)


def test_where_sphinx_is_missing_the_command_says_how_to_get_it_and_leaves_the_old_site(
    tmp_path, monkeypatch
):
    (tmp_path / "index.html").touch()
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="Install what authors need"):
        site.make_site(tmp_path)
    assert (tmp_path / "index.html").exists()
