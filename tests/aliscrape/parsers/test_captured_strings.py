"""Thousands of strings from real pages; what each means is worked out here in another way."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aliscrape.parsers.price import parse_price
from aliscrape.parsers.shipping import ShippingTerms, parse_shipping
from aliscrape.parsers.star_rating import parse_star_rating
from aliscrape.parsers.units_sold import parse_units_sold as parse_sold
from db.money import Money

SIGNS = {"US $": "USD", "$": "USD", "MAD": "MAD", "ARS": "ARS", "₫": "VND", "₪": "ILS",
         "￡": "GBP", "€": "EUR"}  # fmt: skip

UNREADABLE_PRICES: dict[str, str] = {}
"""Prices that are not read, each with the reason why not. There are none."""


@pytest.fixture(scope="module")
def strings(captures: Path) -> dict[str, list[str]]:
    found: Any = json.loads((captures / "strings/raw_strings.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def meaning_of_price(text: str) -> Money:
    sign = next(sign for sign in SIGNS if text.startswith(sign))
    number = text.removeprefix(sign).split(" - ")[0].strip()
    if SIGNS[sign] in {"ARS", "EUR"}:
        number = number.replace(".", "").replace(",", ".")
    return Money.of(Decimal(number.replace(",", "")), SIGNS[sign])


def test_every_price_gives_amount_and_currency(strings: dict[str, list[str]]) -> None:
    for text in strings["price"]:
        if text in UNREADABLE_PRICES:
            assert parse_price(text) is None, text
        else:
            assert parse_price(text) == meaning_of_price(text), text


def test_every_sold_string_gives_its_number(strings: dict[str, list[str]]) -> None:
    for text in strings["sold"]:
        digits = re.sub(r"\D", "", text)
        assert parse_sold(text) == (int(digits) if digits else None), text


def test_no_shipping_text_with_a_condition_is_read_as_free(strings: dict[str, list[str]]) -> None:
    for text in strings["shipping_tag"] + strings["other_tag"] + strings["eta"]:
        shipping = parse_shipping(text)
        if re.search(r"\d", text) and "jours" not in text:
            assert shipping is None or shipping.terms is not ShippingTerms.FREE, text


def test_every_shipping_tag_is_understood(strings: dict[str, list[str]]) -> None:
    for text in strings["shipping_tag"]:
        if text.startswith("bizData:"):
            continue  # made from numbers of product pages, shown to nobody
        shipping = parse_shipping(text)
        assert shipping is not None, text
        fee = re.search(r"[Ss]hipping: \D*([\d,.]+)", text) or re.search(r"envío: ARS (.+)", text)
        if fee:
            number = fee[1]
            if "envío" in text:
                number = number.replace(".", "").replace(",", ".")
            assert shipping.fee is not None, text
            assert shipping.fee.amount == Decimal(number.replace(",", "")), text
        else:
            expected = ShippingTerms.CONDITIONAL if " over " in text else ShippingTerms.FREE
            assert shipping.terms is expected, text


def test_no_other_tag_is_taken_for_shipping(strings: dict[str, list[str]]) -> None:
    taken = [text for text in strings["other_tag"] + strings["eta"] if parse_shipping(text)]
    assert taken in ([], ["Free shipping"])


def test_every_rating_is_read(strings: dict[str, list[str]]) -> None:
    for text in strings["rating"]:
        found = re.search(r"\d(\.\d)?", text)
        assert parse_star_rating(text) == (Decimal(found[0]) if found else None), text
