"""The plan of the house, held against the code."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("db", "aliscrape", "webapi")
ALLOWED = {"db": {"db"}, "aliscrape": {"aliscrape", "db"}, "webapi": {"webapi", "db"}}

# Inside a package imports point one way as well: each module only to those listed above it.
ORDER = {
    "db": ["currencies", "addresses", "texts", "money", "identifiers", "spreadsheets", "fields",
           "errors", "schema", "proxy", "models", "engines", "database", "repeating", "backup",
           "restore", "rows", "statements", "products", "search", "comparable_prices",
           "sightings", "product_pages", "edits", "batches", "observations", "catalog", "curation",
           "crawls", "unlisted", "notifications", "prune", "transfer"],
    "aliscrape": ["items", "site", "settings", "logs", "parsers", "arguments", "pages",
                  "redaction", "failed_pages", "browser", "outcome", "middlewares", "pipelines",
                  "exporters", "spiders", "spider_loader", "progress", "doctor", "notifications",
                  "schedule", "jobs", "commands"],
    "webapi": ["config", "errors", "sorting", "cursors", "etags", "capacity", "keys",
               "json_body",
               "repositories", "services", "prometheus", "pages", "schemas", "specification",
               "problems", "resources", "security", "path_prefix", "listening", "access_log",
               "serve"],
}  # fmt: skip
FORBIDDEN_NAMES = ("utils", "helpers", "manager", "handler", "common")


def modules(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_along_the_arrow(package: str) -> None:
    for path in modules(package):
        ours = {name.split(".")[0] for name in imported(path)} & set(PACKAGES)
        assert ours <= ALLOWED[package], f"{path} imports {ours - ALLOWED[package]}"


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_import_only_those_above_them(package: str) -> None:
    order = ORDER[package]
    for path in modules(package):
        room = path.relative_to(ROOT / package).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == package and len(parts) > 1 and parts[1] in order and parts[1] != room:
                assert order.index(parts[1]) < order.index(room), f"{path} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_listed_in_the_order(package: str) -> None:
    rooms = {path.relative_to(ROOT / package).parts[0] for path in modules(package)}
    assert {room.removesuffix(".py") for room in rooms} - {"__init__"} == set(ORDER[package])


def test_nothing_is_called_after_a_drawer() -> None:
    for package in PACKAGES:
        for path in modules(package):
            assert path.stem not in FORBIDDEN_NAMES, path


def test_page_objects_do_no_input_or_output() -> None:
    for path in modules("aliscrape"):
        if path.parts[-2] in {"pages", "listing", "parsers"}:
            outside = {"socket", "time", "datetime", "os", "pathlib", "peewee", "db.database"}
            assert not imported(path) & outside, path


def test_what_is_tested_on_a_file_only_says_why() -> None:
    reason_or_both = re.compile(r"mark\.sqlite,?  # \w|\bdatabase_url\b|\bpostgres\b")
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"sqlite:/{3}\{", text) or reason_or_both.search(text), path
