"""From what the page shows to values: numbers of the payload first, then the words beside them."""

from decimal import Decimal
from typing import Any

from itemadapter import ItemAdapter

from aliscrape.parsers import ShippingTerms, parse_price, parse_shipping, parse_units_sold
from aliscrape.pipelines.counting import CountingPipeline
from db.money import Money


class PricePipeline(CountingPipeline):
    """Cleans all money: numbers of the payload first, then the words beside them."""

    def process_item(self, item: Any) -> Any:
        product = ItemAdapter(item)
        self._clean_price(product)
        self._clean_list_price(product)
        self._clean_shipping_price(product)
        return item

    def _clean_price(self, product: ItemAdapter) -> None:
        product["price"] = asked_amount(product["price_number"], product["currency"])
        source = "number"
        if product["price"] is None:
            source = self._read_price_text(product)
        product["sources"]["price"] = source
        self.stats.inc_value(f"price/{source}")

    def _read_price_text(self, product: ItemAdapter) -> str:
        price = parse_price(product["price_text"], product["currency"])
        if price is None or not price.amount or product["currency"] not in {None, price.currency}:
            return "unknown"
        product["price"], product["currency"] = price
        return "text"

    def _clean_list_price(self, product: ItemAdapter) -> None:
        """The struck-through price; its currency has been seen wrong, and then it is left out."""
        if product["price"] is None:
            return
        if product["list_price_currency"] == product["currency"]:
            product["list_price"] = asked_amount(product["list_price_number"], product["currency"])

    def _clean_shipping_price(self, product: ItemAdapter) -> None:
        shipping = parse_shipping(product["shipping_text"], product["currency"])
        terms = shipping.terms if shipping else None
        product["sources"]["shipping_price"] = "text"
        if terms is ShippingTerms.FREE:
            product["shipping_price"] = exact_amount(Decimal(0), product["currency"])
        elif shipping and shipping.fee:
            currency = product["currency"] = product["currency"] or shipping.fee.currency
            if currency == shipping.fee.currency:
                product["shipping_price"] = shipping.fee.amount
        self.stats.inc_value(f"shipping_price/{terms.name.lower() if terms else 'unsaid'}")


class UnitsSoldPipeline(CountingPipeline):
    """Takes the exact count of units sold, else parses the words: the lower bound they give."""

    def process_item(self, item: Any) -> Any:
        product = ItemAdapter(item)
        number = product["units_sold_number"]
        parsed = parse_units_sold(product["units_sold_text"]) if number is None else None
        product["units_sold"] = parsed if number is None else number
        source = "number" if number is not None else "text" if parsed is not None else "unknown"
        product["sources"]["units_sold"] = source
        self.stats.inc_value(f"units_sold/{source}")
        return item


def exact_amount(number: Decimal | None, currency: str | None) -> Decimal | None:
    """A payload's amount with its currency's digits, or None where it is no money.

    >>> exact_amount(Decimal("16.9"), "USD"), exact_amount(Decimal("1.234"), "USD")
    (Decimal('16.90'), None)
    """
    if number is None or currency is None:
        return None
    try:
        return Money.of(number, currency).amount
    except ValueError:
        return None


def asked_amount(number: Decimal | None, currency: str | None) -> Decimal | None:
    """What is asked for a product: no shop asks 0, which is a placeholder for unknown."""
    return exact_amount(number, currency) or None
