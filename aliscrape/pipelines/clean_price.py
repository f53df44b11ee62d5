"""Turn the prices and shipping prices of an item into amounts of its currency.

A number of the payload goes before the words beside it.
"""

from decimal import Decimal

from aliscrape.items import ProductItem
from aliscrape.parsers import Shipping, ShippingTerms, parse_price, parse_shipping
from aliscrape.pipelines.run_pipeline import RunPipeline
from db.money import Money


class CleanPricePipeline(RunPipeline):
    """Clean the price, the list price and the shipping price."""

    def process_item(self, item: ProductItem) -> ProductItem:
        source = self._clean_price(item)
        item.sources["price"] = source
        self.run.count(f"{item.STATS_PREFIX}price/{source}")
        self._clean_list_price(item)
        terms = self._clean_shipping_price(item)
        name = terms.name.lower() if terms else "unknown"
        self.run.count(f"{item.STATS_PREFIX}shipping_price/{name}")
        return item

    def _clean_price(self, item: ProductItem) -> str:
        """Set the price and return its source. A price of 0 stands for an unknown one."""
        item.price = exact_amount(item.price_number, item.currency) or None
        if item.price is not None:
            return "number"
        price = parse_price(item.price_text, item.currency)
        if price is None or not price.amount or item.currency not in {None, price.currency}:
            return "unknown"
        item.price, item.currency = price
        return "text"

    def _clean_list_price(self, item: ProductItem) -> None:
        """Set the struck-through price, unless it names another currency, which has been seen."""
        if item.price is not None and item.list_price_currency == item.currency:
            item.list_price = exact_amount(item.list_price_number, item.currency) or None

    def _clean_shipping_price(self, item: ProductItem) -> ShippingTerms | None:
        """Set the shipping price and return the terms of shipping, or None if they are unknown."""
        item.shipping_price = exact_amount(item.shipping_number, item.currency)
        if item.shipping_price is not None:
            item.sources["shipping_price"] = "number"
            return ShippingTerms.FEE if item.shipping_price else ShippingTerms.FREE
        item.sources["shipping_price"] = "text"
        shipping = shipping_in_words(item)
        if shipping is None:
            return None
        if shipping.terms is ShippingTerms.FREE:
            item.shipping_price = exact_amount(Decimal(0), item.currency)
        elif shipping.fee is not None:
            item.currency = item.currency or shipping.fee.currency
            if item.currency == shipping.fee.currency:
                item.shipping_price = shipping.fee.amount
        return shipping.terms


def shipping_in_words(item: ProductItem) -> Shipping | None:
    """Return what an item says about shipping in words: a bare fee, else the words of a tag."""
    fee = parse_price(item.shipping_fee_text, item.currency)
    if fee is not None:
        return Shipping(ShippingTerms.FEE, fee)
    return parse_shipping(item.shipping_text, item.currency)


def exact_amount(number: Decimal | None, currency: str | None) -> Decimal | None:
    """Return a payload's number with the digits of its currency, or None if it is no amount.

    >>> exact_amount(Decimal("16.9"), "USD"), exact_amount(Decimal("1.234"), "USD")
    (Decimal('16.90'), None)
    """
    if number is None or currency is None:
        return None
    try:
        return Money.of(number, currency).amount
    except ValueError:
        return None
