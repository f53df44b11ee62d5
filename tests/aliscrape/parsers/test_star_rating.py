"""Star ratings as pages show them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscrape.parsers.star_rating import parse_star_rating


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("4.8", "4.8"),
        ("5", "5"),
        ("5.0", "5.0"),
        ("4,7", "4.7"),
        ("4.65", "4.65"),
        ("4.5★", "4.5"),
        ("4.5/5", "4.5"),
        ("Star Rating: 4.5 out of 5", "4.5"),
    ],
)
def test_stars_are_read(text: str, stars: str) -> None:
    assert parse_star_rating(text) == Decimal(stars)


@pytest.mark.parametrize("text", [None, "", "0", "0.0", "5.1", "6", "48", "-4", "N/A", "four"])
def test_unrated_or_impossible_is_none(text: str | None) -> None:
    assert parse_star_rating(text) is None


@given(st.text())
def test_whatever_comes_is_between_one_and_five_or_none(text: str) -> None:
    stars = parse_star_rating(text)
    assert stars is None or 0 < stars <= 5
