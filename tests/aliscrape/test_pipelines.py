"""The pipelines: raw items in, clean items or reasons out, every decision counted."""

from decimal import Decimal
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from aliscrape.items import ProductItem, ProductPageItem
from aliscrape.outcome import Outcome, Run
from aliscrape.pipelines.clean_price import CleanPricePipeline
from aliscrape.pipelines.dropping import DropDuplicatesPipeline, RequiredFieldsPipeline
from aliscrape.pipelines.sold_count import ParseSoldCountPipeline, StarRatingPipeline
from aliscrape.pipelines.store import StorePipeline
from db.crawls import start_crawl
from db.database import database
from db.errors import StorageError
from db.models import Product


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
def recorded(open_catalog: str) -> Run:
    """Return a crawl with a row in the database."""
    run = Run()
    run.crawl_id = start_crawl("category")
    return run


def item(**facts: Any) -> ProductItem:
    return ProductItem(**{"aliexpress_id": "1005", "title": "Shoe"} | facts)


D = Decimal

PRICES = [
    pytest.param(
        {"price_number": D("16.9"), "currency": "USD", "price_text": "US $99.00"},
        {"price": D("99.00"), "currency": "USD"},
        "price/text",
        id="the words before the payload's number",
    ),
    pytest.param(
        {"price_number": D("16.9"), "currency": "USD", "price_text": "US $16.90"},
        {"price": D("16.90"), "currency": "USD"},
        "price/number",
        id="a number that the words confirm",
    ),
    pytest.param(
        {"price_number": D("12.34"), "currency": "EUR", "price_text": "US $12.34"},
        {"price": D("12.34"), "currency": "USD"},
        "disagreements/price",
        id="a currency code that the words contradict",
    ),
    pytest.param(
        {"price_number": D(410), "currency": "EUR", "price_text": "￥ 410"},
        {"price": None, "currency": "EUR"},
        "disagreements/price",
        id="a shared sign that excludes the code",
    ),
    pytest.param(
        {"price_number": D("12.34"), "currency": "CAD", "price_text": "$12.34"},
        {"price": D("12.34"), "currency": "CAD"},
        "price/number",
        id="a dollar sign beside another dollar's code",
    ),
    pytest.param(
        {"price_number": D(0), "currency": "USD", "price_text": "US $12.34"},
        {"price": D("12.34")},
        "disagreements/price",
        id="a zero beside a price",
    ),
    pytest.param(
        {"price_text": "US $1.68 - 1.98"},
        {"price": D("1.68"), "currency": "USD"},
        "price/text",
        id="the lower end of a range in words",
    ),
    pytest.param(
        {"price_number": D("1.234"), "currency": "USD", "price_text": "US $1.23"},
        {"price": D("1.23")},
        "price/text",
        id="words where the number is no money",
    ),
    pytest.param(
        {"price_text": "￥ 410", "currency": "JPY"},
        {"price": D(410)},
        "price/text",
        id="a shared sign on a page in yen",
    ),
    pytest.param(
        {"price_text": "€ 5,00", "currency": "USD"},
        {"price": D("5.00"), "currency": "EUR"},
        "price/text",
        id="words of another currency than the page's",
    ),
    pytest.param(
        {"price_number": D(0), "currency": "USD", "price_text": "US $0.00"},
        {"price": None},
        "price/unknown",
        id="no shop asks nothing",
    ),
    pytest.param({"price_text": "call us"}, {"price": None}, "price/unknown", id="no price"),
    pytest.param({}, {"price": None, "currency": None}, "price/unknown", id="nothing said"),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D(9),
         "list_price_currency": "USD"},
        {"list_price": D("9.00")},
        "price/number",
        id="a struck-through price",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D(9),
         "list_price_currency": "USD", "list_price_text": "US $7.50"},
        {"list_price": D("7.50")},
        "disagreements/list_price",
        id="a struck-through price in words",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D("4.99"),
         "list_price_currency": "USD"},
        {"price": D("5.00"), "list_price": None},
        "price/number",
        id="a struck-through price below the price",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D(9),
         "list_price_currency": "EUR"},
        {"list_price": None},
        "price/number",
        id="a struck-through price with another currency",
    ),
    pytest.param(
        {"currency": "USD", "list_price_number": D(9), "list_price_currency": "USD"},
        {"list_price": None},
        "price/unknown",
        id="a struck-through price without the one it strikes",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "Free shipping"},
        {"shipping_price": D("0.00")},
        "shipping_price/free",
        id="free shipping",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "Free shipping over US $10"},
        {"shipping_price": None},
        "shipping_price/conditional",
        id="free under a condition",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "+Shipping: $2.99"},
        {"shipping_price": D("2.99")},
        "shipping_price/fee",
        id="a fee",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "+Shipping: NT$90"},
        {"shipping_price": None, "currency": "USD"},
        "shipping_price/fee",
        id="a fee in another currency has no label in this row",
    ),
    pytest.param(
        {"price_text": "?", "shipping_text": "Shipping: US $2.99"},
        {"shipping_price": D("2.99"), "currency": "USD", "price": None},
        "shipping_price/fee",
        id="a fee beside an unreadable price",
    ),
    pytest.param(
        {"shipping_text": "Free shipping"},
        {"shipping_price": None, "currency": None},
        "shipping_price/free",
        id="zero of no currency is no money",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "15-day delivery"},
        {"shipping_price": None},
        "shipping_price/unknown",
        id="words that are not about the price of shipping",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "clean", "counted"), PRICES)
