"""What a card says in each state of a product."""

from typing import Any

import pytest

from db.models import Observation
from tests.webapi.pages.observed import NOW, days_ago, product, seen
from webapi.pages.cards import Card, Catalog, card
from webapi.pages.pictures import PictureHosts

HOSTS = PictureHosts("http://127.0.0.1:5050")


def shown(observations: list[Observation] | None = None, **facts: Any) -> Card:
    return card(product(**facts), observations or [], Catalog(HOSTS, NOW))


def change(observations: list[Observation], **facts: Any) -> tuple[str, str]:
    said = shown(observations, **facts).change
    return said.kind, said.text


@pytest.mark.parametrize(
    ("observations", "facts", "said"),
    [
        ([seen(9, 5884), seen(2, 5178)], {}, ("drop", "$7.06 (12%)")),
        ([seen(9, 5000), seen(2, 5178)], {}, ("rise", "$1.78 (4%)")),
        ([seen(30, 5884), seen(12, 5178)], {}, ("same", "Same for 12 days")),
        ([seen(0.1, 5178)], {}, ("same", "New today")),
        ([seen(12, 5178)], {}, ("same", "Same for 12 days")),
        ([seen(5, 5178)], {"price_minor": None}, ("unknown", "")),
        ([seen(9, 4600, "EUR"), seen(2, 5178)], {}, ("same", "Same for 2 days")),
        ([seen(9, 5884)], {"edited_fields": frozenset({"price"})}, ("same", "Set by hand")),
        ([seen(9, 5884), seen(2, 5000)], {}, ("same", "Set by hand")),
        ([], {"last_seen_at": None, "created_at": days_ago(0)}, ("same", "Added today")),
        ([seen(9, 5178), seen(3, None, None), seen(2, 5178)], {}, ("same", "Same for 9 days")),
    ],
    ids=[
        "fell", "rose", "held", "seen once", "held since it was seen once", "unknown",
        "currency changed", "edited", "edited and released", "by hand", "gone in between",
    ],
)  # fmt: skip
def test_the_change_since_the_price_before(
    observations: list[Observation], facts: dict[str, Any], said: tuple[str, str]
) -> None:
    assert change(observations, **facts) == said


def test_a_price_that_held_throughout_what_was_read_held_at_least_so_long() -> None:
    observations = [seen(30 - day, 5178, units_sold=day) for day in range(30)]
    assert change(observations) == ("same", "Same for 30+ days")


def test_a_list_of_price_drops_shows_the_drop_since_its_day() -> None:
    said = card(product(), [seen(9, 4000), seen(2, 5178)], Catalog(HOSTS, NOW), 6000).change
    assert (said.kind, said.text) == ("drop", "$8.22 (14%)")


def test_a_product_that_the_last_good_crawl_of_its_category_missed_says_when_it_was_seen() -> None:
    good = Catalog(HOSTS, NOW, {"Shoes": days_ago(1), "Bags": days_ago(20)})
    missed = product(category="Shoes", last_seen_at=days_ago(9))
    assert card(missed, [], good).last_seen == "Last seen 9 days ago"
    elsewhere = product(category="Bags", last_seen_at=days_ago(9))
    assert card(elsewhere, [], good).last_seen is None


def test_a_sparkline_needs_two_prices_of_one_currency_and_room() -> None:
    two = [seen(9, 5884), seen(2, 5178)]
    assert shown(two).sparkline is not None
    assert shown([seen(2, 5178)]).sparkline is None
    assert shown([seen(9, 4600, "EUR"), seen(2, 5178)]).sparkline is None
    assert shown([seen(9, 99999), seen(2, 100000)], price_minor=100000).sparkline is None


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({"shipping_price_minor": 0}, ("Free shipping", "good")),
        ({"shipping_price_minor": 199}, ("+ $1.99 shipping", "")),
        ({"shipping_text": "Free shipping over US $10"}, ("Free shipping over US $10", "")),
        ({}, ("Shipping unknown", "dim")),
    ],
    ids=["free", "a fee", "a condition", "unknown"],
)
def test_shipping(facts: dict[str, Any], label: tuple[str, str]) -> None:
    said = shown(**facts).shipping
    assert (said.text, said.kind) == label


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"units_sold": 213, "units_sold_text": "213 sold"}, "213 sold"),
        ({"units_sold": 1000, "units_sold_text": "1,000+ sold"}, "1,000+ sold"),
        ({"units_sold": 12345}, "12,345 sold"),
        ({"units_sold": 0}, "0 sold"),
        ({}, "sales unknown"),
    ],
)
def test_units_sold(facts: dict[str, Any], text: str) -> None:
    assert shown(**facts).sold.text == text


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://ae01.alicdn.com/kf/shoe.jpg", "shown"),
        ("https://ae-pic-a1.aliexpress-media.com/kf/shoe.jpg", "shown"),
        ("https://www.aliexpress.com/shoe.jpg", "shown"),
        ("http://127.0.0.1:5050/kf/shoe.svg", "shown"),
        ("http://127.0.0.1:5051/kf/shoe.svg", "elsewhere"),
        ("https://alicdn.com.evil.example/shoe.jpg", "elsewhere"),
        ("https://evilalicdn.com/shoe.jpg", "elsewhere"),
        ("https://ae01.alicdn.com:8443/shoe.jpg", "elsewhere"),
        ("http://ae01.alicdn.com/shoe.jpg", "elsewhere"),
        ("javascript:alert(1)", "none"),
        ("data:image/png;base64,AAAA", "none"),
        ("not an address", "none"),
        (None, "none"),
    ],
)
def test_pictures_come_from_the_shop_s_hosts_alone(url: str | None, kind: str) -> None:
    assert shown(image_url=url).picture.kind == kind


def test_a_site_elsewhere_adds_no_host() -> None:
    sources = PictureHosts("https://www.aliexpress.com").sources
    assert sources == "https://*.alicdn.com https://*.aliexpress-media.com https://*.aliexpress.com"
    assert PictureHosts("http://127.0.0.1:5050").sources.endswith(" http://127.0.0.1:5050")
