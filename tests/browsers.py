"""Whether this machine has the browser that some tests need; in CI they fail without."""

import os

import pytest

from aliscrape.browser.finder import BrowserUnavailable, find_browser


def _is_missing() -> bool:
    try:
        find_browser(os.environ)
    except BrowserUnavailable:
        return "CI" not in os.environ
    return False


needs_browser = pytest.mark.skipif(
    _is_missing(), reason="there is no Chromium or Chrome here; `make browser` gets one"
)
