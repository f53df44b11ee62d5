"""The way by names through the index of categories."""

import json

import pytest
from scrapy.http import HtmlResponse

from aliscrape.pages.categories import CategoryLink, find_child, find_second_level
from tests.listings import category_index, run_params, second_level_page

FIRST = ("Bags & Shoes", "Shoes")
INDEX = [
    ("Women's Clothing", [("Men's Shoes", "//www.aliexpress.com/category/9/decoy.html")]),
    (
        "Bags & Shoes",
        [
            ("Women's Shoes", "//www.aliexpress.com/category/1/womens-shoes.html"),
            ("Men's Shoes", "//www.aliexpress.com/category/2/mens-shoes.html"),
        ],
    ),
]


def page(html: str) -> HtmlResponse:
    return HtmlResponse("https://www.aliexpress.com/x.html", body=html, encoding="utf-8")


def test_the_second_level_is_found_under_its_own_first_level() -> None:
    assert find_second_level(page(category_index(INDEX)), FIRST, "Men's Shoes") == CategoryLink(
        ("Bags & Shoes", "Men's Shoes"), "//www.aliexpress.com/category/2/mens-shoes.html"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Shoes", "Men's Shoes", id="a first level of another year"),
        pytest.param("BAGS &  SHOES", "men’s shoes", id="other capitals, spaces and apostrophes"),
    ],
)
def test_names_are_compared_as_people_do(first: str, second: str) -> None:
    index = category_index([(first, [(second, "/category/2/mens-shoes.html")])])
    found = find_second_level(page(index), FIRST, "Men's Shoes")
    assert found is not None
    assert found.link == "/category/2/mens-shoes.html"


def test_the_earlier_name_wins_where_the_index_has_both() -> None:
    index = category_index(
        [("Shoes", [("Men's Shoes", "/category/3/b.html")]),
         ("Bags & Shoes", [("Men's Shoes", "/category/2/a.html")])]
    )  # fmt: skip
    found = find_second_level(page(index), FIRST, "Men's Shoes")
    assert found is not None
    assert found.names[0] == "Bags & Shoes"


def test_without_the_names_there_is_no_way() -> None:
    assert find_second_level(page(category_index(INDEX[:1])), FIRST, "Men's Shoes") is None
    assert find_second_level(page("<html></html>"), FIRST, "Men's Shoes") is None


MENU = '<a href="/category/8/womens-casual.html">Casual Shoes</a>'
CHILD = ("Casual Shoes", "//www.aliexpress.com/category/5/mens-casual-shoes.html")


def test_a_child_is_found_in_the_refine_list_and_not_in_a_menu() -> None:
    found = find_child(page(second_level_page([("Boots", "/category/4/b.html"), CHILD], MENU)),
                       "Casual Shoes")  # fmt: skip
    assert found == CategoryLink(("Casual Shoes",), CHILD[1])


def test_a_child_is_found_in_the_payload_of_older_pages() -> None:
    children = [{"categoryName": "Casual Shoes", "categoryUrl": CHILD[1]}]
    shoes = {"categoryName": "Men's Shoes", "categoryUrl": "/category/2/x.html",
             "childCategories": children}  # fmt: skip
    html = run_params({"items": [], "resultType": "normal_result", "refineCategory": [shoes]})
    assert find_child(page(html), "Casual Shoes") == CategoryLink(("Casual Shoes",), CHILD[1])


def test_a_link_in_a_menu_is_no_child_even_if_it_is_the_only_one() -> None:
    html = second_level_page([("Boots", "/category/4/b.html")], MENU)
    assert find_child(page(html), "Casual Shoes") is None


def test_a_name_that_stands_for_two_children_is_not_followed() -> None:
    men, women = "/category/3/casual-shoes.html", "/category/4/casual-shoes.html"
    both = second_level_page([("Casual Shoes", men), ("Casual Shoes", women)])
    assert find_child(page(both), "Casual Shoes") is None
    twice = second_level_page([("Casual Shoes", men), ("Casual Shoes", f"{men}?spm=2")])
    assert find_child(page(twice), "Casual Shoes") is not None


@pytest.mark.parametrize("payload", [{"refineCategory": 5}, {"refineCategory": [None, {}]}])
def test_a_strange_refine_list_is_no_way(payload: dict[str, object]) -> None:
    html = f"<script>window.runParams = {json.dumps({'items': [], **payload})};</script>"
    assert find_child(page(html), "Casual Shoes") is None
