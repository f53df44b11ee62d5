"""Money never rounds and never lies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.currencies import CURRENCIES, minor_digits
from db.money import MAX_MINOR, Money

currencies = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        pytest.param("12.34", "USD", 1234, id="cents"),
        pytest.param("12.3", "USD", 1230, id="one decimal"),
        pytest.param("12.300", "USD", 1230, id="idle zeros are no precision"),
        pytest.param("410", "JPY", 410, id="a currency without minor unit"),
        pytest.param("1.234", "KWD", 1234, id="a currency with three digits"),
        pytest.param("0", "USD", 0, id="zero is an amount"),
        pytest.param("1E+3", "USD", 100000, id="an exponent"),
    ],
)
def test_an_amount_becomes_minor_units(amount: str, currency: str, minor: int) -> None:
    assert Money.of(Decimal(amount), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        pytest.param("12.345", "USD", id="finer than a cent"),
        pytest.param("410.5", "JPY", id="a fraction of a yen"),
        pytest.param("12." + "0" * 40 + "1", "USD", id="finer than decimal's own precision"),
        pytest.param("-1", "USD", id="negative"),
        pytest.param("NaN", "USD", id="not a number"),
        pytest.param("Infinity", "USD", id="infinite"),
        pytest.param("1E+400", "USD", id="beyond all prices"),
        pytest.param("1E-400", "USD", id="beyond all smallness"),
        pytest.param("1", "XXX", id="no currency"),
        pytest.param("1", "usd", id="a code is written in capitals"),
    ],
)
def test_what_is_no_exact_money_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Money.of(Decimal(amount), currency)


@given(minor=st.integers(0, MAX_MINOR), currency=currencies)
def test_money_survives_the_way_through_a_decimal_string(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(Decimal(str(money.amount)), currency) == money
    assert -(money.amount.as_tuple().exponent) == minor_digits(currency)  # type: ignore[operator]
