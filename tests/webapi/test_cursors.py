"""Cursors: JSON in base64, validated by type."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from webapi.cursors import Cursor
from webapi.errors import InvalidQuery
from webapi.sorting import PRODUCT_SORTS, PRODUCTS_BY_ID

ID = st.integers(-(2**63) + 1, 2**63 - 1)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "BigIntegerField": ID,
    "DoubleField": st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 5),
    "TextField": st.text(st.characters(exclude_categories=["Cs"])),
    "InstantField": st.just("2026-11-23T08:30:00.000000Z"),
}


@pytest.mark.parametrize("sort", ["", *PRODUCT_SORTS])
@given(data=st.data())
def test_a_cursor_survives_its_token(sort: str, data: st.DataObject) -> None:
    order = PRODUCT_SORTS.get(sort, PRODUCTS_BY_ID)
    values = st.tuples(*(VALUES[type(column).__name__] for column in order.columns))
    cursor = Cursor("after", data.draw(values), data.draw(ID))
    assert Cursor.parse(cursor.token, order) == cursor


@given(st.text() | st.binary().map(lambda data: urlsafe_b64encode(data).decode()))
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        Cursor.parse(text, PRODUCT_SORTS["price"])


def token(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return urlsafe_b64encode(text.encode()).decode()


WRONG = [
    pytest.param("price", ["after", ["USD", "5"], 7], id="a text for an amount"),
    pytest.param("price", ["after", ["USD", 5.5], 7], id="a fraction for an amount"),
    pytest.param("price", ["after", ["USD", True], 7], id="a boolean for an amount"),
    pytest.param("price", ["after", [5, 5], 7], id="a number for a currency"),
    pytest.param("price", ["after", ["USD", None], 7], id="one value that is null"),
    pytest.param("price", ["after", ["USD", 5, 5], 7], id="a value too many"),
    pytest.param("price", ["after", ["USD"], 7], id="a value too few"),
    pytest.param("price", ["after", {"USD": 5}, 7], id="an object for the values"),
    pytest.param("price", ["after", ["USD", 2**63], 7], id="a number that no column holds"),
    pytest.param("price", ["beside", ["USD", 5], 7], id="no direction"),
    pytest.param("price", [["after"], ["USD", 5], 7], id="a list for the direction"),
    pytest.param("price", ["after", ["USD", 5], "7"], id="a text for the id"),
    pytest.param("price", ["after", ["USD", 5], 2**63], id="an id that no column holds"),
    pytest.param("price", ["after", ["USD", 5]], id="no id"),
    pytest.param("price", {"after": 7}, id="an object"),
    pytest.param("price", 7, id="a number"),
    pytest.param("price", "[" * 100_000, id="nested too deeply"),
    pytest.param("star_rating", '["after", [NaN], 7]', id="not a number"),
    pytest.param("star_rating", '["after", [1e999], 7]', id="infinity"),
    pytest.param("title", ["after", None, 7], id="null where no value is"),
    pytest.param("title", '["after", ["\\ud800"], 7]', id="half a character"),
    pytest.param("updated_at", ["after", ["yesterday"], 7], id="no instant"),
    pytest.param("updated_at", ["after", ["2026-11-23"], 7], id="a day"),
    pytest.param("", ["after", ["USD"], 7], id="a value where there is no sort column"),
    pytest.param("", ["after", None, 7], id="null where there is no sort column"),
]


@pytest.mark.parametrize(("sort", "content"), WRONG)
def test_a_cursor_with_wrong_content_is_a_400(client: FlaskClient, sort: str, content: Any) -> None:
    query = {"cursor": token(content)} | ({"sort": sort} if sort else {})
    response = client.get("/api/v1/products", query_string=query)
    assert response.status_code == 400
    assert "Invalid cursor" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("sort", "content"),
    [
        ("price", ["after", ["USD", 5], 7]),
        ("price", ["before", None, 7]),
        ("-star_rating", ["after", [4], -7]),
        ("title", ["after", ["Shoe \x00 é 日本"], 7]),
        ("updated_at", ["before", ["2026-11-23T08:30:00.000000Z"], 7]),
        ("", ["before", [], 7]),
    ],
)
def test_a_cursor_of_a_row_that_never_was_is_fine(
    client: FlaskClient, sort: str, content: Any
) -> None:
    query = {"cursor": token(content)} | ({"sort": sort} if sort else {})
    response = client.get("/api/v1/products", query_string=query)
    assert (response.status_code, response.get_json()["items"]) == (200, [])
