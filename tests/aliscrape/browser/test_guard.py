"""What a rendered page may load."""

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

import pytest

from aliscrape.browser.guard import Guard

PUBLIC, HOME = "https://www.aliexpress.com", "http://127.0.0.1:5050"
ADDRESSES = {
    "acs.aliexpress.com": ["203.119.1.1"],
    "cdn.example": ["8.8.8.8", "2a00:1450::1"],
    "trap.example": ["8.8.8.8", "192.168.0.1"],
    "inside.example": ["10.1.2.3"],
    "six.example": ["::1"],
}


@dataclass(frozen=True)
class Request:
    """What the guard reads of a request of Playwright."""

    url: str
    resource_type: str = "script"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names lead where the table says; addresses lead to themselves; nobody is asked."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host in ADDRESSES:
            return [(0, 0, 0, "", (address, 0)) for address in ADDRESSES[host]]
        if str(host).endswith(".nowhere"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def aborted(site: str, request: Request) -> bool:
    return asyncio.run(Guard(site)(request))


ALLOWED = [
    pytest.param("https://acs.aliexpress.com/h5/", False, id="the script's host"),
    pytest.param("https://cdn.example/app.js", False, id="another public host"),
    pytest.param("data:text/plain,x", False, id="data in the page"),
    pytest.param("http://127.0.0.1:8000/", True, id="this machine"),
    pytest.param("http://localhost:8000/", True, id="this machine by name"),
    pytest.param("http://[::1]/", True, id="this machine, IPv6"),
    pytest.param("http://10.0.0.1/", True, id="a private address"),
    pytest.param("http://169.254.169.254/latest", True, id="a cloud's metadata"),
    pytest.param("http://inside.example/", True, id="a name of a private address"),
    pytest.param("http://trap.example/", True, id="a name of a public and a private address"),
    pytest.param("http://six.example/", True, id="a name of the IPv6 loopback"),
    pytest.param("http://host.nowhere/", True, id="a name of nothing"),
    pytest.param("file:///etc/passwd", True, id="a file"),
    pytest.param("chrome://settings", True, id="the browser itself"),
]


@pytest.mark.parametrize(("url", "is_aborted"), ALLOWED)
def test_a_public_sites_page_loads_from_public_hosts_only(url: str, *, is_aborted: bool) -> None:
    assert aborted(PUBLIC, Request(url)) is is_aborted


@pytest.mark.parametrize(
    ("url", "is_aborted"),
    [(f"{HOME}/item/1.html", False), ("http://127.0.0.1:8000/", False), ("http://10.0.0.1/", True)],
)
def test_a_page_from_this_machine_stays_on_it(url: str, *, is_aborted: bool) -> None:
    assert aborted(HOME, Request(url)) is is_aborted


@pytest.mark.parametrize("kind", ["image", "media", "font"])
def test_pictures_media_and_fonts_are_not_loaded(kind: str) -> None:
    assert aborted(PUBLIC, Request("https://cdn.example/x", kind))
    assert aborted(HOME, Request(f"{HOME}/kf/x.jpg", kind))
