"""Measure the API against other programs that serve the same database file."""

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from json import loads
from typing import Final

from bench.catalogues import DATA, catalog_with
from bench.clients import Loads, load_ratio, print_loads, put_load
from bench.processes import ROOT, Server, serving
from bench.rounds import interleave
from webapi.serve import WORKERS

PEERS: Final = DATA / "bench-venv"
"""The virtual environment of the programs that we compare with."""
REQUIREMENTS: Final = ROOT / "bench/peers/requirements.txt"
OURS: Final = ("-m", "webapi.serve", "127.0.0.1", "{port}")
BARE: Final = ("-m", "bench.peers.bare", "{port}")
LIMIT: Final = ("ours", "bare")
ALL: Final = (*LIMIT, "fastapi", "textbook_restx", "datasette")
TOTAL_OF_FEW: Final = 1_000
PRODUCT: Final = "/api/v1/products/17"
BY_PRICE: Final = "/api/v1/products?sort=price"


@dataclass(frozen=True)
class Peer:
    """A program that serves the file: its command, and the paths of a product and a page.

    All have as many workers as our service, except for Datasette, which has one by design.
    """

    command: tuple[str, ...]
    product: str
    page: str


def peers() -> Mapping[str, Peer]:
    """Return the programs to compare, each on the server that its documentation recommends."""
    python, programs = sys.executable, PEERS / "bin"
    fastapi = ("uvicorn", "--workers", str(WORKERS), "--no-access-log", "--log-level", "critical",
               "--port", "{port}", "bench.peers.fastapi_sqlmodel:app")  # fmt: skip
    restx = ("gunicorn", "--workers", str(WORKERS), "--no-control-socket",
             "--log-level", "critical",
             "--bind", "127.0.0.1:{port}", "bench.peers.textbook_restx:app")  # fmt: skip
    # With a currency, so that it reads in the order of an index, and without suggesting facets,
    # which takes it seconds.
    table = ("/{name}/product.json?currency=USD&deleted_at__isnull=1&_sort=price_minor&_size=25"
             "&_shape=objects&_nosuggest=1")  # fmt: skip
    return {
        "ours": Peer((python, *OURS), PRODUCT, BY_PRICE),
        "bare": Peer((python, *BARE), "/products/17", "/products"),
        "fastapi": Peer((f"{programs}/{fastapi[0]}", *fastapi[1:]), "/products/17", "/products"),
        "textbook_restx": Peer((f"{programs}/{restx[0]}", *restx[1:]), "/products/17", "/products"),
        "datasette": Peer(
            (f"{programs}/datasette", "serve", "--port", "{port}", "{database}"),
            "/{name}/product/17.json?_shape=objects",
            table,
        ),
    }


def install_peers() -> None:
    """Install what we compare with, unless it is there."""
    stamp = PEERS / "requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return
    print("Installing what is compared with into data/bench-venv.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    install = [f"{PEERS}/bin/python", "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
    subprocess.run(install, check=True)
    stamp.write_text(REQUIREMENTS.read_text())


def measure(
    rounds: int, seconds: float, products: int, names: Collection[str] = ALL
) -> dict[str, float]:
    """Measure the API at 1,000 and at `products`, print the tables, and return the ratios.

    `names` are the programs to measure: ours, the bare function, and others if they are installed.
    """
    ratios: dict[str, float] = {}
    with _servers(products, names) as servers:
        one = _loads(servers, rounds, seconds, lambda peer: peer.product)
        page = _loads(servers, rounds, seconds, lambda peer: peer.page)
        ratios |= _compare(one, "one") | _compare(page, "page")
        print_loads("One product", one)
        print_loads(f"25 of {products:,} products by price", page)
        ratios |= _ours(servers["ours"][0], rounds, seconds)
        ratios["api_worker_megabytes"] = servers["ours"][0].worker_megabytes()
    with _servers(TOTAL_OF_FEW, LIMIT) as servers:
        page = _loads(servers, rounds, seconds, lambda peer: peer.page)
        print_loads(f"25 of {TOTAL_OF_FEW:,} products by price", page)
        ratios["api_page_of_1000_vs_bare"] = load_ratio(page, "bare", "ours")
    return ratios


@contextmanager
def _servers(products: int, names: Collection[str]) -> Iterator[Mapping[str, tuple[Server, Peer]]]:
    """Start programs on one file, and return them with their ports."""
    database = catalog_with(products)
    variables = {
        "DATABASE_URL": f"sqlite:///{database}", "BENCH_DATABASE": str(database),
        "ALISCRAPE_API_KEY": "bench",
    }  # fmt: skip
    with ExitStack() as stack:
        started = {}
        for name, peer in peers().items():
            if name in names:
                command = [part.replace("{database}", str(database)) for part in peer.command]
                paths = [
                    path.replace("{name}", database.stem) for path in (peer.product, peer.page)
                ]
                server = stack.enter_context(serving(command, variables))
                started[name] = (server, Peer(peer.command, *paths))
        yield started


def _loads(
    servers: Mapping[str, tuple[Server, Peer]],
    rounds: int,
    seconds: float,
    path: Callable[[Peer], str],
) -> Loads:
    programs = {
        name: partial(put_load, server, path(peer), seconds)
        for name, (server, peer) in servers.items()
    }
    return interleave(programs, rounds)


def _compare(loads: Loads, what: str) -> dict[str, float]:
    others = [name for name in loads if name != "ours"]
    return {f"api_{what}_vs_{name}": load_ratio(loads, name, "ours") for name in others}


def _ours(server: Server, rounds: int, seconds: float) -> dict[str, float]:
    """Measure our deep pages, and responses that are not modified."""
    deep = _deep_page(server.port)
    tag = _get(server.port, PRODUCT)[1]
    loads = interleave(
        {
            "page 1": partial(put_load, server, BY_PRICE, seconds),
            "page 1,000": partial(put_load, server, deep, seconds),
            "200": partial(put_load, server, PRODUCT, seconds),
            "304": partial(put_load, server, PRODUCT, seconds, tag),
        },
        rounds,
    )
    print_loads("Our own responses", loads)
    return {
        "api_deep_page": load_ratio(loads, "page 1,000", "page 1"),
        "not_modified_vs_full": load_ratio(loads, "200", "304"),
    }


def _deep_page(port: int) -> str:
    """Return the link to page 1,000, as found by following the links of pages of 100."""
    link = f"{BY_PRICE}&limit=100"
    for _ in range(250):
        following = loads(_get(port, link)[0])["next"]
        if following is None:
            break
        link = following
    return link.replace("limit=100", "limit=25")


def _get(port: int, path: str) -> tuple[bytes, str]:
    """Return the body and the entity tag of a response."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return body, response.getheader("ETag", "")
