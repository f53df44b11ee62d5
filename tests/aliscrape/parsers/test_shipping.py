"""Shipping tags: free, a fee, or a condition that must never be read as free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscrape.parsers.languages import FREE_SHIPPING
from aliscrape.parsers.shipping import ShippingTerms, parse_shipping

FREE = [
    "Free shipping",
    "Free Shipping",
    " free\xa0shipping ",
    "Envío gratis",
    "Livraison gratuite · Livraison en 6 jours · Retour gratuit",
    "Free shipping · 13-day delivery",
    "Frete grátis",
    "Kostenloser Versand",
    "Spedizione gratuita",
    "Бесплатная доставка",
    "送料無料",
    "무료 배송",
    "משלוח חינם",
    "شحن مجاني",
]

CONDITIONAL = [
    "Free shipping over US $10",
    "Free shipping over $10 · 13-day delivery",
    "Free shipping over ￡8.22 · 11-day delivery",
    "Free shipping · on orders over $10",
    "13-day delivery · Free shipping over $10",
    "Free shipping on 2 or more",
    "Free shipping with coins",
    "Free shipping*",
    "Get free shipping",
    "Envío gratis a partir de US $10",
    "Livraison gratuite dès 10,00€",
    "3,000円以上で送料無料",
    "送料無料(3,000円以上)",
    "Бесплатная доставка от 900 руб.",
    "無料 送料無料",
]

FEES = [
    ("+shipping: $8.97", "8.97", "USD"),
    ("+Shipping: $0.02", "0.02", "USD"),
    ("+shipping: $11", "11.00", "USD"),
    ("+Shipping: NT$1,142.85", "1142.85", "TWD"),
    ("+Shipping: ￡0.21", "0.21", "GBP"),
    ("+ envío: ARS 1.344,33", "1344.33", "ARS"),
    ("Shipping: US $0.25", "0.25", "USD"),
    ("Shipping: US $0.13 / lot via SunYou Economic Air Mail", "0.13", "USD"),
    ("Livraison : 3,45€", "3.45", "EUR"),
    ("+ Versand: 3,45 €", "3.45", "EUR"),
    ("送料 300円", "300", "JPY"),
    ("Shipping: US $0.00", "0.00", "USD"),
]

OTHER = [
    "15-day delivery",
    "15-day delivery on $5",
    "4 × $21.28 with no interest",
    "Save $42.56",
    "Delivery: Dec. 26 - Jan. 02",
    "Extra 2% off with coins",
    "Free returns",
    "Shipping",
    "Shipping: calculated at checkout",
    "Shipping: $",
    "Shipping: $5 to $10 more",
    "Fast shipping",
    "",
    None,
]


@pytest.mark.parametrize("text", FREE)
def test_free_without_a_condition_is_free(text: str) -> None:
    assert parse_shipping(text) == (ShippingTerms.FREE, None)


@pytest.mark.parametrize("text", CONDITIONAL)
def test_a_condition_is_never_free(text: str) -> None:
    assert parse_shipping(text) == (ShippingTerms.CONDITIONAL, None)


@pytest.mark.parametrize(("text", "amount", "currency"), FEES, ids=[row[0] for row in FEES])
def test_a_fee_is_read_as_shown(text: str, amount: str, currency: str) -> None:
    shipping = parse_shipping(text)
    assert shipping is not None
    assert shipping.terms is ShippingTerms.FEE
    assert shipping.fee is not None
    assert (str(shipping.fee.amount), shipping.fee.currency) == (amount, currency)


@pytest.mark.parametrize("text", OTHER)
def test_other_tags_say_nothing_of_shipping(text: str | None) -> None:
    assert parse_shipping(text) is None


@given(st.text())
def test_no_text_is_an_exception(text: str) -> None:
    parse_shipping(text)


@given(phrase=st.sampled_from(FREE_SHIPPING), before=st.text(max_size=20), after=st.text())
def test_only_a_bare_phrase_is_free(phrase: str, before: str, after: str) -> None:
    """Whatever stands beside it, unless it is known to be harmless, may be a condition."""
    shipping = parse_shipping(f"{before} {phrase} over US $10 {after}")
    assert shipping is None or shipping.terms is not ShippingTerms.FREE
