"""Addresses are absolute, and https but on this machine."""

import pytest

from db.addresses import LONGEST, is_loopback, secure_address


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
    ],
)
def test_an_address_is_kept_secure_or_not_at_all(link: str, kept: str | None) -> None:
    assert secure_address(link) == kept


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
     ("10.0.0.1", False), ("localhost.example", False), ("", False), (None, False)],
)  # fmt: skip
def test_loopback_is_this_machine(host: str | None, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
