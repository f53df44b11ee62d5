"""What captured product pages say of prices. What each says was read in them by eye."""

from pathlib import Path
from typing import Final

import pytest

from aliscrape.items import ProductPageItem
from aliscrape.pages.product.layouts import read_page, read_reply
from aliscrape.pages.product.prices import chosen_price

URL: Final = "https://www.aliexpress.com/item/1.html"
MODULES: Final = "run_params-2023-01-modules-en-usd"
COMPONENTS: Final = "run_params-2024-03-components-es-mxn"
REPLY_ID: Final = "1005008812285251"

# the file -> how many variants it states, the stored variant, and its price and list price
CAPTURES = [
    pytest.param(f"{MODULES}-1.html", 28, None, None, id="a range"),
    pytest.param(
        f"{MODULES}-1.html", 28, "12000023119771398", ("US $4.19", "US $8.38"), id="its variant"
    ),
    pytest.param(f"{MODULES}-3.html", 36, "12000099999999999", None, id="another variant"),
    pytest.param(f"{MODULES}-8.html", 28, None, ("US $0.99", "US $7.67"), id="one price for all"),
    pytest.param(f"{COMPONENTS}-1.js", 24, None, None, id="components, several prices"),
    pytest.param(
        f"{COMPONENTS}-2.js", 11, "12000030487414387", ("MXN$61,19", "MXN$62,41"), id="components"
    ),
    pytest.param(f"{COMPONENTS}-4.js", 1, None, ("MXN$48,15", "MXN$152,46"), id="one variant"),
    pytest.param(
        "run_params-2024-components-he-ils.html", 8, "12000021303863363", ("₪7.81", "₪12.80"),
        id="Hebrew",
    ),
    pytest.param("mtop_pdp-2026-09-ja-jpy-trimmed.json", 1, None, ("226円", "2,057円"), id="reply"),
    pytest.param("mtop_pdp-2026-10-trimmed.json", 2, "12000000000000001", None, id="two prices"),
]  # fmt: skip


def item_of(path: Path) -> ProductPageItem | None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        url = f'{URL}?data={{"productId":"{REPLY_ID}"}}'
        return read_reply(url, text, {REPLY_ID}, "JP")
    return read_page(URL, text, "US")


@pytest.mark.parametrize(("name", "count", "sku_id", "expected"), CAPTURES)
def test_the_price_of_a_captured_page_is_the_stored_variant_s_or_the_only_one(
    captures: Path, name: str, count: int, sku_id: str | None, expected: tuple[str, str] | None
) -> None:
    item = item_of(captures / "detail" / name)
    assert item is not None
    assert len(item.variants) == count
    chosen = chosen_price(item.variants, sku_id)
    assert (chosen and (chosen.price_text, chosen.list_price_text)) == expected


def test_the_price_that_is_lower_for_new_shoppers_has_a_condition(captures: Path) -> None:
    item = item_of(captures / "detail" / "mtop_pdp-2026-09-ja-jpy-trimmed.json")
    assert item is not None
    assert [variant.price_condition for variant in item.variants] == ["m03_new_user"]
