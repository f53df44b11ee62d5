"""Which addresses are on the site, and in which locale it is read."""

import pytest

from aliscrape.site import ALIEXPRESS, Locale, Site

SITE = Site.at(ALIEXPRESS)
MOCK = Site.at("http://127.0.0.1:5050")


@pytest.mark.parametrize(
    ("site", "url", "on_site"),
    [
        (SITE, "https://www.aliexpress.com/category/322/shoes.html", True),
        (SITE, "http://es.aliexpress.com/w/wholesale-shoes.html?page=2", True),
        (SITE, "https://www.aliexpress.us/w/wholesale-shoes.html", True),
        (SITE, "https://aliexpress.com.evil.example/w/x.html", False),
        (SITE, "https://evilaliexpress.com/w/x.html", False),
        (SITE, "https://www.aliexpress.com@evil.example/", False),
        (SITE, "https://user@www.aliexpress.com/x", False),
        (SITE, "ftp://www.aliexpress.com/x", False),
        (SITE, "file:///etc/passwd", False),
        (SITE, "//www.aliexpress.com/x", False),
        (SITE, "http://127.0.0.1/x", False),
        (SITE, "https://[", False),
        (SITE, "", False),
        (MOCK, "http://127.0.0.1:5050/w/x.html", True),
        (MOCK, "https://www.aliexpress.com/w/x.html", False),
    ],
)
def test_an_address_is_on_the_site_or_not(site: Site, url: str, *, on_site: bool) -> None:
    assert site.has(url) is on_site


@pytest.mark.parametrize(
    "url",
    ["", "www.aliexpress.com", "ftp://host", "https://", "https://host/path", "https://host?x=1",
     "https://user@host", "https://host:port"],
)  # fmt: skip
def test_a_site_is_scheme_and_host(url: str) -> None:
    with pytest.raises(ValueError, match="SITE_URL"):
        Site.at(url)


def test_a_product_page_has_the_global_id() -> None:
    assert SITE.product_url("1005") == "https://www.aliexpress.com/item/1005.html"
    assert MOCK.product_url("1005") == "http://127.0.0.1:5050/item/1005.html"


@pytest.mark.parametrize(
    ("site", "link", "expected"),
    [
        (SITE, "//www.aliexpress.com/category/1/a.html", f"{ALIEXPRESS}/category/1/a.html"),
        (SITE, "/category/1/a.html?x=1#top", f"{ALIEXPRESS}/category/1/a.html?x=1"),
        (SITE, "https://es.aliexpress.com/category/1/a.html", f"{ALIEXPRESS}/category/1/a.html"),
        (MOCK, "//www.aliexpress.com/category/1/a.html", "http://127.0.0.1:5050/category/1/a.html"),
        (SITE, "https://elsewhere.example/category/1/a.html", None),
        (SITE, "javascript:void(0)", None),
        (SITE, "https://[", None),
    ],
)
def test_links_of_the_site_are_followed_on_the_host_that_we_read(
    site: Site, link: str, expected: str | None
) -> None:
    assert site.page_url(link) == expected


@pytest.mark.parametrize(
    ("site", "link", "expected"),
    [
        (SITE, "//ae01.alicdn.com/kf/a.jpg", "https://ae01.alicdn.com/kf/a.jpg"),
        (SITE, "http://ae01.alicdn.com/kf/a.jpg", "https://ae01.alicdn.com/kf/a.jpg"),
        (SITE, "/kf/a.jpg", f"{ALIEXPRESS}/kf/a.jpg"),
        (MOCK, "//127.0.0.1:5050/kf/a.jpg", "http://127.0.0.1:5050/kf/a.jpg"),
        (SITE, "data:image/png;base64,xx", None),
        (SITE, "https://[", None),
    ],
)
def test_pictures_are_https_or_on_this_machine(site: Site, link: str, expected: str | None) -> None:
    assert site.asset_url(link) == expected


def test_the_cookie_pins_currency_region_and_language() -> None:
    value = Locale("EUR", "ES", "es_ES").cookie_value()
    assert value == "site=glo&c_tp=EUR&region=ES&b_locale=es_ES"


def test_the_site_s_own_cookie_keeps_what_is_not_ours() -> None:
    sent = "x_alimid=1&site=usa&region=US&c_tp=USD&b_locale=en_US"
    value = Locale("GBP", "GB", "en_GB").cookie_value(sent)
    assert value == "x_alimid=1&site=usa&region=UK&c_tp=GBP&b_locale=en_GB"
    assert Locale("USD", "US", "en_US").cookie_value(sent) == sent


READ, WRITE = "https://login.aliexpress.com/sync_cookie_read.htm", "/sync_cookie_write.htm"


@pytest.mark.parametrize(
    ("site", "url", "is_handshake"),
    [
        (SITE, f"{READ}?xman_goto=https%3A%2F%2Flogin.aliexpress.us{WRITE}%3Fxman_goto%3Dx", True),
        (SITE, f"https://login.aliexpress.us{WRITE}?a=1&xman_goto=//www.aliexpress.us/w/x.html",
         True),
        (SITE, f"{READ}?xman_goto=https://evil.example/", False),
        (SITE, f"{READ}?xman_goto=https://www.aliexpress.us/&xman_goto=https://evil.example/",
         False),
        (SITE, READ, False),
        (SITE, "https://login.aliexpress.com/?xman_goto=https://www.aliexpress.com/", False),
        (SITE, f"https://evil.example{WRITE}?xman_goto=https://www.aliexpress.com/", False),
        (MOCK, "http://127.0.0.1:5050/sync_cookie_read.htm?xman_goto=/w/x.html", True),
    ],
)  # fmt: skip
def test_addresses_that_only_pass_cookies_on_are_known(
    site: Site, url: str, *, is_handshake: bool
) -> None:
    assert site.is_cookie_handshake(url) is is_handshake


@pytest.mark.parametrize(
    ("locale", "variable"),
    [
        (("dollars", "US", "en_US"), "ALIEXPRESS_CURRENCY"),
        (("USD", "usa", "en_US"), "ALIEXPRESS_REGION"),
        (("USD", "US", "english"), "ALIEXPRESS_LOCALE"),
        (("USD", "US", "en_US\r\nX: y"), "ALIEXPRESS_LOCALE"),
    ],
)
def test_a_wrong_locale_is_refused_by_its_variable_s_name(
    locale: tuple[str, str, str], variable: str
) -> None:
    with pytest.raises(ValueError, match=variable):
        Locale(*locale)
