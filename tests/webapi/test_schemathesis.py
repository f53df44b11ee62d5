"""Schemathesis on a real server: every answer is what the specification says, whatever is asked."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT
from tests.webapi.catalogues import store
from tests.webapi.server import serving

SEEDS = [("sqlite", 1), ("sqlite", 2), ("sqlite", 3), ("postgres", 1)]
"""Requests do not depend on the kind of database, so Postgres answers those of one seed."""

# Swagger 2.0 cannot say how long an address may be altogether (414). The others are the defaults.
REFUSING = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "404", "405", "409", "414", "415", "429"]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "404", "409", "414", "429"]
"""


@dataclass(frozen=True)
class Run:
    """What Schemathesis asks: how much, with which options and settings of its own."""

    examples: int
    options: Sequence[str] = ()
    settings: str = ""


RUNS = [
    pytest.param(Run(300, ["--include-method", "GET"]), id="reading"),
    pytest.param(
        Run(200, settings=f'[auth.openapi.key]\napi_key = "{API_KEY}"\n'),
        id="all routes with a key",
    ),
    pytest.param(Run(200), id="all routes without a key"),
]


@pytest.mark.long
@pytest.mark.parametrize(("engine", "seed"), SEEDS, indirect=["engine"])
@pytest.mark.parametrize("run", RUNS)
def test_the_service_holds_what_its_specification_says(
    database_url: str, tmp_path: Path, run: Run, seed: int
) -> None:
    (tmp_path / "schemathesis.toml").write_text(run.settings + REFUSING)
    open_database(database_url)
    store(Random(1), 60)
    close_database()
    with serving(database_url, tmp_path) as url:
        done = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), "run", f"{url}/api/v1/swagger.json",
             "--phases", "examples,coverage,fuzzing,stateful", "--checks", "all",
             "--seed", str(seed), "--max-examples", str(run.examples), "--no-color",
             "--workers", "1", *run.options],
            cwd=tmp_path,  # it keeps what it finds where it runs
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "tests.webapi.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False, timeout=1200,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    cases = re.search(r"(\d+) generated", done.stdout)
    assert cases
    assert int(cases[1]) >= 1000
