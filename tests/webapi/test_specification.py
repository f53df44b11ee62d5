"""The OpenAPI specification: it is valid, complete, and true."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import create_product
from db.database import database
from db.sightings import Sighting

pytestmark = pytest.mark.sqlite  # the specification, whatever the database is

SPECIFICATION = "/api/v1/swagger.json"


@pytest.fixture
def specification(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(SPECIFICATION).get_json()
    return found


def operations(specification: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{verb} {path}", operation)
        for path, verbs in specification["paths"].items()
        for verb, operation in verbs.items()
        if verb != "parameters"
    ]


def test_the_specification_is_valid(specification: dict[str, Any]) -> None:
    validate(specification)
    referenced = set(re.findall(r"#/definitions/(\w+)", str(specification)))
    assert referenced <= set(specification["definitions"])


def test_products_come_before_crawls_and_reads_before_writes(client: FlaskClient) -> None:
    served = json.loads(client.get(SPECIFICATION).text)  # in the order of the text
    assert [tag["name"] for tag in served["tags"]] == ["products", "crawls"]
    product = served["paths"]["/products/{product_id}"]
    assert list(product) == ["parameters", "get", "put", "patch", "delete"]


def test_every_operation_says_what_it_does_and_which_errors_there_are(
    specification: dict[str, Any],
) -> None:
    assert len(operations(specification)) >= 8
    for name, operation in operations(specification):
        assert operation["summary"], name
        assert {"400", "503"} <= set(operation["responses"]), name


def test_every_error_has_an_example(specification: dict[str, Any]) -> None:
    for name, operation in operations(specification):
        errors = {code for code in operation["responses"] if int(code) >= 400}
        for code in errors:
            (example,) = operation["responses"][code]["examples"].values()
            assert (example["status"], bool(example["detail"])) == (int(code), True), name


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "object": (dict,), "array": (list,)
}  # fmt: skip


def test_every_field_of_a_model_has_an_example_of_its_type(specification: dict[str, Any]) -> None:
    for model, definition in specification["definitions"].items():
        for name, field in definition["properties"].items():
            where = f"{model}.{name}"
            if "$ref" in str(field):
                continue
            assert isinstance(field["example"], TYPES[field["type"]]), where
            assert field["example"] in field.get("enum", [field["example"]]), where


def test_linters_find_no_null_in_enums_and_no_operation_without_security(
    specification: dict[str, Any],
) -> None:
    assert "None" not in str([field.get("enum") or [] for field in properties(specification)])
    for name, operation in operations(specification):
        writes = not name.startswith("get ")
        assert operation["security"] == ([{"key": []}] if writes else []), name


def properties(specification: dict[str, Any]) -> list[dict[str, Any]]:
    models = specification["definitions"].values()
    return [field for model in models for field in model["properties"].values()]


def test_references_have_nothing_beside_them_that_clients_ignore(
    specification: dict[str, Any],
) -> None:
    for field in properties(specification):
        assert "$ref" not in field or len(field) == 1, field


@pytest.mark.parametrize("model", ["ProductList", "History", "CrawlList"])
def test_the_items_of_lists_are_named_models(specification: dict[str, Any], model: str) -> None:
    items = specification["definitions"][model]["properties"]["items"]["items"]
    assert items["$ref"].removeprefix("#/definitions/") in specification["definitions"]


def test_every_parameter_of_a_question_has_an_example(specification: dict[str, Any]) -> None:
    for name, operation in operations(specification):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter["x-examples"], f"{name} {parameter['name']}"
                assert "for example" in parameter["description"], f"{name} {parameter['name']}"


def test_the_examples_of_the_parameters_are_answered(
    client: FlaskClient, specification: dict[str, Any]
) -> None:
    for parameter in specification["paths"]["/products"]["get"]["parameters"]:
        question = {
            parameter["name"]: parameter["x-examples"]["example"]["value"],
            "currency": "USD",
        }
        if parameter["type"] == "boolean":
            question[parameter["name"]] = "true"
        response = client.get("/api/v1/products", query_string=question)
        assert response.status_code == 200, response.get_data(as_text=True)


def test_a_product_is_documented_field_by_field(
    client: FlaskClient, specification: dict[str, Any]
) -> None:
    database.connect(reuse_if_open=True)
    record_sightings(start_crawl("category"), [Sighting(aliexpress_id="1", title="Shoe")])
    create_product({"title": "By hand"})
    documented = specification["definitions"]["Product"]["properties"]
    for product in client.get("/api/v1/products").get_json()["items"]:
        assert set(product) == set(documented)
        nullable = {name for name, value in product.items() if value is None}
        assert all(documented[name]["x-nullable"] for name in nullable)


def test_swagger_ui_comes_from_local_files(client: FlaskClient) -> None:
    page = client.get("/api/v1/").get_data(as_text=True)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    with client.get("/swaggerui/swagger-ui-bundle.js") as script:
        assert script.status_code == 200
