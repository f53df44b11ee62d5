"""Messages after crawls: the real command, Apprise, and a receiver of the test's own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from aliscrape.notifications import Notifications
from db.money import Money
from db.notifications import PriceDrop
from tests.crawls import Crawl, environment, scrapy_crawl
from tests.databases import file_of
from tests.listings import block_page, card, init_data
from tests.loopback import LoopbackSite, Reply, loopback_site

LISTING = "/w/wholesale-men-casual-shoes.html"
CHANGED_LAYOUT = "<html><script>window.everything = {};</script></html>"
SECRET = "token-7f3a91"  # noqa: S105  # a part of the receiver's address


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


@pytest.fixture
def receiver() -> Iterator[LoopbackSite]:
    """Return a server that takes messages at every path with the secret in it."""
    with loopback_site({f"/{SECRET}": "taken"}) as served:
        yield served


def address(receiver: LoopbackSite) -> str:
    return f"json{receiver.url.removeprefix('http')}/{SECRET}"


def messages(receiver: LoopbackSite) -> list[Any]:
    """Return the messages that have come since the last call."""
    sent = [json.loads(request.body) for request in receiver.asked]
    receiver.asked.clear()
    return sent


def titles(receiver: LoopbackSite) -> list[str]:
    return [message["title"] for message in messages(receiver)]


class Shop:
    """A listing of some products, whose prices and failures a test sets."""

    def __init__(self, site: LoopbackSite, database_url: str, notify: str) -> None:
        self.site, self.database_url, self.notify = site, database_url, notify

    def crawl(self, *prices: float, **variables: str) -> Crawl:
        """Crawl the listing, on which product 1 has the first price."""
        cards = [card(str(n), price=price) for n, price in enumerate(prices, start=1)]
        return self.crawl_page(init_data(cards), **variables)

    def crawl_page(
        self, page: str, next_page: str = init_data([], 2), *options: str, **variables: str
    ) -> Crawl:
        self.site.pages |= {LISTING: page, f"{LISTING}?page=2": next_page}
        mine = {
            "SITE_URL": self.site.url,
            "DATABASE_URL": self.database_url,
            "ALISCRAPE_NOTIFY": self.notify,
        }
        url = f"url={self.site.url}{LISTING}"
        return scrapy_crawl("category", "-a", url, *options, **mine | variables)


@pytest.fixture
def shop(site: LoopbackSite, database_url: str, receiver: LoopbackSite) -> Shop:
    return Shop(site, database_url, address(receiver))


def test_a_price_drop_is_one_message_with_product_prices_and_link(
    shop: Shop, receiver: LoopbackSite
) -> None:
    assert shop.crawl(20, 8).exit_code == 0
    assert messages(receiver) == []
    done = shop.crawl(15, 8)
    assert done.exit_code == 0, done.log
    [message] = messages(receiver)
    assert message["title"] == "Price drop: 15.00 USD instead of 20.00 USD"
    assert message["message"].splitlines() == [
        "Casual shoe 1",
        "15.00 USD instead of 20.00 USD (25% less)",
        f"{shop.site.url}/item/1.html",
    ]
    assert SECRET not in done.log
    assert shop.crawl(15, 8).exit_code == 0
    assert messages(receiver) == []


@pytest.mark.long
def test_ten_runs_with_bad_days_tell_each_drop_once_and_trouble_at_the_third(
    shop: Shop, receiver: LoopbackSite
) -> None:
    def first_page(price: float) -> str:
        return init_data([card("1", price=price), card("2", price=8)])

    days: list[tuple[str, str, int, list[str]]] = [
        (first_page(20), init_data([], 2), 0, []),
        (first_page(18), init_data([], 2), 0, ["Price drop: 18.00 USD instead of 20.00 USD"]),
        (first_page(16), CHANGED_LAYOUT, 6, []),
        (block_page(), "", 5, []),
        (first_page(15), CHANGED_LAYOUT, 6, ["3 crawls in a row went wrong"]),
        (block_page(), "", 5, []),
        (
            first_page(15),
            init_data([], 2),
            0,
            ["Price drop: 15.00 USD instead of 18.00 USD", "Crawls are well again"],
        ),
        (first_page(15), init_data([], 2), 0, []),
        (first_page(19), init_data([], 2), 0, []),
        (first_page(17), init_data([], 2), 0, ["Price drop: 17.00 USD instead of 19.00 USD"]),
    ]
    for number, (page, next_page, exit_code, expected) in enumerate(days, start=1):
        done = shop.crawl_page(page, next_page)
        assert (number, done.exit_code) == (number, exit_code), done.log
        assert (number, titles(receiver)) == (number, expected)


@pytest.mark.parametrize(
    ("percent", "amount", "large"),
    [
        pytest.param("0", "0", [2, 10, 11], id="every drop"),
        pytest.param("10", "0", [10, 11], id="ten per cent"),
        pytest.param("0", "2", [2, 11], id="two dollars"),
        pytest.param(" 10.0 ", "2.00", [11], id="both"),
    ],
)
def test_a_drop_must_reach_both_limits(percent: str, amount: str, large: list[int]) -> None:
    values = {"ALISCRAPE_NOTIFY_PERCENT": percent, "ALISCRAPE_NOTIFY_AMOUNT": amount}
    notifications = Notifications.of(Settings({"ALISCRAPE_NOTIFY": ""} | values))
    drops = {2: (10000, 9800), 10: (100, 90), 11: (2000, 1800)}  # 2%, 10% of little, 10%
    found = [
        name
        for name, (earlier, later) in drops.items()
        if notifications.is_large(
            PriceDrop("Shoe", None, Money(earlier, "USD"), Money(later, "USD"))
        )
    ]
    assert found == large


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALISCRAPE_NOTIFY_PERCENT", "101"),
        ("ALISCRAPE_NOTIFY_PERCENT", "ten"),
        ("ALISCRAPE_NOTIFY_AMOUNT", ""),
        ("ALISCRAPE_NOTIFY_AMOUNT", "NaN"),
    ],
)
def test_a_limit_that_is_no_amount_is_named(name: str, value: str) -> None:
    values = {"ALISCRAPE_NOTIFY_PERCENT": "0", "ALISCRAPE_NOTIFY_AMOUNT": "0"} | {name: value}
    with pytest.raises(ValueError, match=name):
        Notifications.of(Settings({"ALISCRAPE_NOTIFY": ""} | values))


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        pytest.param("", [], id="nobody"),
        pytest.param(" , ", [], id="only separators"),
        pytest.param("ntfy://topic", ["ntfy://topic"], id="one"),
        pytest.param(
            "ntfy://a,json://b json://c\n\ntgram://d",
            ["ntfy://a", "json://b", "json://c", "tgram://d"],
            id="commas and white space",
        ),
        pytest.param(
            "mailto://me@x.example?to=a@x.example,b@x.example, ntfy://a",
            ["mailto://me@x.example?to=a@x.example,b@x.example", "ntfy://a"],
            id="commas of an address",
        ),
    ],
)
def test_addresses_are_separated_by_commas_or_white_space(text: str, addresses: list[str]) -> None:
    limits = {"ALISCRAPE_NOTIFY_PERCENT": "0", "ALISCRAPE_NOTIFY_AMOUNT": "0"}
    found = Notifications.of(Settings({"ALISCRAPE_NOTIFY": text} | limits))
    assert found.addresses == addresses


def test_three_runs_that_went_wrong_are_one_message_that_says_why(
    shop: Shop, receiver: LoopbackSite
) -> None:
    for _ in range(3):
        assert messages(receiver) == []
        assert shop.crawl_page(block_page()).exit_code == 5
    [message] = messages(receiver)
    assert message["title"] == "3 crawls in a row went wrong"
    subject, last, advice = message["message"].splitlines()
    assert subject == f"category {shop.site.url}{LISTING}"
    assert last.startswith("The last one: blocked. ")
    assert advice.startswith("Wait some hours")


@pytest.mark.long
def test_every_address_gets_the_message_whatever_stands_between_them(
    shop: Shop, receiver: LoopbackSite
) -> None:
    receiver.pages["/second"] = "taken"
    second = address(receiver).replace(SECRET, "second?-names=a,b")
    shop.notify = f"{address(receiver)}, {second}"
    shop.crawl(20)
    shop.crawl(15)
    assert sorted(request.path.partition("?")[0] for request in receiver.asked) == [
        "/second",
        f"/{SECRET}",
    ]


@pytest.mark.long
def test_the_settings_can_be_given_for_one_crawl(shop: Shop, receiver: LoopbackSite) -> None:
    shop.notify = ""
    shop.crawl(20)
    page = init_data([card("1", price=15)])
    done = shop.crawl_page(page, init_data([], 2), "-s", f"ALISCRAPE_NOTIFY={address(receiver)}")
    assert (done.exit_code, len(messages(receiver))) == (0, 1)
    assert SECRET not in done.log


# What cannot be sent


@pytest.mark.parametrize(
    "notify",
    [
        pytest.param(f"json://127.0.0.1:9/{SECRET}", id="nobody listens"),
        pytest.param(f"nonsense://{SECRET}", id="no service", marks=pytest.mark.long),
        pytest.param(f"{SECRET} and more", id="no address", marks=pytest.mark.long),
    ],
)
def test_a_message_that_cannot_be_sent_is_one_warning_and_told_the_next_time(
    shop: Shop, receiver: LoopbackSite, notify: str
) -> None:
    shop.crawl(20, 8)
    good, shop.notify = shop.notify, notify
    page = init_data([card("1", price=15), card("2", price=7)])
    done = shop.crawl_page(page, init_data([], 2), "-s", "LOG_LEVEL=DEBUG")
    assert done.exit_code == 0
    assert done.last_line.endswith("The listing ended before page 2.")
    warnings = [line for line in done.log.splitlines() if " WARNING: " in line]
    assert len(warnings) == 1
    assert "No message could be sent to ALISCRAPE_NOTIFY (2 to send)." in warnings[0]
    assert SECRET not in done.log
    shop.notify = good
    shop.crawl(15, 7)
    assert len(messages(receiver)) == 2


@pytest.mark.long
def test_a_receiver_that_refuses_changes_nothing_of_the_crawl(
    shop: Shop, receiver: LoopbackSite
) -> None:
    receiver.pages[f"/{SECRET}"] = Reply("no", 500)
    shop.crawl(20)
    done = shop.crawl(15)
    assert (done.exit_code, done.log.count(" WARNING: ")) == (0, 1)


@pytest.mark.long
def test_without_apprise_one_warning_names_the_command_that_installs_it(
    shop: Shop, receiver: LoopbackSite, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden" / "apprise.py"
    hidden.parent.mkdir()
    hidden.write_text("raise ModuleNotFoundError('No module named apprise')\n")
    shop.crawl(20)
    for price in (20, 15):  # with nothing to tell, and with a price drop
        done = shop.crawl(price, PYTHONPATH=str(hidden.parent))
        assert done.exit_code == 0
        assert done.log.count(" WARNING: ") == 1
        assert "sh install.sh requirements-notify.txt" in done.log
    shop.crawl(15)
    assert titles(receiver) == ["Price drop: 15.00 USD instead of 20.00 USD"]


@pytest.mark.sqlite  # a file that is not made shows that the database was not opened
def test_a_wrong_limit_ends_the_crawl_before_it_starts(shop: Shop, database_url: str) -> None:
    done = shop.crawl(20, ALISCRAPE_NOTIFY_AMOUNT="-1")
    assert done.exit_code == 1
    assert "ALISCRAPE_NOTIFY_AMOUNT is '-1'" in done.last_line
    assert not file_of(database_url).exists()


@pytest.mark.sqlite  # what is imported, whatever the database is
def test_a_crawl_that_tells_nobody_imports_no_apprise(shop: Shop) -> None:
    shop.site.pages |= {LISTING: init_data([card("1")]), f"{LISTING}?page=2": init_data([], 2)}
    mine = {"SITE_URL": shop.site.url, "DATABASE_URL": shop.database_url}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scrapy", "crawl", "category", "-s",
         "DOWNLOAD_DELAY=0", "-a", "details=no", "-a", f"url={shop.site.url}{LISTING}"],
        env=environment(**mine),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "aliscrape.notifications" in imported
    assert not {name for name in imported if name.split(".")[0] == "apprise"}
