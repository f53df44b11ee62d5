"""Prices as shops of many countries write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscrape.parsers.currencies import currency_of
from aliscrape.parsers.price import parse_price
from aliscrape.parsers.text import LONGEST_PHRASE
from db.currencies import CURRENCIES, minor_digits
from db.money import Money

READ = [
    ("US $9.99", "9.99", "USD"),
    ("US $1,234.50", "1234.50", "USD"),
    ("US $3", "3.00", "USD"),
    ("$0.3", "0.30", "USD"),
    ("$2,380", "2380.00", "USD"),
    ("$1,234,567.89", "1234567.89", "USD"),
    ("US $0.02 - 5.00", "0.02", "USD"),
    ("US $735.80 - 1,039.80", "735.80", "USD"),
    ("US $1.68 - US $1.98", "1.68", "USD"),
    ("US $5.00 – 5.00", "5.00", "USD"),
    ("US $1.11 / lot", "1.11", "USD"),
    ("AU $12.30", "12.30", "AUD"),
    ("C$12.30", "12.30", "CAD"),
    ("NT$1,142.85", "1142.85", "TWD"),
    ("MXN$1.034,89", "1034.89", "MXN"),
    ("R$ 12,90", "12.90", "BRL"),
    ("ARS 1.515,50", "1515.50", "ARS"),
    ("ARS 1,39", "1.39", "ARS"),
    ("MAD2,255.80", "2255.80", "MAD"),
    ("€ 97,39 - 128,72", "97.39", "EUR"),
    ("1.234,56 €", "1234.56", "EUR"),
    ("12,34€", "12.34", "EUR"),
    ("1\u00a0234,56\u202f€", "1234.56", "EUR"),
    ("CHF 1'234.50", "1234.50", "CHF"),
    ("1 234,56 руб.", "1234.56", "RUB"),
    ("￡1.8", "1.80", "GBP"),
    ("£5", "5.00", "GBP"),
    ("₫10,413", "10413", "VND"),
    ("₩12,300", "12300", "KRW"),
    ("226円", "226", "JPY"),
    ("JPY 2,057", "2057", "JPY"),
    ("₪12.80", "12.80", "ILS"),
    ("₹1,23,456.70", "123456.70", "INR"),
    ("\u200e₪12.80\u200f", "12.80", "ILS"),
    ("KWD 1.5", "1.500", "KWD"),
    ("KWD 1,234.500", "1234.500", "KWD"),
    ("KWD 0.500", "0.500", "KWD"),
    ("12,34 zł", "12.34", "PLN"),
]

UNREAD = [
    pytest.param(None, id="no text"),
    pytest.param("", id="an empty text"),
    pytest.param("Free", id="a word"),
    pytest.param("9.99", id="no currency"),
    pytest.param("¥410", id="a sign that yen and yuan share"),
    pytest.param("kr 99", id="a sign that four countries share"),
    pytest.param("XXX 5", id="a code of no currency"),
    pytest.param("US $", id="no amount"),
    pytest.param("-US $5", id="a debt"),
    pytest.param("US $-5", id="a debt, written otherwise"),
    pytest.param("US $9.99 - ", id="half a range"),
    pytest.param("US $5 - 3", id="a range that falls"),
    pytest.param("US $5 - € 7", id="two currencies"),
    pytest.param("US $5 € 7", id="two prices"),
    pytest.param("US $0.123", id="finer than a cent"),
    pytest.param("¥ 410 JPY", id="a sign and a code"),
    pytest.param("US $12,34,5", id="groups of no country"),
    pytest.param("US $1.2.3", id="a version"),
    pytest.param("US $1,234.5678", id="four decimals"),
    pytest.param("KWD 1.234", id="three digits that may be decimals or thousands"),
    pytest.param("₫1.5", id="a fraction where there is none"),
    pytest.param("US $" + "9" * 40, id="beyond all prices"),
    pytest.param("save US $5 today", id="a price inside a phrase"),
    pytest.param("US $5" + " " * LONGEST_PHRASE, id="too long to be a price"),
]


@pytest.mark.parametrize(("text", "amount", "currency"), READ, ids=[row[0] for row in READ])
def test_a_price_is_read_with_its_currency(text: str, amount: str, currency: str) -> None:
    price = parse_price(text)
    assert price is not None
    assert (str(price.amount), price.currency) == (amount, currency)


@pytest.mark.parametrize("text", UNREAD)
def test_what_cannot_be_known_is_none(text: str | None) -> None:
    assert parse_price(text) is None


@pytest.mark.parametrize(
    ("text", "expected", "currency"),
    [
        pytest.param("￥ 410", "JPY", "JPY", id="yen on a page in yen"),
        pytest.param("¥410", "CNY", "CNY", id="yuan on a page in yuan"),
        pytest.param("kr 99,00", "SEK", "SEK", id="kronor on a Swedish page"),
        pytest.param("€ 5,00", "USD", "EUR", id="a sign of one currency says what it says"),
    ],
)
def test_the_page_s_currency_tells_what_a_shared_sign_means(
    text: str, expected: str, currency: str
) -> None:
    price = parse_price(text, expected)
    assert price is not None
    assert price.currency == currency


def test_a_shared_sign_is_never_another_currency() -> None:
    assert parse_price("¥410", "USD") is None
    assert currency_of("kr", "USD") is None


@given(st.text())
def test_no_text_is_an_exception(text: str) -> None:
    price = parse_price(text)
    assert price is None or price.amount >= 0


@given(st.text(alphabet="US $€¥0123456789.,-–' /円zł", max_size=30))
def test_texts_that_look_like_prices_are_exact_money_or_none(text: str) -> None:
    price = parse_price(text)
    if price is not None:
        exponent = price.amount.as_tuple().exponent
        assert exponent == -minor_digits(price.currency)


def _grouped(minor: int, digits: int, thousands: str, decimal: str) -> str:
    text = f"{Decimal(minor).scaleb(-digits):,.{digits}f}"
    return text.translate({ord(","): thousands, ord("."): decimal})


@given(
    minor=st.integers(0, 10**12),
    currency=st.sampled_from(sorted(CURRENCIES)),
    marks=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("’", ".")]),
    after=st.booleans(),
)
def test_what_a_shop_writes_is_what_is_read(
    minor: int, currency: str, marks: tuple[str, str], *, after: bool
) -> None:
    digits = minor_digits(currency)
    number = _grouped(minor, digits, *marks)
    text = f"{number} {currency}" if after else f"{currency} {number}"
    price = parse_price(text)
    thousands_or_decimals = digits == 3 and price is None
    assert thousands_or_decimals or price == Money(minor, currency)
