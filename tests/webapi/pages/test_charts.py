"""The charts as numbers: ticks, steps, paths, marks and bands."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.webapi.pages.observed import NOW, days_ago, product, seen
from webapi.pages.axes import MOST_TICKS, time_ticks, value_ticks
from webapi.pages.changes import price_change
from webapi.pages.chart import FOCUSABLE
from webapi.pages.history import price_charts, price_range, units_chart
from webapi.pages.steps import Gap, Step, currencies_of, price_steps

# Ticks


@pytest.mark.parametrize(
    ("lowest", "highest", "ticks"),
    [
        (4799, 6130, [4500, 5000, 5500, 6000, 6500]),
        (0, 213, [0, 100, 200, 300]),
        (5178, 5178, [4500, 5000, 5500, 6000]),
        (0, 0, [0, 1]),
        (1, 2, [1, 2]),
    ],
)
def test_value_ticks_are_round_and_enclose_the_values(
    lowest: int, highest: int, ticks: list[int]
) -> None:
    assert value_ticks(lowest, highest) == ticks


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(seconds=30), ["08:17:00", "08:17:05", "08:17:10"]),
        (timedelta(minutes=30), ["08:20", "08:25", "08:30"]),
        (timedelta(hours=20), ["09:00", "12:00", "15:00"]),
        (timedelta(days=6), ["25 Nov", "26 Nov", "27 Nov"]),
        (timedelta(days=40), ["30 Nov", "7 Dec", "14 Dec"]),
        (timedelta(days=100), ["1 Dec", "15 Dec", "1 Jan"]),
        (timedelta(days=200), ["Dec", "Jan 2027", "Feb"]),
        (timedelta(days=1500), ["Jan 2027", "Jan 2028", "Jan 2029"]),
        (timedelta(days=6000), ["2027", "2030", "2033"]),
    ],
    ids=lambda value: str(value) if isinstance(value, timedelta) else "",
)
def test_time_ticks_are_round_instants(length: timedelta, labels: list[str]) -> None:
    found = [tick.label for tick in time_ticks(NOW, NOW + length)]
    assert found[: len(labels)] == labels


@pytest.mark.parametrize("days", [0, 0.001, 0.3, 1, 3, 12, 33, 64, 99, 130, 240, 366, 900, 20000])
def test_there_are_never_too_many_time_ticks_and_none_is_outside(days: float) -> None:
    end = NOW + timedelta(days=days)
    ticks = time_ticks(NOW, end)
    assert len(ticks) <= MOST_TICKS + 1
    assert all(NOW <= tick.at <= end for tick in ticks)


# Steps


def test_a_price_holds_until_another_one_is_seen_and_ends_where_it_was_last_seen() -> None:
    observations = [seen(9, 5000), seen(7, 5000, units_sold=3), seen(4, 4500), seen(2, 5000)]
    assert price_steps(observations, "USD", days_ago(1)) == [
        Step(days_ago(9), days_ago(4), 5000),
        Step(days_ago(4), days_ago(2), 4500),
        Step(days_ago(2), days_ago(1), 5000),
    ]


def test_a_sighting_without_a_price_is_a_gap() -> None:
    observations = [seen(9, 5000), seen(7, None, None), seen(4, 5000), seen(3, None)]
    assert price_steps(observations, "USD", days_ago(1)) == [
        Step(days_ago(9), days_ago(7), 5000),
        Gap(days_ago(7), days_ago(4)),
        Step(days_ago(4), days_ago(3), 5000),
    ]


def test_prices_of_two_currencies_are_two_lines_the_newest_first() -> None:
    observations = [seen(9, 5000), seen(5, 4600, "EUR"), seen(2, 5100)]
    assert currencies_of(observations) == ["USD", "EUR"]
    assert price_steps(observations, "EUR", NOW) == [Step(days_ago(5), days_ago(2), 4600)]
    assert price_steps(observations, "USD", NOW) == [
        Step(days_ago(9), days_ago(5), 5000),
        Gap(days_ago(5), days_ago(2)),
        Step(days_ago(2), NOW, 5100),
    ]


# The chart


def test_the_line_goes_sideways_while_a_price_holds_and_up_or_down_where_it_changes() -> None:
    shoe = product(last_seen_at=days_ago(0), price_minor=5000)
    (one,) = price_charts(shoe, [seen(10, 6000), seen(5, 5000)], NOW)
    assert [value.label for value in one.chart.values] == ["$45", "$50", "$55", "$60"]
    assert one.chart.path == "M0.0 40.0H50.0V194.7H100.0"
    first, second = one.chart.bands
    assert (first.value, first.period) == ("$60.00", "14 Nov – 19 Nov")
    assert (second.area_x, second.area_width) == (50.0, 50.0)


def test_the_latest_of_equal_prices_is_marked_and_the_median_stands_in_the_legend() -> None:
    observations = [seen(9, 5000), seen(8, 4000), seen(6, 6000), seen(4, 4000), seen(2, 5000)]
    (one,) = price_charts(product(price_minor=5000), observations, NOW)
    highest, lowest = one.chart.marks
    assert (highest.label, lowest.label) == ("Highest $60.00", "Lowest $40.00")
    assert lowest.x > highest.x
    assert one.median == "$50.00"


def test_a_single_price_is_a_flat_line_without_marks_or_range() -> None:
    only = product(last_seen_at=days_ago(3))
    (one,) = price_charts(only, [seen(3, 5178)], NOW)
    assert (one.chart.marks, one.median, one.chart.median_y) == ([], None, None)
    assert one.chart.path.endswith("H100.0")
    assert [band.area_width for band in one.chart.bands] == [100.0]
    assert price_range(only, [seen(3, 5178)], NOW) is None


def test_a_price_that_only_the_last_crawl_saw_can_still_be_pointed_at() -> None:
    shoe = product(last_seen_at=days_ago(1))
    (one,) = price_charts(shoe, [seen(10, 6000), seen(1, 5178)], NOW)
    assert one.chart.bands[-1].area_width > 1
    assert one.chart.bands[-1].area_x + one.chart.bands[-1].area_width == pytest.approx(100)


def test_only_the_newest_steps_take_the_focus() -> None:
    observations = [seen(100 - day, 5000 + day % 2) for day in range(70)]
    (one,) = price_charts(product(price_minor=5001), observations, NOW)
    assert [band.is_focusable for band in one.chart.bands] == [False] * 10 + [True] * FOCUSABLE


def test_a_list_price_far_above_is_in_the_table_but_not_drawn() -> None:
    observations = [seen(5, 5000, list_price_minor=9900), seen(2, 4500, list_price_minor=9900)]
    (one,) = price_charts(product(price_minor=4500), observations, NOW)
    assert (one.has_list_price, one.chart.second_path) == (False, "")
    assert [row.list_price for row in one.rows] == ["$99.00", "$99.00"]


def test_the_table_has_every_price_the_newest_first() -> None:
    observations = [seen(5, 5000), seen(3, None), seen(2, 4500, list_price_minor=5000)]
    (one,) = price_charts(product(price_minor=4500), observations, NOW)
    rows = [(row.since.moment, row.price, row.list_price) for row in one.rows]
    assert rows == [
        ("Sun 22 Nov, 08:17", "$45.00", "$50.00"),
        ("Sat 21 Nov, 08:17", "No price was seen", ""),
        ("Thu 19 Nov, 08:17", "$50.00", ""),
    ]


def test_the_range_has_today_s_price_and_the_median_between_its_ends() -> None:
    observations = [seen(9, 4000), seen(8, 6000), seen(2, 5500)]
    shown = price_range(product(price_minor=5500), observations, NOW)
    assert shown is not None
    assert (shown.lowest.value, shown.lowest.day) == ("$40.00", "15 Nov")
    assert (shown.today_x, shown.median, shown.median_x) == (75.0, "$55.00", 75.0)


def test_units_sold_start_at_zero() -> None:
    observations = [seen(9, 1, units_sold=95), seen(5, 1), seen(2, 1, units_sold=213)]
    shown = units_chart(product(), observations, NOW)
    assert shown is not None
    assert shown.chart.values[0].label == "0"
    assert shown.summary == "+118 in 9 days"
    assert units_chart(product(), [seen(9, 1)], NOW) is None


def test_the_year_stands_beside_dates_of_another_one() -> None:
    shoe = product(last_seen_at=NOW)
    old = datetime(2024, 5, 1, tzinfo=UTC)
    first = seen(0, 5000)
    first.seen_at = old
    (one,) = price_charts(shoe, [first], NOW)
    assert one.chart.bands[0].period == "1 May 2024 – 24 Nov"


def test_a_new_line_starts_where_variant_or_condition_changes() -> None:
    observations = [
        seen(9, 2000, sku_id="7"),
        seen(7, 900, sku_id="8"),
        seen(5, 700, sku_id="7", condition_key="new shoppers save"),
        seen(3, 1800, sku_id="7"),
        seen(2, 1700, sku_id="7"),
    ]
    parts = price_steps(observations, "USD", NOW)
    assert [isinstance(part, Gap) for part in parts] == [
        False, True, False, True, False, True, False, False,
    ]  # fmt: skip
    one = product(price_minor=1700, last_seen_at=NOW)
    [chart] = price_charts(one, observations, NOW)
    assert chart.chart.path.count("M") == 4
    assert not chart.chart.gaps
    assert {mark.label for mark in chart.chart.marks} == {"Lowest $17.00", "Highest $20.00"}
    found = price_range(one, observations, NOW)
    assert found is not None
    assert (found.lowest.value, found.highest.value) == ("$17.00", "$20.00")


def test_the_change_of_a_price_compares_one_variant_and_condition() -> None:
    observations = [seen(9, 2000), seen(2, 700, condition_key="new shoppers save")]
    one = product(price_minor=700, last_seen_at=NOW)
    assert price_change(one, observations, NOW).kind == "same"
    observations.append(seen(1, 1500))
    change = price_change(product(price_minor=1500, last_seen_at=NOW), observations, NOW)
    assert (change.kind, change.text) == ("drop", "$5.00 (25%)")
