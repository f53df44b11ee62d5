"""The page of the product list: cards, filters and links, without a browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from db.money import Money
from tests.webapi.html.catalog import SHOES, crawl, page, shoe, text, texts


def titles(client: FlaskClient, url: str) -> list[str]:
    return texts(page(client, url), "article h3")


def test_an_empty_catalogue_says_what_to_do(client: FlaskClient) -> None:
    shown = page(client, "/")
    assert text(shown, "main h2") == "Nothing is tracked yet"
    assert texts(shown, "pre") == ["make crawl", "make demo"]
    assert shown.css("form") == []


def test_each_product_is_an_article_with_a_link_to_its_page(client: FlaskClient) -> None:
    crawl(0.1, shoe(1), shoe(2))
    shown = page(client, "/")
    assert shown.css("article h3 a::attr(href)").getall() == ["/products/1", "/products/2"]
    assert text(shown, "h1") == "Products 2"


def test_a_page_has_24_products_in_the_order_of_the_api(client: FlaskClient) -> None:
    crawl(0.1, *(shoe(number) for number in range(1, 31)))
    shown = page(client, "/")
    assert texts(shown, "article h3") == [f"Canvas Shoe {number}" for number in range(1, 25)]
    assert shown.css("[rel=prev]") == []
    (following,) = shown.css("a[rel=next]::attr(href)").getall()
    second = page(client, following)
    assert texts(second, "article h3") == [f"Canvas Shoe {number}" for number in range(25, 31)]
    assert second.css("a[rel=next]") == []
    (before,) = second.css("a[rel=prev]::attr(href)").getall()
    assert texts(page(client, before), "article h3")[0] == "Canvas Shoe 1"
    assert len(titles(client, "/?limit=7")) == 7


@pytest.mark.parametrize(
    "query",
    [
        "q=shoe&min_rating=4.5", "currency=USD&min_price=20&max_price=60", "free_shipping=true",
        "free_shipping=false", "sort=-price", "min_units_sold=100", "store_name=Pier",
        "sort=title&limit=2", "price_dropped_since=2026-01-01", "seen_since=2026-01-01",
        f"category={SHOES.replace('&', '%26').replace(' ', '+')}",
    ],
)  # fmt: skip
def test_the_page_lists_what_the_api_lists(client: FlaskClient, query: str) -> None:
    crawl(5, shoe(1, 9000), shoe(2, 6000))
    crawl(
        1,
        shoe(1, 5000, star_rating=4.8, units_sold=200, store_name="Pier"),
        shoe(2, 6000, shipping_price=Money(0, "USD"), star_rating=4.0),
        shoe(3, 3000, "EUR", shipping_price=Money(199, "EUR")),
        shoe(4, None),
    )
    listed = [item["title"] for item in client.get(f"/api/v1/products?{query}").get_json()["items"]]
    assert titles(client, f"/?{query}") == listed
    assert listed


def test_an_empty_parameter_counts_as_absent(client: FlaskClient) -> None:
    crawl(0.1, shoe(1), shoe(2))
    assert len(titles(client, "/?q=&category=&min_price=&currency=&sort=&cursor=")) == 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit must be"),
        ("min_price=10", "min_price needs currency beside it."),
        ("nothing=1", "'nothing' is not a parameter here."),
        ("q=a&q=b", "q is given more than once."),
        ("cursor=x", "Invalid cursor."),
        ("sort=colour", "sort must be one of"),
    ],
)
def test_an_invalid_parameter_is_named_above_the_form(
    client: FlaskClient, query: str, message: str
) -> None:
    crawl(0.1, shoe(1))
    shown = page(client, f"/?{query}", 400)
    assert message in text(shown, "[role=alert]")
    assert shown.css("article") == []
    sent = dict(pair.split("=") for pair in query.split("&"))
    for name in ("min_price", "q"):
        kept = shown.css(f"input[name={name}]::attr(value)").get()
        assert kept in {sent.get(name, ""), "a"}


def test_another_format_is_found_in_the_api(client: FlaskClient) -> None:
    response = client.get("/?format=csv&q=shoe")
    assert (response.status_code, response.location) == (
        303, "/api/v1/products?format=csv&q=shoe",
    )  # fmt: skip


# Narrowing


def test_a_quick_filter_is_a_link_that_adds_and_removes_one_parameter(client: FlaskClient) -> None:
    crawl(0.1, shoe(1, star_rating=4.8), shoe(2, star_rating=3.0))
    (rated,) = [pill for pill in page(client, "/?sort=-price").css("a.pill") if "4.5" in pill.get()]
    shown = page(client, rated.attrib["href"])
    assert texts(shown, "article h3") == ["Canvas Shoe 1"]
    assert text(shown, "h1") == "Products 1 of 2"
    assert text(shown, ".filters summary") == "Filters · 1"
    (on,) = shown.css("a.pill.on")
    assert parse_qs(urlsplit(on.attrib["href"]).query) == {"sort": ["-price"]}


def test_a_filter_leads_to_the_first_page_of_its_own_list(client: FlaskClient) -> None:
    crawl(0.1, *(shoe(number) for number in range(1, 31)))
    (following,) = page(client, "/").css("a[rel=next]::attr(href)").getall()
    for link in page(client, following).css("a.pill::attr(href)").getall():
        assert "cursor" not in link


def test_price_drops_are_one_tap_away(client: FlaskClient) -> None:
    crawl(3, shoe(1, 5884), shoe(2, 5000))
    crawl(1, shoe(1, 5178), shoe(2, 5000))
    link = page(client, "/").css("a.pill::attr(href)").get("")
    shown = page(client, link)
    assert texts(shown, "article h3") == ["Canvas Shoe 1"]
    assert text(shown, "article .change") == "$7.06 (12%) less than before"


def test_no_match_says_what_was_asked_and_offers_to_take_each_filter_off(
    client: FlaskClient,
) -> None:
    crawl(0.1, shoe(1))
    shown = page(client, "/?q=umbrella&free_shipping=true&sort=title")
    assert "“umbrella” in the title and free shipping" in text(shown, ".no-match p:first-of-type")
    links = shown.css(".no-match .button::attr(href)").getall()
    assert links == ["/?free_shipping=true&sort=title", "/?q=umbrella&sort=title", "/"]


def test_many_categories_are_a_text_field(client: FlaskClient) -> None:
    crawl(0.1, *(shoe(number, category=f"Path {number:03}") for number in range(50)))
    assert len(page(client, "/").css("select[name=category] option")) == 51
    crawl(0.1, shoe(51, category="Path 051"))
    shown = page(client, "/")
    assert shown.css("select[name=category]") == []
    assert len(shown.css("input[name=category]")) == 1


def test_a_sort_by_price_says_so_where_there_are_several_currencies(client: FlaskClient) -> None:
    crawl(0.1, shoe(1), shoe(2, 300, "JPY"))
    assert "currencies first" in text(page(client, "/?sort=price"), ".remark")
    assert page(client, "/?sort=price&currency=USD").css(".remark") == []
    assert page(client, "/").css(".remark") == []


# The last crawl


@pytest.mark.parametrize(
    ("outcome", "kind", "sentence"),
    [
        ("partial", "warning", "The last crawl failed in part 2 hours ago."),
        ("empty", "warning", "The last crawl found an empty listing 2 hours ago."),
        ("interrupted", "warning", "The last crawl was interrupted 2 hours ago."),
        ("forbidden by robots.txt", "warning", "was forbidden by robots.txt 2 hours ago."),
        ("blocked", "bad", "The last crawl was blocked 2 hours ago."),
        ("not understood", "bad", "The last crawl did not understand a page 2 hours ago."),
        ("storage failed", "bad", "The last crawl could not store products 2 hours ago."),
        ("crashed", "bad", "The last crawl crashed 2 hours ago."),
        ("some new word", "bad", "The last crawl ended as “some new word” 2 hours ago."),
    ],
)
def test_a_crawl_that_did_not_end_well_is_noticed(
    client: FlaskClient, outcome: str, kind: str, sentence: str
) -> None:
    crawl(1.001, shoe(1))
    number = crawl(
        2.1 / 24, outcome=outcome, reason="The site answered with its captcha.", advice="Wait."
    )
    shown = page(client, "/")
    said = text(shown, f".notice.{kind}")
    assert sentence in said
    assert "The site answered with its captcha. Wait. Last good crawl: yesterday." in said
    assert shown.css(".notice a::attr(href)").get() == f"/crawls#crawl-{number}"


def test_a_good_crawl_is_one_quiet_line(client: FlaskClient) -> None:
    crawl(2.1 / 24, shoe(1), shoe(2))
    shown = page(client, "/")
    assert text(shown, ".last").startswith("Last crawl done 2 hours ago: 0 changed, 2 new")
    assert shown.css(".notice") == []


def test_a_crawl_that_runs_is_said_to_run(client: FlaskClient) -> None:
    crawl(1, shoe(1))
    crawl(2.5 / 24 / 60, outcome=None)
    assert text(page(client, "/"), ".last").startswith("A crawl has been running for 2 minutes")


def test_a_failed_crawl_without_products_is_noticed_above_what_to_do(client: FlaskClient) -> None:
    crawl(0.1, outcome="blocked", reason="A captcha.", advice="Wait.")
    shown = page(client, "/")
    assert len(shown.css(".notice.bad")) == 1
    assert "No crawl has stored a product yet." in text(shown, ".empty > p:first-of-type")


def test_the_page_leads_to_the_feed(client: FlaskClient) -> None:
    for url in ("/", "/crawls", "/nothing"):
        shown = client.get(url, headers={"Accept": "text/html"}).get_data(as_text=True)
        assert 'type="application/atom+xml"' in shown
