"""The README names every command, route, argument, setting and exit code there is."""

import ast
import re

import pytest
from flask import Flask

from aliscrape.arguments import NAMES
from aliscrape.outcome import Outcome
from tests.crawls import ROOT
from webapi import create_app
from webapi.config import DEFAULTS

PLAYWRIGHTS = {"PLAYWRIGHT_BROWSERS_PATH"}
"""What Playwright documents, not we."""
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def app(database_url: str) -> Flask:
    return create_app({"DATABASE_URL": database_url})


def commands() -> list[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)


def variables() -> set[str]:
    """The environment's variables that the crawler asks for, and those of the service."""
    asked = {
        str(node.args[0].value)
        for module in ("settings.py", "browser/finder.py")
        for node in ast.walk(ast.parse((ROOT / "aliscrape" / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and isinstance(node.args[0], ast.Constant)
    }
    return asked - PLAYWRIGHTS | set(DEFAULTS)


@pytest.mark.parametrize(
    "command", ["demo", "test", "test-long", "check", "crawl", "api", "browser"]
)
def test_the_commands_that_people_are_told_exist_and_are_in_the_readme(command: str) -> None:
    assert command in commands()
    assert f"make {command}" in README


def test_every_command_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^\.PHONY: ([a-z-]+)", makefile, re.MULTILINE)) == set(commands())


@pytest.mark.parametrize("argument", NAMES)
def test_every_argument_of_the_spiders_is_in_the_readme(argument: str) -> None:
    assert f"-a {argument}=" in README


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == variables()


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: str(outcome.words))
def test_every_exit_code_is_in_the_readme(outcome: Outcome) -> None:
    assert re.search(rf"^\| {outcome.exit_code} \|", README, re.MULTILINE)


def test_every_route_is_in_the_readme(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        route = re.sub(r"<[^>]*:(\w+_)?id>", "<id>", rule.rule)
        if route.startswith("/api/v1/products"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert f"`{method} {route}`" in README
        elif not route.startswith(("/swaggerui", "/static")):
            assert route.removesuffix("/api/v1") in README
