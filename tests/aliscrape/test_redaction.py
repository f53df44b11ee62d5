"""What is removed from pages and addresses before they are passed on, and what stays."""

import json

import pytest
from scrapy.http import HtmlResponse

from aliscrape.items import ProductItem
from aliscrape.pages.listing.layouts import read_listing
from aliscrape.redaction import secrets_of, without, without_user, without_visitor
from aliscrape.site import Site
from tests.listings import PUNISH, block_page, card, fields, init_data_of

SECRETS = [
    "_tb_token_=SECRET&", '"ipAddress": "SECRET"', '"address":"SECRET street"',
    '"firstName":"SECRET"', "JSESSIONID=SECRET; Path=/", '"fingerprint":"SECRET"',
    '"csrfToken":"SECRET"', "csrfToken: 'SECRET'", '"_csrf_token_":"x","access_token":"SECRET"',
    '"SECDATA": "SECRET"', '"NCTOKENSTR":"SECRET"', f"{PUNISH}?x5secdata=SECRET&x5step=1",
    r'\"sessionId\":\"SECRET\"', "x%3D1%26session_id%3DSECRET%26page%3D2",
    '"foreverRandomToken":"SECRET"', 'cookie: "a=SECRET; b=SECRET"', "xman_us_f=SECRET; Path=/",
    '"cna":"SECRET"', "&page_cna=SECRET&", "ali_apache_id=SECRET&amp;ali_apache_track=SECRET",
    '"umidToken":"SECRET"', '"memberId":"SECRET"', '"user_id":"SECRET"', '"loginId": "SECRET"',
    '"nickName":"SECRET SECRET"', '"email":"SECRET"', "mail me@SECRET.example now",
    '"clientIp":"SECRET"', '"uuid":"SECRET"', "_m_h5_tk=SECRET_123", '"deviceId":"SECRET"',
    "acs_random_token=SECRET&xman_goto=https://www.aliexpress.us/", "x_alimid%253DSECRET%2526a",
]  # fmt: skip


@pytest.mark.parametrize("text", SECRETS)
def test_values_of_the_visitor_are_cut(text: str) -> None:
    page = without_visitor(f"<p>{text}</p>")
    assert "SECRET" not in page.replace("@SECRET.example", "")
    assert "cut" in page


@pytest.mark.parametrize(
    "address", ["203.0.113.7", "2001:db8:0:0:0:0:0:7", "2001:db8::7", "fe80::1ff:fe23:4567:890a"]
)
def test_addresses_are_cut(address: str) -> None:
    assert address not in without_visitor(f'{{"seen": "{address}", "at": "10:20:30"}}')
    assert "10:20:30" in without_visitor(f'{{"seen": "{address}", "at": "10:20:30"}}')


@pytest.mark.parametrize(
    "text",
    [
        '"shipFrom":"CN"', '"tip":"Free shipping over US $10"', '"title":"Token ring, user id 7"',
        '"formattedPrice":"US $12.34"', '"productId":"1005006400000000"', '"storeId":1100',
        '"sku_id":"12000"', "a::before{content:''}", '"cookieEnabled":true', '"memberId":null',
        "kf/S1.jpg_350x350xz@2x.jpg", "12:30", f"{PUNISH}?",
    ],
)  # fmt: skip
def test_what_is_said_of_products_stays(text: str) -> None:
    assert without_visitor(text) == text


def products(html: str) -> list[ProductItem]:
    response = HtmlResponse("https://www.aliexpress.com/w/x.html", body=html, encoding="utf-8")
    return read_listing(response, Site.at("https://www.aliexpress.com")).items()


def test_a_page_parses_afterwards_with_the_same_products() -> None:
    facts = {
        **fields([card("1"), card("2", price=5)]),
        "memberId": 4711, "ip": "203.0.113.7", "nested": json.dumps({"sessionId": "a"}),
        "clientIp": None, "signedIn": True, "userInfo": {"userId": 12, "email": "a@b.example"},
    }  # fmt: skip
    page = init_data_of(facts)
    after = without_visitor(page)
    assert products(after) == products(page)
    assert "4711" not in after


def test_the_block_page_keeps_its_path() -> None:
    assert PUNISH in without_visitor(block_page())


def test_values_of_cookies_are_cut_wherever_they_stand() -> None:
    page = without_visitor("<b>Visitor Zk9/x1=, global</b>", {"Zk9/x1=", "global", "1"})
    assert page == "<b>Visitor cut, global</b>"


def test_users_and_passwords_in_addresses_are_secrets() -> None:
    variables = {
        "DATABASE_URL": "postgresql://robin:h%40nter2@db.example/shoes?sslpassword=letmein99",
        "ALISCRAPE_API_KEY": "first-key, second-key",
        "ALISCRAPE_NOTIFY": "mailto://me:mailpass1@mail.example https://hook:pw2@chat.example/x",
    }
    secrets = secrets_of(variables)
    assert secrets >= {"robin", "h@nter2", "h%40nter2", "letmein99", "first-key", "second-key",
                       "mailpass1", "pw2"}  # fmt: skip
    text = without("DATABASE_URL is 'postgresql://robin:h%40nter2@db.example/shoes'", secrets)
    assert text == "DATABASE_URL is 'postgresql://cut@db.example/shoes'"
    assert without_user(variables["DATABASE_URL"]) == "postgresql://cut@db.example/shoes"
    assert without_user("sqlite:////tmp/a.db") == "sqlite:////tmp/a.db"
