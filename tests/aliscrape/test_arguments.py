"""What a spider may be asked."""

from typing import Any

import pytest

from aliscrape.arguments import ArgumentError, Arguments
from aliscrape.site import ALIEXPRESS, Site

SITE = Site.at(ALIEXPRESS)
DEFAULTS: dict[str, Any] = {
    "goal": 25,
    "counts_new_only": False,
    "max_pages": 20,
    "url": None,
    "category": None,
    "product_pages": True,
}
URL = f"{ALIEXPRESS}/category/322/shoes.html"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, {}, id="nothing: the first 25"),
        pytest.param({"limit": "100"}, {"goal": 100}, id="more"),
        pytest.param({"new": "5"}, {"goal": 5, "counts_new_only": True}, id="new ones"),
        pytest.param({"limit": 100}, {"goal": 100}, id="a whole number from a Python script"),
        pytest.param({"_job": "6f", "_version": 1}, {}, id="what a scheduler adds"),
        pytest.param({"max_pages": "3"}, {"max_pages": 3}, id="fewer pages"),
        pytest.param({"url": URL}, {"url": URL}, id="a listing"),
        pytest.param({"category": " A >  B "}, {"category": "A > B"}, id="a category's name"),
        pytest.param({"details": "no"}, {"product_pages": False}, id="no product pages"),
        pytest.param({"details": "auto"}, {}, id="product pages"),
    ],
)
def test_arguments_have_defaults(given: dict[str, object], expected: dict[str, Any]) -> None:
    assert Arguments.parse(given, SITE) == Arguments(**DEFAULTS | expected)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "-5"}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": -5}, "limit"),
        ({"limit": 2.5}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": None}, "limit"),
        ({"new": [5]}, "new"),
        ({"url": 5}, "url"),
        ({"url": b"https://www.aliexpress.com/"}, "url"),
        ({"details": False}, "details"),
        ({"category": ("a", "b")}, "category"),
        ({"limit": "many"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": "2.5"}, "limit"),
        ({"limit": "١٢"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"new": "x"}, "new"),
        ({"max_pages": "0"}, "max_pages"),
        ({"limit": "5", "new": "5"}, "not both"),
        ({"url": "https://example.com/"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "shoes"}, "url"),
        ({"details": "yes"}, "details"),
        ({"pages": "5"}, "pages"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(ArgumentError, match=named):
        Arguments.parse(given, SITE)
