"""`make demo`: the whole main job against the mock shop, then the service until Ctrl-C.

The shop is ours and on this machine, so several of its days take seconds, not days.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from aliscrape.browser.finder import BrowserUnavailable, find_browser
from tests.mockshop.server import MockShop, open_shop

HOST: Final = "127.0.0.1"
DAYS: Final = 5
DATABASE: Final = Path("data/demo.db")
SERVER: Final = ("--config", "gunicorn.conf.py", "--log-level", "warning", "webapi:create_app()")
PAUSE: Final = "0.1"
"""Seconds between requests: nobody else is served by this shop."""


def main() -> None:
    """Crawl some days, serve, stop on Ctrl-C or SIGTERM."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=5000, help="where the service listens")
    port = options.parse_args().port
    for stop in (signal.SIGINT, signal.SIGTERM):
        # set even for SIGINT: a script that starts the demo in the background has it ignored
        signal.signal(stop, signal.default_int_handler)
    _refuse_taken_port(port)
    with suppress(KeyboardInterrupt), open_shop() as shop:
        _crawl_days(shop)
        _serve(port)
    print("The demo has stopped.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            _fail(f"Port {port} cannot be used ({error.strerror}). Try: make demo PORT=5001")


def _choose_details() -> str:
    """Whether product pages can be visited: without a browser the demo goes on without them."""
    try:
        find_browser(os.environ)
    except BrowserUnavailable as error:
        print(f"{error} The product pages are not visited.", flush=True)
        return "no"
    return "auto"


def _crawl_days(shop: MockShop) -> None:
    details = _choose_details()
    for path in DATABASE.parent.glob(f"{DATABASE.name}*"):
        path.unlink()
    print(f"The mock shop is open at {shop.url}; its products go into {DATABASE}.", flush=True)
    for day in range(1, DAYS + 1):
        shop.day = day
        crawl = subprocess.run(
            [
                sys.executable,
                "-m",
                "scrapy",
                "crawl",
                "casual_shoes",
                "-a",
                f"details={details}",
                "-s",
                f"DOWNLOAD_DELAY={PAUSE}",
            ],
            env=_environment(shop),
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if crawl.returncode != 0:
            _fail(f"{crawl.stderr}\nThe crawl of day {day} failed; its log is above.")
        last_line = crawl.stderr.rstrip().rpartition("\n")[2]
        print(f"Day {day}: {last_line.partition(': ')[2]}", flush=True)


def _serve(port: int) -> None:
    here = f"http://{HOST}:{port}"
    print(
        f"""
Products   {here}/api/v1/products
One        {here}/api/v1/products/1
History    {here}/api/v1/products/1/history
Try it     {here}/api/v1/

Ctrl-C stops the demo.
""",
        flush=True,
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *SERVER, "--bind", f"{HOST}:{port}"],
        env=os.environ | {"DATABASE_URL": f"sqlite:///{DATABASE}"},
    )
    try:
        if server.wait() != 0:
            _fail("The service has stopped; its log is above.")
    finally:
        server.terminate()
        server.wait()


def _environment(shop: MockShop) -> dict[str, str]:
    return os.environ | {"SITE_URL": shop.url, "DATABASE_URL": f"sqlite:///{DATABASE}"}


def _fail(message: str) -> NoReturn:
    sys.exit(message)


if __name__ == "__main__":
    main()
