"""Fifty hostile strings go through a crawl to every page, and stay text."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browsers import needs_browser
from tests.crawls import scrapy_crawl
from tests.listings import card, init_data, money, tag
from tests.loopback import loopback_site
from tests.webapi.server import serving

pytestmark = [
    needs_browser,
    pytest.mark.long,  # fifty products, each opened
    pytest.mark.sqlite,  # what the browser shows, whatever the database is
]

LISTING = "/w/wholesale-hostile.html"
RUN = "window.ran=1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</svg><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"<ScRiPt >{RUN}</sCrIpT>",
    f"<img src=x onerror={RUN}>",
    f"<img src=/nothing onerror='{RUN}'>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror='{RUN}'>",
    f'" onmouseover="{RUN}" x="',
    f"' onfocus='{RUN}' autofocus x='",
    f'" autofocus onfocus={RUN} "',
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext></form><img src=x onerror={RUN}>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<iframe src='javascript:parent.ran=1'></iframe>",
    f"<a href='javascript:{RUN}'>click</a>",
    "<form action='https://evil.example/'><button>send</button>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<img src=https://evil.example/pixel.gif>",
    "<object data=https://evil.example/x></object>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "https://evil.example/",
    "//evil.example/x.js",
    "{{ 7*7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\u202eesrever\u202c shoe",
    "\u2066isolated\u2069 \u200fmark \u200b zero",
    "a\x07b\x1b[31mred\x7f",
    "'; DROP TABLE product; --",
    "&lt;b&gt; &amp; &#60;script&#62;",
    f"x\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
]


def test_there_are_fifty() -> None:
    assert len(set(HOSTILE)) == 50


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the service after a crawl of a listing with every string in every fact."""
    folder = tmp_path_factory.mktemp("hostile")
    database_url = f"sqlite:///{folder}/aliscrape.db"
    cards = [
        card(
            1005000000000001 + number,
            title={"displayTitle": text},
            image={"imgUrl": text if "://" in text else "//ae01.alicdn.com/kf/x.jpg"},
            prices={"salePrice": money(12.34, text=f"US $12.34 {text}")},
            sellingPoints=[tag(f"Free shipping over {text}", "platformFreeShipping_atm")],
            store={"storeName": text},
            trade={"tradeDesc": f"1,000+ sold {text}"},
        )
        for number, text in enumerate(HOSTILE)
    ]
    with loopback_site({LISTING: init_data(cards)}) as site:
        crawl = scrapy_crawl(
            "category", "-a", f"url={site.url}{LISTING}", "-a", f"category={HOSTILE[0]}",
            "-a", "limit=50", SITE_URL=site.url, DATABASE_URL=database_url,
        )  # fmt: skip
        assert crawl.exit_code == 0, crawl.log
        with serving(database_url, folder, SITE_URL=site.url) as url:
            yield url


@pytest.fixture
def asked() -> list[str]:
    """Return the foreign addresses that were requested, without those that the policy blocked."""
    return []


@pytest.fixture
def page(browser: Browser, asked: list[str]) -> Iterator[Page]:
    """Return a page whose requests to other machines are written down and go nowhere."""
    context = browser.new_context(accept_downloads=False)
    page = context.new_page()

    def stop(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(lambda url: "//127.0.0.1" not in url, stop)
    yield page
    context.close()


def paths(service: str, page: Page) -> list[str]:
    answer = page.request.get(f"{service}/api/v1/products?limit=100").json()
    assert answer["total"] == 50
    products = [f"/products/{item['id']}" for item in answer["items"]]
    return ["/?limit=100", "/?q=script", "/crawls", *products]


def test_every_string_stays_text_on_every_page(crawled: str, page: Page, asked: list[str]) -> None:
    found = set()
    for path in paths(crawled, page):
        page.goto(f"{crawled}{path}", wait_until="load")
        assert page.evaluate("window.ran") is None, path
        assert page.evaluate("location.origin") == crawled, path
        found |= set(page.locator("h1, article h3").all_inner_texts())
        found |= set(page.locator("input[name=title]").evaluate_all("all => all.map(i => i.value)"))
        links = page.locator("a").evaluate_all("all => all.map(a => a.href)")
        assert all(link.startswith(("http://", "https://")) for link in links), path
        for handler in ("onerror", "onload", "onfocus", "onmouseover", "style"):
            assert page.locator(f"[{handler}]").count() == 0, path
        assert page.locator("iframe, object, base, style, script:not([src])").count() == 0, path
    shown = {" ".join(text.split()) for text in found}
    stored = {text: re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", text) for text in HOSTILE}
    missing = [text for text in HOSTILE if not {text, " ".join(stored[text].split())} & shown]
    assert missing == []
    assert {urlsplit(url).hostname for url in asked} == {"ae01.alicdn.com"}


def test_the_policy_would_have_stopped_them_anyway(
    crawled: str, page: Page, asked: list[str]
) -> None:
    """The same strings put into the page as markup: with our policy none runs, without it they do.

    No policy can stop a `<meta http-equiv=refresh>`, so that one is left out.
    """
    keeps_policy = True
    markup = "\n".join(text for text in HOSTILE if "http-equiv" not in text)

    def unescaped(route: Route) -> None:
        response = route.fetch()
        headers = dict(response.headers)
        if not keeps_policy:
            headers.pop("content-security-policy")
        body = response.text().replace("</main>", f"{markup}</main>")
        route.fulfill(response=response, headers=headers, body=body)

    page.route(f"{crawled}/crawls", unescaped)
    page.goto(f"{crawled}/crawls", wait_until="load")
    assert page.evaluate("window.ran") is None
    assert asked == []
    keeps_policy = False
    page.goto(f"{crawled}/crawls", wait_until="load")
    assert page.evaluate("window.ran") == 1
    assert {urlsplit(url).hostname for url in asked} == {"evil.example"}