def test_money_is_cleaned(
    run: Run, raw: dict[str, Any], clean: dict[str, Any], counted: str
) -> None:
    done = CleanPricePipeline(run).process_item(item(**raw))
    assert {name: getattr(done, name) for name in clean} == clean
    assert run.counts[counted] == 1


@pytest.mark.parametrize(
    ("raw", "units_sold", "counted"),
    [
        ({"units_sold_number": 1376, "units_sold_text": "1,000+ sold"}, 1376, "units_sold/number"),
        ({"units_sold_number": 0, "units_sold_text": "0 sold"}, 0, "units_sold/number"),
        ({"units_sold_text": "1,000+ sold"}, 1000, "units_sold/text"),
        ({"units_sold_number": 0, "units_sold_text": "1,000+ sold"}, 1000, "units_sold/text"),
        ({"units_sold_number": 5, "units_sold_text": "1,000+ sold"}, 1000, "units_sold/text"),
        ({"units_sold_number": 9**9, "units_sold_text": "5,000+ sold"}, 5000, "units_sold/text"),
        ({"units_sold_number": 8, "units_sold_text": "11 sold"}, 11, "units_sold/text"),
        ({"units_sold_number": 1249, "units_sold_text": "1.2K sold"}, 1249, "units_sold/number"),
        ({"units_sold_text": "Sold"}, None, "units_sold/unknown"),
        ({}, None, "units_sold/unknown"),
    ],
)
def test_the_exact_count_is_used_unless_the_shown_one_contradicts_it(
    run: Run, raw: dict[str, Any], units_sold: int | None, counted: str
) -> None:
    assert ParseSoldCountPipeline(run).process_item(item(**raw)).units_sold == units_sold
    assert run.counts[counted] == 1


@pytest.mark.parametrize("fact", ["aliexpress_id", "title"])
def test_what_has_no_identity_is_dropped_with_its_reason_counted(run: Run, fact: str) -> None:
    with pytest.raises(DropItem, match=fact):
        RequiredFieldsPipeline(run).process_item(item(**{fact: None}))
    assert run.counts["products/dropped"] == run.counts["products/found"] == 1
    assert run.counts[f"products/dropped/no {fact}"] == 1


def test_a_product_passes_once_in_a_run(run: Run) -> None:
    pipeline = DropDuplicatesPipeline(run)
    pipeline.process_item(item())
    pipeline.process_item(item(aliexpress_id="1006"))
    with pytest.raises(DropItem):
        pipeline.process_item(item(title="The same under another title"))
    assert run.counts["products/repeated"] == 1


@pytest.mark.parametrize(
    ("text", "rating"), [("4.8", D("4.8")), ("0.0", None), ("N/A", None), (None, None)]
)
def test_an_unrated_product_has_no_stars(run: Run, text: str | None, rating: Any) -> None:
    assert StarRatingPipeline(run).process_item(item(star_rating_text=text)).star_rating == rating


