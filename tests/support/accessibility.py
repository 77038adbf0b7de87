"""What keeps people out of a page, as axe-core finds it in the browser."""

from axe_playwright_python.sync_playwright import Axe


def serious(page) -> list[str]:
    """The violations that axe-core calls serious or critical, each with the first element that it names."""
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
