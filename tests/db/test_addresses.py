"""Addresses are absolute, and https but on this machine."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import addresses
from db.addresses import ADDRESS, LONGEST, is_loopback, secure_address


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://ae01.alicdn.com/kf/a.jpg", "https://ae01.alicdn.com/kf/a.jpg"),
        ("http://ae01.alicdn.com/kf/a.jpg", "https://ae01.alicdn.com/kf/a.jpg"),
        ("//ae01.alicdn.com/kf/a.jpg", "https://ae01.alicdn.com/kf/a.jpg"),
        ("http://127.0.0.1:5050/a.jpg", "http://127.0.0.1:5050/a.jpg"),
        (" https://host/a ", "https://host/a"),
        ("/kf/a.jpg", None),
        ("a.jpg", None),
        ("", None),
        ("ftp://host/a", None),
        ("javascript:alert(1)", None),
        ("https://user:secret@host/a", None),
        ("https://host:port/a", None),
        ("https://[", None),
        ("https://ho st/a", None),
        ("https://host/a\nb", None),
        ("https://host/\ud800", None),
        ("https://host/" + "a" * LONGEST, None),
        *(
            (f"https://{host}", None)
            for host in (
                "%",
                ".",
                "a..b",
                ".a",
                "a.",
                "-a.b",
                "a-.b",
                "*",
                "a'b",
                "a%20b",
                "[::2]",
                "[1.2.3.4]",
                "a\\b",
                "a" * 64,
                "mün.de",
                "\u200b",
                "{host}",
                "a,b",
                "a;b",
                "a$b",
                "~",
            )
        ),
        ("https://a_b.c-d.example:65535?x#y", "https://a_b.c-d.example:65535?x#y"),
        ("https://host:65536/", None),
        ("http://[::1]:80/a.jpg", "http://[::1]:80/a.jpg"),
        ("https://host/a%20b/ü?q='<>\"\\^`{|}", "https://host/a%20b/%C3%BC?q='<>\"\\^`{|}"),
    ],
)
def test_an_address_is_kept_secure_or_not_at_all(link: str, kept: str | None) -> None:
    assert secure_address(link) == kept
    assert kept is None or re.search(ADDRESS, kept)


@given(st.from_regex(addresses._PLAIN, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_plain_addresses_are_what_they_would_be_without_the_short_way(link: str) -> None:
    whole = addresses._any_address(link, "https:")
    assert whole is not None
    assert secure_address(link) == (whole if len(whole) <= LONGEST else None)


@given(st.from_regex(ADDRESS, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_every_address_of_the_specification_s_pattern_is_kept(link: str) -> None:
    kept = secure_address(link, "http:")
    assert kept is None if len(link) > LONGEST else kept
    assert not kept or (re.search(ADDRESS, kept) and secure_address(kept, "http:") == kept)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
     ("10.0.0.1", False), ("localhost.example", False), ("", False), (None, False)],
)  # fmt: skip
def test_loopback_is_this_machine(host: str | None, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
