"""The address that `make api` and `make demo` listen on is checked before anything is started."""

import socket
import subprocess
import sys

import pytest

from tests.crawls import ROOT
from webapi.listening import listening_problem


@pytest.mark.parametrize("port", ["99999", "65536", "0", "-1", "http", "", "5000 5001", "٥٠٠٠"])
def test_what_is_no_port_is_refused_in_words(port: str) -> None:
    problem = listening_problem("127.0.0.1", port)
    assert problem == f"PORT={port} is no port. Use a number from 1 to 65535, as in PORT=5001"


def test_a_port_in_use_is_named_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "webapi.serve", "127.0.0.1", port],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Cannot listen on 127.0.0.1 port {port} (Address already in use).")


def test_an_address_of_another_machine_is_named() -> None:
    problem = listening_problem("192.0.2.1", "5000")
    assert problem is not None
    assert "192.0.2.1 port 5000" in problem


def test_a_free_port_is_no_problem() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    assert listening_problem("127.0.0.1", port) is None
