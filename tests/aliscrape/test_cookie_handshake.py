"""Visitors who are sent through the site's login hosts to pass cookies between its regions.

A proxy of the test stands in for all hosts of the site.
"""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from tests.browsers import needs_browser
from tests.crawls import Crawl, scrapy_crawl
from tests.databases import run_sql
from tests.listings import card, init_data
from tests.loopback import ROBOTS, LoopbackSite, Reply, loopback_site
from tests.products import FREE, modules_page

pytestmark = pytest.mark.long  # each test is a crawl

PATH = "/w/wholesale-men-casual-shoes.html"
COM, US = "http://www.aliexpress.com", "http://www.aliexpress.us"
LOGIN_COM, LOGIN_US = "http://login.aliexpress.com", "http://login.aliexpress.us"
READ, WRITE = "/sync_cookie_read.htm", "/sync_cookie_write.htm"
LISTING = init_data([card("1")])


def redirect(location: str, cookie: str | None = None) -> Reply:
    return Reply(status=302, location=location, headers={"Set-Cookie": cookie} if cookie else {})


def goto(address: str, target: str) -> str:
    return f"{address}?xman_goto={quote(target, safe='')}"


@pytest.fixture
def proxy() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        for host in (COM, US, LOGIN_COM, LOGIN_US):
            served.pages[f"{host}/robots.txt"] = Reply(ROBOTS, content_type="text/plain")
        yield served


def cookies(site: LoopbackSite) -> str:
    """Return the cookies of the request that is being answered."""
    return site.asked[-1].headers.get("Cookie", "")


def us_shop(proxy: LoopbackSite, sent_by_site: str) -> None:
    """Send visitors from .com to .us, and from there through the login hosts, as reported."""
    back = goto(f"{LOGIN_US}{WRITE}", f"{US}{PATH}")
    locale = f"aep_usuc_f={sent_by_site}; Domain=.aliexpress.us; Path=/"

    def listing() -> Reply | str:
        if "xman_us_t=known" in cookies(proxy):
            return LISTING
        return redirect(goto(f"{LOGIN_COM}{READ}", back), locale)

    proxy.pages |= {
        f"{COM}{PATH}": redirect(f"{US}{PATH}"),
        f"{US}{PATH}": listing,
        f"{LOGIN_COM}{READ}": redirect(back, "xman_t=of-com; Domain=.aliexpress.com; Path=/"),
        f"{LOGIN_US}{WRITE}": redirect(
            f"{US}{PATH}", "xman_us_t=known; Domain=.aliexpress.us; Path=/"
        ),
    }


def crawl(proxy: LoopbackSite, database_url: str, **variables: str) -> Crawl:
    return scrapy_crawl(
        "category", "-a", f"url={COM}{PATH}", "-a", "limit=1", SITE_URL=COM,
        DATABASE_URL=database_url, http_proxy=proxy.url, **variables,
    )  # fmt: skip


def test_the_cookie_handshake_is_followed_and_the_locale_stays_ours(
    proxy: LoopbackSite, database_url: str
) -> None:
    us_shop(proxy, "site=usa&c_tp=EUR&region=DE&b_locale=de_DE")
    done = crawl(proxy, database_url)
    assert done.exit_code == 0, done.log
    visited = [path.partition("?")[0] for path in proxy.paths if "robots.txt" not in path]
    assert visited == [f"{COM}{PATH}", f"{US}{PATH}", f"{LOGIN_COM}{READ}", f"{LOGIN_US}{WRITE}",
                       f"{US}{PATH}"]  # fmt: skip
    sent = proxy.asked[-1].headers["Cookie"].split("; ")
    assert sorted(sent) == [
        "aep_usuc_f=site=usa&c_tp=USD&region=US&b_locale=en_US", "xman_us_t=known"
    ]  # fmt: skip


def test_cookies_are_kept_for_one_run_only(proxy: LoopbackSite, database_url: str) -> None:
    us_shop(proxy, "site=usa&c_tp=USD&region=US&b_locale=en_US")
    assert crawl(proxy, database_url).exit_code == 0
    proxy.asked.clear()
    assert crawl(proxy, database_url).exit_code == 0
    first = proxy.asked[0].headers["Cookie"]
    assert first == "aep_usuc_f=site=glo&c_tp=USD&region=US&b_locale=en_US"
    assert len([path for path in proxy.paths if READ in path]) == 1


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(f"{LOGIN_COM}/login.htm?return=x", id="a login"),
        pytest.param(goto(f"{LOGIN_COM}{READ}", "http://evil.example/"), id="one that leads away"),
        pytest.param(f"{LOGIN_COM}{READ}", id="a handshake without a target"),
        pytest.param(goto(f"{LOGIN_COM}/login.htm", f"{COM}{PATH}"), id="another page"),
    ],
)  # fmt: skip
def test_a_login_is_still_a_login(proxy: LoopbackSite, database_url: str, target: str) -> None:
    proxy.pages[f"{COM}{PATH}"] = redirect(target)
    done = crawl(proxy, database_url)
    assert done.exit_code == 5
    assert "wants a login" in done.last_line


def test_a_handshake_without_end_is_given_up(proxy: LoopbackSite, database_url: str) -> None:
    back = f"{COM}{PATH}"
    proxy.pages |= {
        f"{COM}{PATH}": redirect(goto(f"{LOGIN_COM}{READ}", back)),
        f"{LOGIN_COM}{READ}": redirect(back),
    }
    done = crawl(proxy, database_url)
    assert done.exit_code == 3
    assert "redirect" in done.last_line
    assert len(proxy.asked) < 20


@needs_browser
def test_a_product_page_in_the_browser_goes_through_the_same_and_is_read_in_our_locale(
    database_url: str,
) -> None:
    with loopback_site({}) as site:
        item = "/item/1.html"

        def sent_locale() -> str:
            return cookies(site).partition("aep_usuc_f=")[2].partition(";")[0]

        def product() -> Reply | str:
            if "aep_usuc_f=site=usa" not in cookies(site):
                return redirect(goto(READ, goto(WRITE, item)))
            is_ours = sent_locale() == "site=usa&c_tp=USD&region=US&b_locale=en_US"
            return modules_page(1, "Our Store" if is_ours else "Their Store", FREE)

        site.pages |= {
            PATH: LISTING,
            item: product,
            READ: redirect(goto(WRITE, item)),
            WRITE: redirect(item, "aep_usuc_f=site=usa&c_tp=EUR&region=DE&b_locale=de_DE; Path=/"),
        }
        done = scrapy_crawl(
            "category", "-a", f"url={site.url}{PATH}", "-a", "limit=1", "-a", "details=auto",
            SITE_URL=site.url, DATABASE_URL=database_url,
        )  # fmt: skip
    assert done.exit_code == 0, done.log
    assert run_sql(database_url, "SELECT store_name FROM product") == [("Our Store",)]
    assert [urlsplit(path).path for path in site.paths].count(WRITE) == 1
