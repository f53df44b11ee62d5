"""Read the prices of all variants of a product from its page, and choose the one that is meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from aliscrape.items import VariantPrice
from aliscrape.pages.embedded import Json, dig, number_at, read_json, shown_at, text_at

_NEW_SHOPPERS: Final = "new_user"
"""Part of a promotion's key, where the price is lower for new shoppers: 226 yen beside 410."""


def chosen_price(variants: Sequence[VariantPrice], sku_id: str | None) -> VariantPrice | None:
    """Return the price of a variant, else the only price that the page states, else None.

    A price that several variants share is the price of no variant in particular.
    """
    named = (variant for variant in variants if sku_id is not None and variant.sku_id == sku_id)
    found = next(named, None)
    if found is not None or len({(one.price_text, one.price_number) for one in variants}) != 1:
        return found
    return variants[0] if len(variants) == 1 else replace(variants[0], sku_id=None)


def embedded_prices(entries: Json) -> list[VariantPrice]:
    """Return the prices in the list of variants that the embedded layouts have."""
    variants = entries if isinstance(entries, list) else []
    return [_embedded_price(entry) for entry in variants if dig(entry, "salable") is not False]


def reply_prices(result: Json) -> list[VariantPrice]:
    """Return the prices in the reply since mid-2024.

    Variants that cannot be bought are left out, because they were seen with absurd prices.
    """
    condition, unsalable = _condition(result), set(_unsalable(dig(result, "SKU", "skuPaths")))
    infos = _price_infos(dig(result, "PRICE"))
    return [
        _reply_price(sku_id, info, condition)
        for sku_id, info in infos.items()
        if sku_id not in unsalable
    ]


def _embedded_price(entry: Json) -> VariantPrice:
    value, sku_id = dig(entry, "skuVal"), shown_at(entry, "skuIdStr") or shown_at(entry, "skuId")
    usual, activity = dig(value, "skuAmount"), dig(value, "skuActivityAmount")
    is_reduced = dig(value, "isActivity") is True and isinstance(activity, dict)
    return _variant_price(sku_id, activity if is_reduced else usual, usual if is_reduced else None)


def _variant_price(sku_id: str | None, price: Json, list_price: Json) -> VariantPrice:
    return VariantPrice(
        sku_id=sku_id,
        currency=text_at(price, "currency"),
        price_text=text_at(price, "formatedAmount"),
        price_number=number_at(price, "value"),
        list_price_text=text_at(list_price, "formatedAmount"),
        list_price_number=number_at(list_price, "value"),
    )


def _price_infos(price: Json) -> Mapping[str | None, Json]:
    """Return what the reply says of each variant's price: a map, else that of the shown variant."""
    for name in ("skuIdStrPriceInfoMap", "skuPriceInfoMap"):
        infos = dig(price, name)
        if isinstance(infos, dict) and infos:
            return infos
    info = dig(price, "targetSkuPriceInfo")
    return {shown_at(price, "selectedSkuId"): info} if isinstance(info, dict) else {}


def _reply_price(sku_id: str | None, info: Json, condition: str | None) -> VariantPrice:
    usual, sale = dig(info, "originalPrice"), text_at(info, "salePriceString")
    if sale is None:
        return _variant_price(sku_id, usual, None)
    stated: dict[str, Any] = {"formatedAmount": sale, "currency": dig(usual, "currency")}
    return replace(_variant_price(sku_id, stated, usual), price_condition=condition)


def _unsalable(paths: Json) -> Iterator[str | None]:
    for path in paths if isinstance(paths, list) else []:
        if dig(path, "salable") is False:
            yield shown_at(path, "skuIdStr") or shown_at(path, "skuId")


def _condition(result: Json) -> str | None:
    """Return the key of the promotion if the price is for new shoppers, else None."""
    shared = dig(result, "GLOBAL_DATA", "globalData")
    promotion = read_json(text_at(shared, "curPagePriceInfo", "promotionInfo") or "")
    keys = promotion if isinstance(promotion, dict) else {}
    return next((key for key in keys if _NEW_SHOPPERS in key), None)
