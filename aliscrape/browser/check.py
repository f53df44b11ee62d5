"""Check a browser by rendering an empty page: a program of that name may still not work.

Seen on real machines: Ubuntu's /usr/bin/chromium-browser only prints that it needs the snap,
Playwright's build lacks libnss3, a container forbids the user namespaces of the sandbox, and on a
minimal Debian Playwright's driver, a Node.js, lacks libatomic.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Final

ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
"""Options that keep the browser from contacting other hosts and let it run without a screen."""
SECONDS: Final = 60
"""How long an empty page may take; a cold start on a busy machine took 8 s."""

_CAUSES: Final = (
    (
        re.compile(r"loading shared libraries: libatomic"),
        (
            "lacks the library libatomic. To install it: "
            "sudo apt install libatomic1 (Fedora, CentOS: sudo dnf install libatomic)"
        ),
    ),
    (
        re.compile(r"requires the chromium snap"),
        "needs a snap that is not installed. To get another browser: make browser",
    ),
    (
        re.compile(r"error while loading shared libraries: ([^:\s]+)"),
        (
            "lacks the library {0}. To install what it needs: "
            "sudo .venv/bin/playwright install-deps chromium"
        ),
    ),
    (
        re.compile(r"No usable sandbox|without --no-sandbox|[Nn]amespace"),
        "cannot start its sandbox on this machine. To run it without: ALISCRAPE_NO_SANDBOX=1",
    ),
)
"""What a browser prints that does not start, and what it means."""


def driver_problem() -> str | None:
    """Return why Playwright's driver, which starts the browser, does not run, or None."""
    done = _run([sys.executable, "-m", "playwright", "--version"])
    return None if done.returncode == 0 else f"Playwright's driver {_cause(done)}"


def start_problem(path: str, *, has_sandbox: bool) -> str | None:
    """Return why this browser does not work and what to do, or None if it renders a page."""
    options = ["--headless", *ARGUMENTS, *([] if has_sandbox else ["--no-sandbox"])]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        try:
            done = _run([path, *options, f"--user-data-dir={profile}", "--dump-dom", "about:blank"])
        except subprocess.TimeoutExpired:
            return f"{path} renders no page within {SECONDS} seconds. Try: make browser"
        except OSError as error:
            return f"{path} cannot be run ({error.strerror}). To get another browser: make browser"
    return None if "<html>" in done.stdout else f"{path} {_cause(done)}"


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own Python, or a browser found by its name
        command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
    )


def _cause(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a program that failed lacks and what to do, or its last line."""
    printed = done.stdout + done.stderr
    for pattern, advice in _CAUSES:
        found = pattern.search(printed)
        if found:
            return advice.format(*found.groups())
    last = printed.rstrip().rpartition("\n")[2] or f"exit code {done.returncode}"
    return f"does not work ({last}). To get another browser: make browser"
