"""Check that a server can listen on an address, before anything else is started."""

import socket
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


def address_of(host: str) -> str:
    """Return the IP address of a host name or address, of which `listening_problem` found none."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return str(socket.getaddrinfo(host, None, family)[0][4][0])
