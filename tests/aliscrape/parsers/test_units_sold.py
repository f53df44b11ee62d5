"""Sold counts in the languages of the site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscrape.parsers.units_sold import parse_units_sold

READ = [
    ("1 sold", 1),
    ("1,000+ sold", 1000),
    ("50,000+ sold", 50000),
    ("1000+\xa0sold", 1000),
    ("17 569 sold", 17569),
    ("284 Sold", 284),
    ("109 orders", 109),
    ("Orders (105)", 105),
    ("Orders  (0)", 0),
    ("Sold: 12", 12),
    ("10K+ sold", 10000),
    ("10k+ sold", 10000),
    ("1.2K+ sold", 1200),
    ("1M+ sold", 1000000),
    ("1.000+ vendidos", 1000),
    ("1 vendido(s)", 1),
    ("5 mil+ vendidos", 5000),
    ("+5 mil vendidos", 5000),
    ("1,5 mil vendidos", 1500),
    ("+ 500 vendus", 500),
    ("1 741 vendus", 1741),
    ("1.000+ verkauft", 1000),
    ("1.000+ venduti", 1000),
    ("2.000+", 2000),
    ("7", 7),
    ("1,000+ 点販売", 1000),
    ("5万+ 点販売", 50000),
    ("1.5万人付款", 15000),
    ("1,000+ 개 판매", 1000),
    ("1만+ 판매", 10000),
    ("1000+ продано", 1000),
    ("10 тыс.+ продано", 10000),
    ("1 000+ sprzedanych", 1000),
    ("1.000+ satıldı", 1000),
    ("3 bin+ satıldı", 3000),
    ("ขายแล้ว 1,000+ ชิ้น", 1000),
    ("Đã bán 5.000+", 5000),
    ("1.000+ terjual", 1000),
    ("נמכרו 1,000+", 1000),
    ("تم بيع 1,000+", 1000),
    ("已售 1,000+", 1000),
]

UNREAD = [
    pytest.param(None, id="no text"),
    pytest.param("", id="an empty text"),
    pytest.param("Sold", id="no number"),
    pytest.param("N/A", id="not available"),
    pytest.param("15-day delivery", id="a number of something else"),
    pytest.param("Save 5%", id="a discount"),
    pytest.param("US $5 sold", id="a price"),
    pytest.param("1.5 sold", id="half a shoe"),
    pytest.param("12,34 sold", id="groups of no country"),
    pytest.param("1.250K sold", id="a multiple that may be 1250 or 1.25 million"),
    pytest.param("3 bazillion sold", id="an unknown word may multiply"),
    pytest.param("5 meters sold", id="an m that is no million"),
    pytest.param("100 - 200 sold", id="a range"),
    pytest.param("100 sold, 20 left", id="two numbers"),
    pytest.param("9" * 30 + " sold", id="more than there are shoes"),
    pytest.param("-5 sold", id="fewer than none"),
]


@pytest.mark.parametrize(("text", "number"), READ, ids=[row[0] for row in READ])
def test_a_sold_count_is_the_number_or_its_lower_bound(text: str, number: int) -> None:
    assert parse_units_sold(text) == number


@pytest.mark.parametrize("text", UNREAD)
def test_what_cannot_be_known_is_none(text: str | None) -> None:
    assert parse_units_sold(text) is None


@given(st.text())
def test_no_text_is_an_exception(text: str) -> None:
    number = parse_units_sold(text)
    assert number is None or number >= 0


@given(st.text(alphabet="0123456789.,+ Kkmilsodven()万", max_size=20))
def test_texts_that_look_like_counts_are_whole_or_none(text: str) -> None:
    number = parse_units_sold(text)
    assert number is None or isinstance(number, int)


@given(st.integers(0, 10**11), st.sampled_from([",", ".", " ", "\xa0", ""]), st.booleans())
def test_what_a_page_writes_is_what_is_read(number: int, mark: str, more: object) -> None:
    text = f"{number:,}".replace(",", mark) + ("+ sold" if more else " sold")
    assert parse_units_sold(text) == number
