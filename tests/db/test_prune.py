"""Which old observations are kept, and that nobody notices that the others are gone."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, open_database
from db.models import Observation, Product
from db.money import Money
from db.prune import Observed, kept_ids, prune
from db.sightings import Sighting
from tests.crawls import ROOT, environment
from webapi.services.price_drops import newest_price_drops

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def history(*prices: int | None, day: datetime = DAY, **kind: Any) -> list[Observed]:
    """Return observations that follow each other by an hour, with these prices."""
    facts = {"currency": "USD", "condition_key": None, "sku_id": None} | kind
    return [
        Observed(id=number, seen_at=day + timedelta(hours=number), price_minor=price, **facts)
        for number, price in enumerate(prices)
    ]


def joined(*parts: Sequence[Observed]) -> list[Observed]:
    """Return observations one behind the other, numbered in this order."""
    all_of_them = [seen for part in parts for seen in part]
    return [seen._replace(id=number) for number, seen in enumerate(all_of_them)]


NEXT_DAY = DAY + timedelta(days=1)
KEPT = [
    pytest.param(history(), set(), id="nothing"),
    pytest.param(history(5), {0}, id="one"),
    pytest.param(history(5, 9, 1, 7, 5), {0, 1, 2, 4}, id="first, highest, lowest and last"),
    pytest.param(history(5, 6, 7, 8), {0, 3}, id="rising through a day"),
    pytest.param(history(5, 5, 5, 5), {0, 3}, id="other facts than the price have changed"),
    pytest.param(
        joined(history(5, 9, 1, 7), history(5, 6, 2, 3, day=NEXT_DAY)),
        {0, 1, 2, 3, 5, 6, 7},
        id="each day for itself, with the price that held until the next day",
    ),
    pytest.param(
        joined(history(5, 6, 7), history(1, 2, 3, currency="EUR"), history(8)),
        {0, 3, 5, 6},
        id="currencies do not compare",
    ),
    pytest.param(
        joined(history(5, 6), history(7, 8, 9, sku_id="1"), history(6, 7, 8, sku_id="2")),
        {0, 1, 2, 4, 5, 7},
        id="variants do not compare",
    ),
    pytest.param(
        joined(history(5, 6), history(3, 4, 5, condition_key="new shoppers")),
        {0, 1, 2, 4},
        id="conditions do not compare",
    ),
    pytest.param(history(5, None, None, 7, 6), {0, 2, 3, 4}, id="a gap stays a gap"),
    pytest.param(
        joined(history(5, day=DAY.replace(hour=23)), history(6, 7, day=NEXT_DAY)),
        {0, 1, 2},
        id="a day ends at midnight in UTC",
    ),
]


@pytest.mark.parametrize(("observations", "kept"), KEPT)
def test_of_old_observations_some_are_kept(observations: list[Observed], kept: set[int]) -> None:
    assert kept_ids(observations) == kept


OBSERVATIONS = st.lists(
    st.builds(
        Observed,
        id=st.just(0),
        seen_at=st.integers(0, 47).map(lambda hours: DAY + timedelta(hours=hours)),
        currency=st.sampled_from(["USD", "EUR"]),
        condition_key=st.none(),
        sku_id=st.sampled_from([None, "1"]),
        price_minor=st.one_of(st.none(), st.integers(1, 6)),
    ),
    max_size=40,
).map(lambda seen: joined(sorted(seen, key=lambda one: one.seen_at)))


def kind(seen: Observed) -> tuple[Any, ...]:
    return seen.currency, seen.condition_key, seen.sku_id


def chart(observations: Sequence[Observed]) -> dict[Any, Any]:
    """Return what a chart with a point for each day shows: the range and the end of each day."""
    shown: dict[Any, Any] = {}
    days: dict[tuple[date, Any], list[Observed]] = {}
    for seen in observations:
        shown[seen.seen_at.date()] = (kind(seen), seen.price_minor)
        if seen.price_minor is not None:
            days.setdefault((seen.seen_at.date(), kind(seen)), []).append(seen)
    for day, priced in days.items():
        prices = [seen.price_minor for seen in priced if seen.price_minor is not None]
        shown[day] = (min(prices), max(prices), prices[-1])
    return shown


@given(OBSERVATIONS)
def test_a_chart_looks_the_same(observations: list[Observed]) -> None:
    kept = kept_ids(observations)
    left = [seen for seen in observations if seen.id in kept]
    assert chart(left) == chart(observations)
    assert left[:1] == observations[:1]
    assert left[-1:] == observations[-1:]
    assert kept_ids(left) == kept, "pruning again changes nothing"


# In a database


def see(prices: Sequence[int], at: datetime, every: timedelta = timedelta(hours=1)) -> None:
    crawl = start_crawl("category", at=at)
    for number, price in enumerate(prices):
        seen = Sighting(aliexpress_id="7", title="Shoe", price=Money(price, "USD"))
        record_sightings(crawl, [seen], at=at + number * every)


def stored_prices() -> list[int | None]:
    return [seen.price_minor for seen in Observation.select().order_by(Observation.id)]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.usefixtures("open_catalog")
def test_what_is_younger_is_kept_whole(now: datetime) -> None:
    see([5, 6, 9, 1, 7], now - timedelta(days=60))
    see([15, 16, 19, 11, 17], now - timedelta(days=10))
    assert prune(now - timedelta(days=30)) == 1
    assert stored_prices() == [5, 9, 1, 7, 15, 16, 19, 11, 17]
    assert prune(now - timedelta(days=30)) == 0


@pytest.mark.usefixtures("open_catalog")
def test_the_last_price_drop_is_told_as_before(now: datetime) -> None:
    see([5, 9, 7, 6, 4, 8, 1, 8], now - timedelta(days=60))
    Product.update(price_dropped_at=now - timedelta(days=60, hours=-4)).execute()
    before = newest_price_drops(5)
    assert [(drop.earlier.minor, drop.later.minor) for drop in before] == [(6, 4)]
    assert prune(now) > 0
    assert newest_price_drops(5) == before


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "db.prune", *arguments],
        cwd=ROOT, env=environment(DATABASE_URL=url), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_the_command_says_how_much_it_deleted(database_url: str, now: datetime) -> None:
    open_database(database_url)
    see([5, 6, 7, 8], now - timedelta(days=60))
    done = run(database_url, "30")
    assert (done.returncode, done.stdout) == (0, "Deleted 2 observations that were not needed.\n")
    assert stored_prices() == [5, 8]
    close_database()


@pytest.mark.parametrize(
    "days",
    [(), ("-1",)]
    + [
        pytest.param(days, marks=pytest.mark.long)
        for days in (("",), ("ten",), ("1.5",), ("3", "4"))
    ],
)
def test_without_a_number_of_days_nothing_is_deleted(
    database_url: str, now: datetime, days: tuple[str, ...]
) -> None:
    open_database(database_url)
    see([5, 6, 7, 8], now - timedelta(days=60))
    done = run(database_url, *days)
    assert done.returncode == 1
    assert "KEEP_DAYS=" in done.stderr
    assert stored_prices() == [5, 6, 7, 8]
    close_database()


PRODUCTS = 15


@pytest.fixture
def crawl(open_catalog: str, now: datetime) -> Iterator[list[Exception]]:
    """Return the errors of a crawl that goes on until the test has ended."""
    number = start_crawl("category")
    stop, errors = threading.Event(), list[Exception]()

    def page(price: int) -> list[Sighting]:
        money = Money(price, "USD")
        ids = range(1, PRODUCTS + 1)
        return [Sighting(aliexpress_id=str(n), title=f"Shoe {n}", price=money) for n in ids]

    for hour in range(100):
        record_sightings(number, page(5000 + hour % 7), at=now - timedelta(days=60, hours=-hour))

    def write() -> None:
        try:
            for price in range(4000, 0, -1):
                record_sightings(number, page(price))
                if stop.wait(0.02):  # the time that a page takes
                    break
        except Exception as error:  # noqa: BLE001  # whatever it is, the test wants to see it
            errors.append(error)
        finally:
            close_database()

    thread = threading.Thread(target=write)
    thread.start()
    yield errors
    stop.set()
    thread.join(30)


def test_a_crawl_goes_on_beside_it(
    crawl: list[Exception], open_catalog: str, now: datetime
) -> None:
    done = run(open_catalog, "30")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Deleted ")
    assert int(done.stdout.split()[1]) > PRODUCTS * 40
    old = Observation.select().where(Observation.seen_at < now - timedelta(days=30))
    assert old.count() <= PRODUCTS * 5 * 4
    assert crawl == []
