"""Which titles, stores, categories and addresses are accepted: those that people can use."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from db.texts import VISIBLE, has_control_characters, is_visible
from tests.conftest import API_KEY

URL = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}

INVISIBLE = [
    "", " ", "\u00a0\u3000", "\u200b", "\u200d\u200c", "\u2060", "\ufeff", "\u00ad", "\u202e",
    "\u3164", "\u115f", "\uffa0", "\u2800", "\u0301", " \u20e3", "\ufe0f", "\u034f", "\u180e",
    "\U000e0041", "\U000e0100", "\U0001d173",
]  # fmt: skip
CONTROLS = [chr(number) for number in (*range(0x20), *range(0x7F, 0xA0))]
VISIBLE_TEXTS = [
    "e\u0301te\u0301", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u094d\u200d\u092f",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\u0645\u06cc\u200c\u062e",
    "1\ufe0f\u20e3", "soft\u00adly", "-", "\u978b", "\U0001f45f",
]  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("field", ["title", "store_name", "category"])
@pytest.mark.parametrize(
    "texts", [INVISIBLE, [f"a{char}b" for char in CONTROLS]], ids=["invisible", "control"]
)
def test_a_text_without_something_to_see_or_with_a_control_character_is_refused(
    client: FlaskClient, method: str, field: str, texts: list[str]
) -> None:
    made = client.post(URL, json={"title": "Shoe", "store_name": "Store"}, headers=KEY).get_json()
    url = URL if method == "POST" else f"{URL}/1"
    for text in texts:
        response = client.open(url, method=method, json={"title": "X"} | {field: text}, headers=KEY)
        assert response.status_code == 400, repr(text)
        assert response.get_json()["detail"].startswith(f"{field} must"), repr(text)
    assert client.get(URL).get_json()["items"] == [made]


@pytest.mark.parametrize("text", VISIBLE_TEXTS)
def test_joiners_and_marks_inside_a_visible_text_are_kept(client: FlaskClient, text: str) -> None:
    sent = {"title": text, "store_name": text}
    made = client.post(URL, json=sent, headers=KEY).get_json()
    assert {name: made[name] for name in sent} == sent
    assert client.put(f"{URL}/{made['id']}", json=made, headers=KEY).get_json() == made


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=4))
def test_the_specification_s_pattern_says_the_same(text: str) -> None:
    is_accepted = is_visible(text) and not has_control_characters(text)
    ecmascript = VISIBLE.replace("$", r"\Z")  # Python's $ also matches before a line break
    assert bool(re.search(ecmascript, text)) == is_accepted


@pytest.mark.parametrize("field", ["url", "image_url"])
@pytest.mark.parametrize(
    "address",
    ["https://%", "https://.", "https://a..b", "https://-a.b", "https://*", "https://a%20b/",
     "https://\u200b/", "https://", "https:///a", "http://host/a", "https://[::2]/", "host/a"],
)  # fmt: skip
def test_an_address_without_a_proper_host_is_refused(
    client: FlaskClient, field: str, address: str
) -> None:
    for body in ({"title": "Shoe", field: address}, {"title": "Shoe", field: f" {address} "}):
        response: Any = client.post(URL, json=body, headers=KEY)
        assert (response.status_code, response.get_json()["detail"].split()[0]) == (400, field)
    assert client.get(URL).get_json()["total"] == 0
