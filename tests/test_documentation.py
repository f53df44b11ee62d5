"""The README and docs/: every command, argument, setting, exit code, route and link, checked."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from aliscrape.arguments import NAMES
from aliscrape.outcome import Outcome
from tests.crawls import ROOT
from webapi import create_app
from webapi.config import DEFAULTS

OTHER_PROGRAMS = {"PLAYWRIGHT_BROWSERS_PATH"}
"""Variables that Playwright documents."""
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXTS.values())


@pytest.fixture
def app(database_url: str) -> Flask:
    return create_app({"DATABASE_URL": database_url})


def make_commands() -> list[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)


def scrapy_commands() -> set[str]:
    ours = {path.stem for path in (ROOT / "aliscrape" / "commands").glob("[a-z]*.py")}
    return ours | {"crawl", "parse", "shell"}


def variables() -> set[str]:
    """Return the environment variables that the crawler and the service read."""
    read = {
        str(node.args[0].value)
        for module in ("settings.py", "browser/finder.py", "browser/obtain.py")
        for node in ast.walk(ast.parse((ROOT / "aliscrape" / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and re.fullmatch(r"[A-Z]+_[A-Z_]+", str(node.args[0].value))
    }
    return read - OTHER_PROGRAMS | set(DEFAULTS)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link for link in found if not link.startswith(("http:", "https:"))]


def test_every_make_command_is_documented_and_every_documented_one_exists() -> None:
    documented = set(
        re.findall(r"(?:^|[`&$] ?)make ([a-z][a-z-]+)", code(EVERYTHING), re.MULTILINE)
    )
    assert documented <= set(make_commands())
    assert set(make_commands()) - documented <= {
        "install-tests",
        "help",
        "lint",
        "clean",
        "install",
    }


def code(text: str) -> str:
    """Return the parts of a page that are set as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_every_make_command_has_a_description() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^\.PHONY: ([a-z-]+)", makefile, re.MULTILINE)) == set(make_commands())


def test_every_scrapy_command_in_the_documentation_exists() -> None:
    documented = set(re.findall(r"\bscrapy ([a-z]+)\b", code(EVERYTHING)))
    assert documented <= scrapy_commands()
    assert {path.stem for path in (ROOT / "aliscrape" / "commands").glob("[a-z]*.py")} <= documented


@pytest.mark.parametrize("argument", NAMES)
def test_every_spider_argument_is_in_the_readme(argument: str) -> None:
    assert f"| `-a {argument}=" in README


def test_every_spider_argument_in_the_documentation_exists() -> None:
    assert set(re.findall(r"-a ([a-z_]+)=", code(EVERYTHING))) <= set(NAMES)


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == variables()


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: str(outcome.words))
def test_every_exit_code_is_documented(outcome: Outcome) -> None:
    row = rf"^\| {outcome.exit_code} \| {re.escape(outcome.words)} \|"
    assert re.search(row, TEXTS["docs/exit-codes.md"], re.MULTILINE)


def test_every_documented_exit_code_exists() -> None:
    codes = {int(n) for n in re.findall(r"^\| (\d+) \|", TEXTS["docs/exit-codes.md"], re.MULTILINE)}
    assert codes == {outcome.exit_code for outcome in Outcome} | {1, 2}


def test_every_route_is_in_the_readme(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        route = re.sub(r"<[^>]*:(\w+_)?id>", "<id>", rule.rule)
        if route.startswith("/api/v1/products"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert f"`{method} {route}`" in README
        elif not route.startswith(("/swaggerui", "/static")):
            assert route.removesuffix("/api/v1") in README


def test_every_query_parameter_of_the_list_is_documented(app: Flask) -> None:
    specification = app.test_client().get("/api/v1/swagger.json").get_json()
    listed = specification["paths"]["/products"]["get"]["parameters"]
    names = {parameter["name"] for parameter in listed if parameter["in"] == "query"}
    table = set(re.findall(r"`([a-z_]+)`", TEXTS["docs/filtering.md"]))
    assert names - {"cursor"} <= table


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in links(TEXTS[page]):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page} links to {link}"


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in links(README)}
    assert {page for page in TEXTS if page.startswith("docs/")} <= linked


def test_every_file_that_the_documentation_names_exists() -> None:
    named = re.findall(r"`((?:aliscrape|db|webapi|tests|bench|docs)/[\w./-]*)`", EVERYTHING)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert len(README.splitlines()) <= 240
    assert len(TEXTS["CONTRIBUTING.md"].splitlines()) <= 120


def test_the_first_screen_shows_a_product_with_all_seven_facts_and_a_picture() -> None:
    screen = "\n".join(README.splitlines()[:45])
    for fact in ("title", "image_url", "price", "shipping_price", "star_rating", "units_sold",
                 "store_name"):  # fmt: skip
        assert re.search(rf'"{fact}": (?!null)', screen), fact
    picture = re.search(r"!\[[^\]]+\]\(([^)]+)\)", screen)
    assert picture is not None
    assert Path(ROOT / picture[1]).exists()
    assert "make demo" in screen
    assert "make test" in screen
