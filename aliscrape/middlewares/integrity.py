"""Reject responses that arrived damaged: Scrapy passes on what it could decompress of them."""

import zlib
from typing import Final, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from aliscrape.outcome import Outcome, StopCrawl

_GZIP: Final = zlib.MAX_WBITS | 16


class IntegrityMiddleware:
    """Stop at gzip data that is truncated or damaged, or too large when decompressed."""

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
            raise StopCrawl(Outcome.PARTIAL, f"The response from {request.url} {fault}.")
        return response


def gzip_fault(body: bytes, largest: int) -> str | None:
    """Return what is wrong with gzip data, or None. Its checksum and length are checked."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        size = len(unpacker.decompress(body, largest + 1))
    except zlib.error:
        return "is damaged: its gzip data cannot be unpacked"
    if size > largest:
        return f"unpacks to more than {largest // 2**20} MiB"
    return None if unpacker.eof else "was cut short: its gzip data does not end"
