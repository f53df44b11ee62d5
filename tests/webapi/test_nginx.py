"""The nginx configuration of docs/nginx.md, in a real nginx with TLS before a real service."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from random import Random

import pytest

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT
from tests.loopback import free_port
from tests.webapi.catalogues import store
from tests.webapi.server import serving

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.sqlite,  # what the proxy passes on, whatever the database is
    pytest.mark.skipif(
        "CI" not in os.environ and (NGINX is None or shutil.which("openssl") is None),
        reason="nginx and openssl are needed: apt-get install nginx-light openssl",
    ),
]
KEY = {"X-API-Key": API_KEY, "Content-Type": "application/json"}
AROUND = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{documented}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where nginx listens, and what its certificate is checked with."""

    plain_port: int
    tls_port: int
    tls: ssl.SSLContext

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[HTTPResponse, str]:
        connection = HTTPSConnection("127.0.0.1", self.tls_port, context=self.tls, timeout=30)
        connection.request(method, path, body, {"Host": "shoes.example", **KEY})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response, text


def documented() -> str:
    text = (ROOT / "docs/nginx.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return str(block)


def make_certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shoes.example",
         "-addext", "subjectAltName=DNS:shoes.example,IP:127.0.0.1",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate(folder)
    open_database(f"sqlite:///{folder}/products.db")
    store(Random(1), 60)
    close_database()
    variables = {"ALISCRAPE_TRUSTED_HOSTS": "shoes.example"}
    with serving(f"sqlite:///{folder}/products.db", folder, prefix="/shoes", **variables) as url:
        service_port = url.removesuffix("/shoes").rpartition(":")[2]
        tls = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        proxy = Proxy(free_port(), free_port(), tls)
        settings = documented()
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{proxy.plain_port};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{proxy.tls_port} ssl;"),
            ("/etc/letsencrypt/live/shoes.example", str(folder)),
            ("127.0.0.1:5000", f"127.0.0.1:{service_port}"),
        ):
            assert old in settings
            settings = settings.replace(old, new)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, documented=settings))
        nginx = subprocess.Popen([str(NGINX), "-p", folder, "-c", folder / "nginx.conf"])
        try:
            wait_for(proxy.tls_port, nginx)
            yield proxy
        finally:
            nginx.terminate()
            nginx.wait(30)


def wait_for(port: int, nginx: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            assert nginx.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return


def test_every_link_leads_through_the_proxy(proxy: Proxy) -> None:
    response, text = proxy.ask("GET", "/shoes/api/v1/products")
    link = json.loads(text)["next"]
    assert response.headers["Link"] == f'<{link}>; rel="next"'
    assert json.loads(proxy.ask("GET", link)[1])["items"]
    made, _ = proxy.ask("POST", "/shoes/api/v1/products", '{"title": "X"}')
    assert json.loads(proxy.ask("GET", made.headers["Location"])[1])["title"] == "X"
    _, text = proxy.ask("GET", "/shoes/api/v1/swagger.json")
    assert json.loads(text)["basePath"] == "/shoes/api/v1"
    assert "http://shoes.example/shoes/" in proxy.ask("GET", "/shoes/feeds/price-drops.atom")[1]
    page, text = proxy.ask("GET", "/shoes/")
    assert page.status == 200
    for address in re.findall(r'(?:href|src)="(/[^"]*\.(?:css|js|svg)[^"]*)"', text):
        assert proxy.ask("GET", address)[0].status == 200


def test_plain_http_is_sent_on_to_https(proxy: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", proxy.plain_port, timeout=30)
    connection.request("GET", "/shoes/products/1", headers={"Host": "shoes.example"})
    response = connection.getresponse()
    assert response.status == 301
    assert response.headers["Location"] == "https://shoes.example/shoes/products/1"
    connection.close()


def test_bodies_without_an_end_do_not_reach_the_service(proxy: Proxy) -> None:
    """Beside more of them than the service has slots for writing, a write is accepted."""
    with ExitStack() as clients:
        for _ in range(64):
            plain = socket.create_connection(("127.0.0.1", proxy.tls_port), 30)
            client = clients.enter_context(
                proxy.tls.wrap_socket(plain, server_hostname="shoes.example")
            )
            client.sendall(
                f"PATCH /shoes/api/v1/products/1 HTTP/1.1\r\nHost: shoes.example\r\n"
                f"X-API-Key: {API_KEY}\r\nContent-Type: application/json\r\n"
                'Content-Length: 1000\r\n\r\n{"title": "'.encode()
            )
        response, _ = proxy.ask("PATCH", "/shoes/api/v1/products/1", '{"store_name": "Y"}')
        assert response.status == 200
