"""What Sphinx is told about the reading edition; helpers/commands/site.py writes the pages and starts it."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

project = html_title = "Fine-tuning on your laptop"
language = "en"
html_context = {
    "default_mode": "auto"
}  # as the reader's system; the theme complains where it is left open
extensions = ["myst_nb", "sphinx_book_theme"]
nb_execution_mode = "off"  # the outputs are those that were recorded
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "deflist"]
myst_dmath_double_inline = True
myst_heading_anchors = 3  # links to headings, as on GitHub
html_math_renderer = "mathml"  # browsers draw it by themselves; MathJax would be fetched

html_theme = "sphinx_book_theme"
html_theme_options = {
    "home_page_in_toc": True,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "use_download_button": False,  # each chapter has a link to the notebook as learners get it
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # the search stands in the sidebar
    "footer_content_items": [],
    "search_bar_text": "Search the course ...",
}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = html_use_index = False
html_show_sphinx = False
html_show_copyright = False


def inline_math(translator, node):
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def displayed_math(translator, node):
    translator.body.append(
        f'<div class="math" tabindex="0">{tex2mathml(node.astext(), as_block=True)}</div>\n'
    )
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline_math, None), (displayed_math, None))
