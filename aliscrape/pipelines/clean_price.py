"""Turn the prices and shipping prices of an item into amounts of its currency.

The words that a page shows go before the numbers in its payload: a visitor pays what is shown.
"""

from decimal import Decimal

from aliscrape.items import ProductItem
from aliscrape.parsers.price import excludes_currency, money_of, parse_price
from aliscrape.parsers.shipping import ShippingTerms, parse_shipping
from aliscrape.pipelines.run_pipeline import RunPipeline
from db.money import Money


class CleanPricePipeline(RunPipeline):
    """Clean the price, the list price and the shipping price."""

    def process_item(self, item: ProductItem) -> ProductItem:
        is_same_currency = item.list_price_currency == item.currency  # a wrong code has been seen
        source = self._clean_price(item)
        item.sources["price"] = source
        self.run.count(f"{item.STATS_PREFIX}price/{source}")
        if is_same_currency:
            self._clean_list_price(item)
        terms = self._clean_shipping_price(item)
        name = terms.name.lower() if terms else "unknown"
        self.run.count(f"{item.STATS_PREFIX}shipping_price/{name}")
        return item

    def _clean_price(self, item: ProductItem) -> str:
        """Set the price and its currency and return its source. 0 stands for an unknown price."""
        stated = money_of(item.price_number, item.currency)
        price = self._choose("price", stated, item.price_text, item.currency)
        if price is None or not price.minor:
            return "unknown"
        item.price, item.currency = price.amount, price.currency
        return "number" if price == stated else "text"

    def _clean_list_price(self, item: ProductItem) -> None:
        """Set the struck-through price, if it is in the price's currency and not below it."""
        stated = money_of(item.list_price_number, item.list_price_currency)
        price = self._choose("list_price", stated, item.list_price_text, item.currency)
        if price and item.price and price.currency == item.currency:
            item.list_price = price.amount if price.amount >= item.price else None

    def _clean_shipping_price(self, item: ProductItem) -> ShippingTerms | None:
        """Set the shipping price and return the terms of shipping, or None if they are unknown.

        A stated fee is the fee, whatever condition may waive it. Two texts that state different
        prices leave it unknown.
        """
        stated = money_of(item.shipping_number, item.currency)
        price = self._choose("shipping_price", stated, item.shipping_fee_text, item.currency)
        tag = parse_shipping(item.shipping_text, item.currency)
        terms, said = (tag.terms, tag.fee) if tag else (None, None)
        if terms is ShippingTerms.FREE:
            said = money_of(Decimal(0), item.currency)
        if said and price not in {None, said}:
            self.run.count("disagreements/shipping_price")
            if parse_price(item.shipping_fee_text, item.currency):
                return None
        price = said or price
        item.sources["shipping_price"] = "number" if price and price == stated else "text"
        if price is None or (terms is ShippingTerms.CONDITIONAL and not price.minor):
            return terms
        if item.price is None:  # nothing else has a currency
            item.currency = price.currency
        if item.currency == price.currency:
            item.shipping_price = price.amount
        return ShippingTerms.FEE if price.minor else ShippingTerms.FREE

    def _choose(
        self, fact: str, stated: Money | None, text: str | None, currency: str | None
    ) -> Money | None:
        """Return the price that the words show, else the payload's, and count a disagreement.

        The payload's is not used if the words are written in a currency that it cannot be.
        """
        shown = parse_price(text, currency)
        if stated is None or shown == stated:
            return shown
        if shown is None and not excludes_currency(text, stated.currency):
            return stated
        self.run.count(f"disagreements/{fact}")
        return shown
