"""Generated clients call every operation, and each response is what the specification says."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT
from tests.webapi.catalogues import store
from tests.webapi.server import serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clients")
    url = f"sqlite:///{folder}/aliscrape.db"
    open_database(url)
    store(Random(1), 60)
    close_database()
    with serving(url, folder) as address:
        yield address


def run(*command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_bravado(service: str) -> None:
    run(sys.executable, "-m", "tests.webapi.bravado_client", service, API_KEY)
