"""Dates and money in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from db.currencies import CURRENCIES
from db.money import Money
from tests.webapi.pages.observed import NOW
from webapi.pages import words


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=5, seconds=30), "5 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=24), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=95), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago_something_was(ago: timedelta, text: str) -> None:
    assert words.relative(NOW - ago, NOW) == text


def test_an_instant_has_an_exact_form_and_one_for_machines() -> None:
    shown = words.when(datetime(2025, 3, 1, 6, 17, 5, tzinfo=UTC), NOW)
    assert (shown.exact, shown.moment) == ("2025-03-01 06:17 UTC", "Sat 1 Mar 2025, 06:17")
    assert shown.machine == "2025-03-01T06:17:05.000000Z"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (5907, "USD", "$59.07"),
        (3150, "EUR", "€31.50"),
        (4990, "GBP", "£49.90"),
        (4180, "JPY", "¥4,180"),
        (124999, "BRL", "R$1,249.99"),
        (1234, "KWD", "KWD\N{NO-BREAK SPACE}1.234"),
        (0, "USD", "$0.00"),
    ],
)
def test_money_has_the_form_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert words.money_text(minor, currency) == text


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_no_digit_of_an_amount_is_lost_in_any_currency(currency: str) -> None:
    money = Money(123456789, currency)
    shown = words.money_text(money.minor, currency)
    digits = "".join(character for character in shown if character in "0123456789.")
    assert Decimal(digits.lstrip(".")) == money.amount


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(706, 5884, "12%"), (1, 5000, "<1%"), (0, 5, "0%"), (5, 5, "100%")]
)
def test_a_share_above_zero_is_never_shown_as_zero(part: int, whole: int, text: str) -> None:
    assert words.percent(part, whole) == text
