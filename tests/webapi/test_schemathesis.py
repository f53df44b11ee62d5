"""Schemathesis on a real server: every answer is what the specification says, whatever is asked."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from db.database import close_database, open_database
from tests.crawls import ROOT
from tests.webapi.catalogues import store
from tests.webapi.server import serving

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SEEDS = [1, 2, 3] if LONG else [1]
EXAMPLES = 300 if LONG else 20


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reading_routes_hold_what_the_specification_says(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    open_database(database_url)
    store(Random(1), 60)
    close_database()
    with serving(database_url, tmp_path) as url:
        done = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), "run", f"{url}/api/v1/swagger.json",
             "--include-method", "GET", "--phases", "examples,coverage,fuzzing,stateful",
             "--checks", "all", "--seed", str(seed), "--max-examples", str(EXAMPLES),
             "--no-color", "--workers", "2"],
            cwd=tmp_path,  # it keeps what it finds where it runs
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "tests.webapi.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False, timeout=1200,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    assert "Test cases:" in done.stdout
