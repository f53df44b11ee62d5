"""People at the pages: with and without JavaScript, on a phone and on a desktop."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import needs_browser
from tests.browsing.catalog import LONG_HISTORY
from tests.browsing.conftest import Open, Visit
from tests.conftest import API_KEY

pytestmark = [
    needs_browser,
    pytest.mark.sqlite,  # what the browser does with our pages, whatever the database is
]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
BROWSERS = [
    pytest.param(PHONE | {"java_script_enabled": False}, id="phone without script"),
    pytest.param(DESKTOP | {"java_script_enabled": True}, id="desktop with script"),
    pytest.param(PHONE | {"java_script_enabled": True}, id="phone", marks=pytest.mark.long),
    pytest.param(DESKTOP | {"java_script_enabled": False}, id="no script", marks=pytest.mark.long),
]
everywhere = pytest.mark.parametrize("options", BROWSERS)


def titles(page: Page) -> list[str]:
    return page.locator("article h3").all_inner_texts()


def prices(page: Page) -> list[float]:
    shown = page.locator("article .price b").all_inner_texts()
    return [float(re.sub(r"[^0-9.]", "", price)) for price in shown]


@everywhere
def test_browse_filter_sort_and_page(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    page = opened.page
    opened.go("/")
    assert len(titles(page)) == 24
    page.get_by_text("Filters").click()
    page.get_by_label("Rated at least").select_option("4")
    page.get_by_label("Currency").select_option("USD")
    page.get_by_label("To", exact=True).fill("60")
    page.get_by_role("button", name="Show products").click()
    page.wait_for_url(re.compile("max_price=60"))
    expect(page.get_by_text("Filters · 3")).to_be_visible()
    assert 0 < len(titles(page)) < 48
    page.get_by_label("Sort by").select_option("-price")
    if not options["java_script_enabled"]:
        page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile("sort=-price"))
    sorted_prices = prices(page)
    assert sorted_prices == sorted(sorted_prices, reverse=True)
    assert max(sorted_prices) <= 60
    # the address has the whole state, so it can be shared, and back goes back
    again = visit(**options)
    again.page.goto(page.url)
    assert titles(again.page) == titles(page)
    page.go_back()
    expect(page.get_by_text("Filters · 3")).to_be_visible()
    assert "sort=-price" not in page.url
    opened.go("/")
    first = titles(page)
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("cursor="))
    assert not set(first) & set(titles(page))
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("article h3").first).to_have_text(first[0])


@everywhere
def test_price_drops_with_one_tap(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    opened.go("/")
    opened.page.get_by_role("link", name="Price drops", exact=True).click()
    opened.page.wait_for_url(re.compile("price_dropped_since"))
    assert len(titles(opened.page)) > 0
    changes = opened.page.locator("article .change")
    for number in range(changes.count()):
        expect(changes.nth(number)).to_have_class(re.compile("drop"))


def test_with_script_empty_fields_stay_out_of_the_address(visit: Open) -> None:
    opened = visit(**DESKTOP)
    opened.go("/")
    opened.page.get_by_label("Search titles").fill("canvas")
    opened.page.get_by_label("Search titles").press("Enter")
    opened.page.wait_for_url(re.compile(r"/\?q=canvas$"))
    opened.page.go_back()
    opened.page.get_by_label("Search titles").fill("suede")  # the fields work again


@everywhere
def test_a_card_leads_to_its_product(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    opened.go("/")
    card = opened.page.locator("article").nth(2)
    title = card.locator("h3").inner_text()
    card.locator(".picture").click(force=True)  # the title's link covers the whole card
    expect(opened.page.locator("h1")).to_have_text(title)
    opened.page.get_by_role("link", name="Products", exact=True).first.click()
    expect(opened.page.locator("h1")).to_contain_text("Products")


# The chart


@everywhere
def test_a_value_of_the_chart_is_read_by_hover(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    opened.go("/products/1")
    step = opened.page.locator(".price-USD .step").nth(1)
    flag = step.locator(".flag")
    expect(flag).to_be_hidden()
    step.hover()
    expect(flag).to_be_visible()
    label = step.get_attribute("aria-label") or ""
    price, _, days = label.partition(", ")
    assert flag.locator("text").text_content() == f"{price}{days}"
    assert re.fullmatch(r"\$\d+\.\d\d", price)
    assert inside(opened, flag.locator(".flag-ground").bounding_box())


def inside(opened: Visit, box: Any) -> bool:
    """Whether something is within the width of the screen."""
    width = (opened.page.viewport_size or {"width": 0})["width"]
    return bool(box) and box["x"] >= 0 and box["x"] + box["width"] <= width


@everywhere
def test_every_value_of_the_chart_is_read_by_keyboard(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    opened.go("/products/1")
    steps = opened.page.locator(".price-USD .step")
    opened.page.get_by_role("link", name="JSON").focus()
    for number in range(steps.count()):
        opened.page.keyboard.press("Tab")
        expect(steps.nth(number)).to_be_focused()
        expect(steps.nth(number).locator(".flag")).to_be_visible()
        assert inside(opened, steps.nth(number).locator(".flag-ground").bounding_box())


def test_a_value_of_the_chart_is_read_by_tap(visit: Open) -> None:
    opened = visit(**PHONE)
    opened.go("/products/1")
    step = opened.page.locator(".price-USD .step").nth(0)
    step.locator(".area").tap()
    expect(step.locator(".flag")).to_be_visible()


def test_without_script_the_newest_60_steps_take_the_focus(visit: Open) -> None:
    opened = visit(**DESKTOP, java_script_enabled=False)
    opened.go(f"/products/{LONG_HISTORY}")
    steps = opened.page.locator(".price-USD .step")
    assert steps.count() > 60
    assert opened.page.locator(".price-USD .step[tabindex='0']").count() == 60
    expect(steps.last).to_have_attribute("tabindex", "0")


def test_with_script_a_long_chart_is_one_tab_stop_with_arrow_keys(visit: Open) -> None:
    opened = visit(**DESKTOP)
    opened.go(f"/products/{LONG_HISTORY}")
    steps = opened.page.locator(".price-USD .step")
    opened.page.get_by_role("link", name="JSON").focus()
    opened.page.keyboard.press("Tab")
    expect(steps.last).to_be_focused()
    opened.page.keyboard.press("ArrowLeft")
    expect(steps.nth(steps.count() - 2)).to_be_focused()
    opened.page.keyboard.press("Home")
    expect(steps.first).to_be_focused()
    expect(steps.first.locator(".flag")).to_be_visible()
    opened.page.keyboard.press("End")
    expect(steps.last).to_be_focused()
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.closest('.price-USD') === null")


# Editing


@everywhere
def test_edit_with_a_bad_and_a_good_key_and_release(
    visit: Open, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    number = 20 + BROWSERS.index(next(b for b in BROWSERS if b.id == request.node.callspec.id))
    opened = visit(**options)
    page = opened.page
    opened.go(f"/products/{number}")
    page.get_by_text("Edit this product").click()
    page.get_by_label("Store", exact=True).fill("Mine & <b>only</b> mine")
    page.get_by_label("API key").fill("a wrong key")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    expect(page.get_by_label("Store", exact=True)).to_have_value("Mine & <b>only</b> mine")
    expect(page.get_by_label("API key")).to_have_value("")
    page.get_by_label("API key").fill(API_KEY)
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_url(re.compile(rf"/products/{number}#saved$"))
    expect(page.locator("#saved")).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("Protected from crawls: Store.")
    expect(page.locator(".known")).to_contain_text("Mine & <b>only</b> mine Edited")
    page.get_by_text("Edit this product").click()
    page.get_by_label("Release Store").check()
    page.get_by_label("API key").fill(API_KEY)
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#saved")).to_contain_text("No field is protected from crawls.")
    opened.go(f"/products/{number}")
    expect(page.locator("#saved")).to_be_hidden()


def test_who_was_overtaken_sees_both_values(visit: Open) -> None:
    first, second = visit(**DESKTOP), visit(**DESKTOP)
    for opened, price in ((first, "11.11"), (second, "22.22")):
        opened.go("/products/30")
        opened.page.get_by_text("Edit this product").click()
        opened.page.get_by_label("Price", exact=True).fill(price)
        opened.page.get_by_label("API key").fill(API_KEY)
    first.page.get_by_role("button", name="Save changes").click()
    first.page.wait_for_url(re.compile("#saved$"))
    second.page.get_by_role("button", name="Save changes").click()
    expect(second.page.get_by_role("alert")).to_contain_text("changed since this form was shown")
    expect(second.page.get_by_label("Price", exact=True)).to_have_value("22.22")
    expect(second.page.locator("#field-price-note")).to_have_text("Changed meanwhile: now 11.11")


# Crawls


@everywhere
def test_look_at_a_failed_crawl(visit: Open, options: dict[str, Any]) -> None:
    opened = visit(**options)
    opened.go("/")
    expect(opened.page.get_by_role("alert")).to_contain_text("The last crawl was blocked")
    opened.page.get_by_role("link", name="See the crawl").click()
    opened.page.wait_for_url(re.compile("/crawls#crawl-"))
    run = opened.page.locator("article:target")
    expect(run).to_be_in_viewport()
    expect(run.locator(".badge")).to_have_text("blocked")
    expect(run).to_contain_text("What to do: Wait some hours")
    opened.page.get_by_text("Coverage").first.click()
    expect(opened.page.locator("article details .bars").first).to_be_visible()


# How it fits


@pytest.mark.parametrize(
    "width",
    [360, 1440, *(pytest.param(n, marks=pytest.mark.long) for n in (320, 600, 768, 1080, 1920))],
)
def test_no_page_is_wider_than_its_screen(visit: Open, width: int) -> None:
    opened = visit(viewport={"width": width, "height": 800})
    odd = range(41, 51)
    for path in ("/", "/?limit=100", "/crawls", "/products/1", "/nothing", "/?q=umbrella",
                 "/?limit=0", *(f"/products/{number}" for number in odd)):  # fmt: skip
        opened.page.goto(f"{opened.service}{path}")
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path


def test_a_picture_from_elsewhere_is_a_link_and_makes_no_request(visit: Open) -> None:
    opened = visit(**DESKTOP)
    opened.go("/?q=stranger")
    link = opened.page.get_by_role("link", name="Picture elsewhere")
    expect(link).to_have_attribute("href", "https://tracker.example/pixel.gif")
    assert "tracker.example" not in opened.hosts


def test_the_keyboard_reaches_the_content_at_once(visit: Open) -> None:
    opened = visit(**DESKTOP)
    opened.go("/")
    opened.page.keyboard.press("Tab")
    expect(opened.page.get_by_text("Skip to the content")).to_be_focused()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("main")).to_be_focused()
