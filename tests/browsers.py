"""The mark of tests that need a browser: where none works they are skipped."""

import pytest

needs_browser = pytest.mark.usefixtures("working_browser")
