"""Whether this machine has a browser that works, which some tests need; in CI they fail without."""

import os

import pytest

from aliscrape.browser.finder import BrowserUnavailable, find_browser


def _is_missing() -> bool:
    if "CI" in os.environ:
        return False
    try:
        find_browser("http://127.0.0.1", os.environ)
    except BrowserUnavailable:
        return True
    return False


needs_browser = pytest.mark.skipif(
    _is_missing(), reason="no Chromium or Chrome works here; to get one: make browser"
)