PRODUCT_PAGE_SHIPPING = [
    pytest.param({"shipping_number": D(0), "currency": "USD"}, (D("0.00"), "USD"), id="free"),
    pytest.param(
        {"shipping_number": D("5.2"), "currency": "USD", "shipping_text": "Free over US $10"},
        (D("5.20"), "USD"),
        id="a stated fee is the fee, whatever may waive it",
    ),
    pytest.param(
        {"shipping_fee_text": "$4.01"}, (D("4.01"), "USD"), id="an amount in words, its own sign"
    ),
    pytest.param(
        {"shipping_text": "Free shipping over US $10", "currency": "USD"},
        (None, "USD"),
        id="a condition without a fee",
    ),
    pytest.param({"currency": "USD"}, (None, "USD"), id="nothing said"),
    pytest.param(
        {"shipping_number": D(5198), "shipping_fee_text": "MXN$51,98", "currency": "MXN"},
        (D("51.98"), "MXN"),
        id="the fee in words, not the number",
    ),
    pytest.param(
        {"shipping_number": D(0), "shipping_fee_text": "MXN$51,98", "currency": "MXN"},
        (D("51.98"), "MXN"),
        id="a fee in words beside a zero",
    ),
    pytest.param(
        {"shipping_fee_text": "$4.01", "shipping_text": "Shipping: $5.01", "currency": "USD"},
        (None, "USD"),
        id="two fees in words that disagree",
    ),
    pytest.param(
        {"shipping_fee_text": "$4.01", "shipping_text": "Free shipping", "currency": "USD"},
        (None, "USD"),
        id="a fee in words beside free shipping",
    ),
    pytest.param(
        {"shipping_number": D(0), "shipping_text": "Free shipping over US $10", "currency": "USD"},
        (None, "USD"),
        id="free, but the words say under which condition",
    ),
    pytest.param(
        {"shipping_number": D(5), "shipping_fee_text": "€ 5,00", "currency": "USD"},
        (D("5.00"), "EUR"),
        id="the currency that is shown",
    ),
]


@pytest.mark.parametrize(("raw", "expected"), PRODUCT_PAGE_SHIPPING)
def test_shipping_of_a_product_page_is_cleaned_in_the_same_place(
    run: Run, raw: dict[str, Any], expected: tuple[Any, Any]
) -> None:
    page = ProductPageItem(aliexpress_id="1005", **raw)
    done = CleanPricePipeline(run).process_item(page)
    assert (done.shipping_price, done.currency) == expected
    assert run.counts["price/unknown"] == 0


def test_a_batch_is_stored_and_its_results_counted(recorded: Run) -> None:
    pipeline = StorePipeline(recorded)
    for number in ("1005", "1006"):
        pipeline.process_item(item(aliexpress_id=number, price=D("5.00"), currency="USD"))
    assert Product.select().count() == 0
    pipeline.write()
    assert {row.price_minor for row in Product.select()} == {500}
    assert recorded.counts["products/new"] == 2


def test_a_product_page_fills_what_the_listing_lacks_and_is_counted(recorded: Run) -> None:
    pipeline = StorePipeline(recorded)
    pipeline.process_item(item())
    pipeline.write()
    page = ProductPageItem(
        aliexpress_id="1005", store_name="Store", shipping_price=D("1.99"), currency="USD"
    )
    pipeline.process_item(page)
    pipeline.write()
    product = Product.get()
    assert (product.store_name, product.shipping_price_minor) == ("Store", 199)
    assert recorded.counts["coverage/store_name/product page"] == 1


def test_a_batch_that_cannot_be_stored_is_reported(recorded: Run) -> None:
    database.execute_sql("DROP TABLE observation")
    pipeline = StorePipeline(recorded)
    pipeline.process_item(item())
    with pytest.raises(StorageError):
        pipeline.write()
    assert recorded.counts["products/failed"] == 1
    assert recorded.outcome is Outcome.STORAGE_FAILED
    assert "observation" in recorded.ending[1]


def test_without_a_crawl_nothing_is_stored(run: Run, open_catalog: str) -> None:
    pipeline = StorePipeline(run)
    pipeline.process_item(item())
    pipeline.close_spider()
    assert Product.select().count() == 0
