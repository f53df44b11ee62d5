"""The line that is written for each response."""

import re
from io import StringIO

import pytest

from webapi.access_log import log_response

REQUEST = {
    "REMOTE_ADDR": "127.0.0.1",
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/api/v1/products/\x1b",
}


def test_a_line_has_time_address_request_status_and_milliseconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_response(REQUEST, 200, 0.0123)
    line = r'\[[\d-]{10} [\d:]{8} [+-]\d{4}\] 127\.0\.0\.1 "GET /api/v1/products/%1B" 200 12 ms\n'
    assert re.fullmatch(line, capsys.readouterr().out)


def test_a_log_that_nobody_reads_stops_no_response(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    log_response(REQUEST, 200, 0.0123)
