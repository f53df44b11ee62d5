"""Run `make demo`: crawl the mock shop, then serve the products until Ctrl-C.

The shop is on this machine, so a day of it takes seconds. Its crawls are dated one day apart
and end today.
"""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from aliscrape.browser.obtain import obtain_browser
from db.engines.database_file import in_use, is_in_use
from tests.mockshop.dating import move_back_one_day
from tests.mockshop.server import MockShop, open_shop
from webapi.listening import listening_problem

DAYS: Final = 10
DATABASE: Final = Path("data/demo.db")
PARTIAL: Final = 3
PAUSE: Final = "0.1"
"""Seconds between requests: nobody else is served by this shop."""


def main() -> None:
    """Crawl the shop on all its days, then serve until Ctrl-C or SIGTERM."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--host", default="127.0.0.1", help="where the service listens")
    options.add_argument("--port", default="5000", help="where the service listens")
    address = options.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):
        # set even for SIGINT: a script that starts the demo in the background has it ignored
        signal.signal(stop, signal.default_int_handler)
    problem = listening_problem(address.host, address.port)
    if problem is not None:
        _fail(problem)
    with suppress(KeyboardInterrupt), open_shop() as shop:
        remove_old_database()
        with in_use(DATABASE):
            crawl_days(shop, "auto" if obtain_browser() else "no")
            _serve(shop, address.host, address.port)
    print("The demo has stopped.")


def remove_old_database() -> None:
    """Remove the database of the last demo, unless it is being served."""
    if is_in_use(DATABASE):
        _fail(f"{DATABASE} is in use by another demo or service. Stop that one first, with Ctrl-C.")
    try:
        for path in DATABASE.parent.glob(f"{DATABASE.name}*"):
            path.unlink()
        DATABASE.parent.mkdir(exist_ok=True)
    except OSError as error:
        _fail(f"Cannot remove the last demo's {error.filename}: {error.strerror}.")


def crawl_days(shop: MockShop, details: str) -> None:
    """Crawl the shop on each of its days, and date the crawls one day apart."""
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
        if crawl.returncode not in {
            0,
            PARTIAL,
        }:  # the products are there; the line says what is not
            _fail(f"{crawl.stderr}\nThe crawl of day {day} failed; its log is above.")
        if day < DAYS:
            move_back_one_day(DATABASE)
        last_line = crawl.stderr.rstrip().rpartition("\n")[2]
        print(f"Day {day}: {last_line.partition(': ')[2]}", flush=True)


def _serve(shop: MockShop, host: str, port: str) -> None:
    here = f"http://{host}:{port}"
    print(
        f"""
Open it    {here}/
Products   {here}/api/v1/products
One        {here}/api/v1/products/1
History    {here}/api/v1/products/1/history
Try it     {here}/api/v1/

Ctrl-C stops the demo.
""",
        flush=True,
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "webapi.serve", host, port],
        env=_environment(shop),
    )
    try:
        if server.wait() != 0:
            _fail("The service has stopped; its log is above.")
    finally:
        server.terminate()
        server.wait()


def _environment(shop: MockShop) -> dict[str, str]:
    ours = {"SITE_URL": shop.url, "DATABASE_URL": f"sqlite:///{DATABASE}", "SCRIPT_NAME": ""}
    return os.environ | ours


def _fail(message: str) -> NoReturn:
    sys.exit(message)


if __name__ == "__main__":
    main()
