"""Answers that arrived whole: Scrapy hands on what it could unpack of a damaged one."""

import zlib
from typing import Final, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from aliscrape.outcomes import Outcome, Refusal

_GZIP: Final = zlib.MAX_WBITS | 16


class IntegrityMiddleware:
    """Refuses gzip data that is cut short or damaged, or unpacks to more than it may."""

    def __init__(self, largest: int) -> None:
        self.largest = largest

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        if b"gzip" not in (response.headers.get("Content-Encoding") or b""):
            return response
        fault = gzip_fault(response.body, self.largest)
        if fault is not None:
            raise Refusal(Outcome.PARTIAL, f"The answer to {request.url} {fault}.")
        return response


def gzip_fault(body: bytes, largest: int) -> str | None:
    """What is wrong with gzip data, or None: its checksum and length are looked at."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        size = len(unpacker.decompress(body, largest + 1))
    except zlib.error:
        return "is damaged: its gzip data cannot be unpacked"
    if size > largest:
        return f"unpacks to more than {largest // 2**20} MiB"
    return None if unpacker.eof else "was cut short: its gzip data does not end"
