"""make slides: the decks as files; what is on which slide is in tests/published/test_slides.py."""

import re

from helpers.commands.slides import make_slides


def test_a_deck_is_one_file_without_addresses_to_fetch_from(tmp_path):
    decks = make_slides(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*decks, tmp_path / "index.html"])
    for page in decks:
        html = page.read_text(encoding="utf-8")
        elements = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
        assert not re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["'](?!data:)""", elements)
        assert not re.findall(r"@import|url\((?!['\"]?(?:data:|#))[^)]*\)", elements)
        assert "MathJax" not in html and "require.js" not in html and "jupyter-widgets" not in html
        assert all(
            "Figure of the section: " in image for image in re.findall("<img[^>]*>", elements)
        )
        links = re.findall(r'<a[^>]*href="([^"#]+)"', elements)
        assert all(re.match("https://", link) or (tmp_path / link).exists() for link in links)
        assert f'href="{page.name}"' in (tmp_path / "index.html").read_text(encoding="utf-8")
