"""Processes and their children, read from Linux's `/proc`."""

from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, such as the workers of a service."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
