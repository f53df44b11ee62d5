"""axe-core finds nothing serious on any page, in light and dark."""

from pathlib import Path

import axe_playwright_python
import pytest

from tests.browsers import needs_browser
from tests.browsing.conftest import Open

pytestmark = [
    needs_browser,
    pytest.mark.long,
    pytest.mark.sqlite,  # what the browser shows, whatever the database is
]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = [
    "/?limit=16&sort=-first_seen_at", "/?q=umbrella", "/?limit=0", "/products/2", "/products/41",
    "/products/44", "/crawls?limit=8", "/nothing",
]  # fmt: skip
ALL_PAGES = [*PAGES, "/?limit=100", "/products/7", "/products/47", "/crawls"]


@pytest.mark.parametrize(
    ("width", "pages"), [(1440, PAGES), pytest.param(360, ALL_PAGES, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_issue(visit: Open, theme: str, width: int, pages: list[str]) -> None:
    opened = visit(color_scheme=theme, viewport={"width": width, "height": 900})
    for path in pages:
        opened.page.set_extra_http_headers({"Accept": "text/html"})
        opened.page.goto(f"{opened.service}{path}")
        opened.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = 1")
        opened.page.evaluate(AXE)  # the policy forbids a script element
        found = opened.page.evaluate("axe.run()")
        assert len(found["passes"]) > 10
        serious = [
            (path, one["id"], [node["html"][:200] for node in one["nodes"]])
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == []
