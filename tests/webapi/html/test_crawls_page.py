"""The page of the crawls, without a browser."""

from flask.testing import FlaskClient

from tests.webapi.html.catalog import FACTS, LISTING, SHOES, crawl, page, shoe, text, texts


def test_without_a_crawl_it_says_how_to_start_one(client: FlaskClient) -> None:
    shown = page(client, "/crawls")
    assert text(shown, "main h2") == "No crawl has run yet"
    assert shown.css("figure") == []


def test_each_run_has_outcome_counts_duration_and_reason(client: FlaskClient) -> None:
    crawl(1, shoe(1), shoe(2), reason="The goal of 2 products is reached.")
    shown = page(client, "/crawls")
    assert text(shown, "article .badge") == "done"
    assert texts(shown, "article .counts span") == [
        "2 found", "2 new", "0 changed", "0 unchanged", "6.2 s",
    ]  # fmt: skip
    assert "Casual Shoes · The goal of 2 products is reached." in text(shown, ".run-what")
    assert "What to do" not in text(shown, ".run-what")
    assert text(shown, "article time") == "yesterday"


def test_a_run_names_its_country_and_currency(client: FlaskClient) -> None:
    crawl(1, shoe(1), locale="DE EUR de_DE", reason="The goal of 1 product is reached.")
    shown = text(page(client, "/crawls"), ".run-what")
    assert "Casual Shoes (DE EUR) · The goal of 1 product is reached." in shown


def test_a_failed_run_says_what_to_do_and_shows_no_bars(client: FlaskClient) -> None:
    crawl(2, shoe(1))
    crawl(1, outcome="blocked", reason="A captcha.", advice="Wait some hours.", coverage=None)
    blocked, done = page(client, "/crawls").css("article")
    assert text(blocked, ".badge.bad") == "blocked"
    assert "A captcha. What to do: Wait some hours." in text(blocked, ".run-what")
    assert text(blocked, ".counts").startswith("0 found")
    assert blocked.css(".bars") == []
    assert len(done.css("details .bars dt")) == 7


def test_the_latest_run_shows_its_coverage_and_a_fact_that_is_missing_suddenly(
    client: FlaskClient,
) -> None:
    seen = [shoe(number) for number in range(10)]
    crawl(2, *seen)
    shares = {fact: {"share": 1.0, "from": {"card": 10}} for fact in FACTS}
    shares["star_rating"] = {"share": 0.1, "from": {"card": 1}}
    shares["store_name"] = {"share": 0.6, "from": {"card": 6}}
    crawl(1, *seen, outcome="partial", coverage=shares)
    latest = page(client, "/crawls").css("article")[0]
    assert texts(latest, ".run-what .bars dd") == [
        "100%", "100%", "100%", "100%", "10%", "100%", "60%",
    ]  # fmt: skip
    assert texts(latest, ".bars .missing dt") == ["Stars, missing suddenly"]


def test_a_run_that_has_not_ended_is_running(client: FlaskClient) -> None:
    crawl(0.01, outcome=None)
    shown = page(client, "/crawls")
    assert text(shown, "article .badge.running") == "running"
    assert text(shown, ".counts span:last-child").endswith("so far")


def test_the_chart_has_the_last_30_runs_and_their_table(client: FlaskClient) -> None:
    for day in range(32, 0, -1):
        crawl(day, shoe(1), shoe(2), outcome="blocked" if day == 3 else "done")
    shown = page(client, "/crawls")
    assert text(shown, "figcaption .second") == "The last 30 crawls: 29 done, 1 blocked."
    assert len(shown.css("figure svg.plot > g")) == 30
    assert len(shown.css("figure svg.plot > g .shape.bad rect")) == 1
    assert len(shown.css("figure tbody tr")) == 30


def test_the_crawls_have_pages(client: FlaskClient) -> None:
    numbers = [crawl(day) for day in range(30, 0, -1)]
    shown = page(client, "/crawls?limit=20")
    ids = shown.css("article::attr(id)").getall()
    (following,) = shown.css("a[rel=next]::attr(href)").getall()
    ids += page(client, following).css("article::attr(id)").getall()
    assert ids == [f"crawl-{number}" for number in reversed(numbers)]


def test_an_invalid_parameter_is_named(client: FlaskClient) -> None:
    assert "limit must be" in text(page(client, "/crawls?limit=0", 400), "[role=alert]")


def test_the_api_has_the_advice_too(client: FlaskClient) -> None:
    number = crawl(1, outcome="blocked", advice="Wait some hours.", listing=LISTING, category=SHOES)
    assert client.get(f"/api/v1/crawls/{number}").get_json()["advice"] == "Wait some hours."
