"""Generated clients call every operation, and each response is what the specification says."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # it ships no types

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT
from tests.webapi.catalogues import store
from tests.webapi.server import serving

pytestmark = pytest.mark.sqlite  # what other programs make of our OpenAPI

BRAVADO = Path(__file__).parent / "bravado"
BRAVADO_PYTHON = BRAVADO / ".venv/bin/python"
SWAGGER_CLIENT = Path(__file__).parent / "swagger-client"
PROBLEMS = Counter({404: 1, 412: 1, 400: 2})


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path}/aliscrape.db"
    open_database(url)
    store(Random(1), 60)
    close_database()
    with serving(url, tmp_path) as address:
        yield address


def run(*command: str | Path) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.skipif(
    "CI" not in os.environ and not BRAVADO_PYTHON.exists(),
    reason="bravado is not installed in tests/webapi/bravado/.venv, as .ci/run does",
)
@pytest.mark.long
def test_bravado(service: str) -> None:
    run(BRAVADO_PYTHON, BRAVADO / "calls.py", service, API_KEY)


@pytest.mark.skipif(
    "CI" not in os.environ and not (SWAGGER_CLIENT / "node_modules").exists(),
    reason="swagger-client is not installed: npm install --prefix tests/webapi/swagger-client",
)
@pytest.mark.long
def test_swagger_client(service: str) -> None:
    node = shutil.which("node") or shutil.which("nodejs")
    assert node, "Node.js is not installed."
    lines = run(node, SWAGGER_CLIENT / "calls.mjs", service, API_KEY).splitlines()
    with urllib.request.urlopen(f"{service}/api/v1/swagger.json", timeout=30) as response:
        specification = json.load(response)
    responses = responses_of(specification)
    statuses = Counter[int]()
    called = set()
    for line in lines:
        answer = json.loads(line)
        called.add(answer["operation"])
        statuses[answer["status"]] += 1
        documented = responses[answer["operation"]][str(answer["status"])]
        schema = {"definitions": specification["definitions"]} | documented.get("schema", {})
        Draft4Validator(with_null(schema)).validate(answer["body"])
    assert called == set(responses)
    assert Counter({code: n for code, n in statuses.items() if code >= 400}) == PROBLEMS


def responses_of(specification: dict[str, Any]) -> dict[str, Any]:
    """Return the documented responses of each operation, by its id."""
    verbs = [verb for path in specification["paths"].values() for verb in path.values()]
    return {verb["operationId"]: verb["responses"] for verb in verbs if "operationId" in verb}


def with_null(schema: Any) -> Any:
    """Return a schema in which what is `x-nullable` may be null, as JSON Schema says it."""
    if isinstance(schema, list):
        return [with_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: with_null(part) for name, part in schema.items() if name != "x-nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("x-nullable") else inner
