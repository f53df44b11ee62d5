"""Check that a server can listen on an address, before anything else is started.

`python -m webapi.listening HOST PORT` prints what is wrong and exits with 1.
"""

import socket
import sys
from collections.abc import Sequence
from typing import Final

LARGEST_PORT: Final = 65535


def listening_problem(host: str, port: str) -> str | None:
    """Return why nothing can listen on this address and what to do, or None if it is free."""
    if not (port.isascii() and port.isdigit() and 0 < int(port[:9]) <= LARGEST_PORT):
        return f"PORT={port} is no port. Use a number from 1 to {LARGEST_PORT}, as in PORT=5001"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            return (
                f"Cannot listen on {host} port {port} ({error.strerror}). "
                "Use another port, as in PORT=5001"
            )
    return None


def main(arguments: Sequence[str]) -> None:
    """Exit with the problem of the address `HOST PORT`, if there is one."""
    host, port = arguments
    problem = listening_problem(host, port)
    if problem is not None:
        sys.exit(problem)


if __name__ == "__main__":
    main(sys.argv[1:])
