"""Reject responses that arrived damaged: Scrapy passes on what it could decompress of them."""

import zlib
from http import HTTPStatus
from typing import Final, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from aliscrape.outcome import Outcome, StopCrawl

_GZIP: Final = zlib.MAX_WBITS | 16


class IntegrityMiddleware:
    """Retry gzip data that is truncated or damaged. Stop at data too large when decompressed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if b"gzip" not in (response.headers.get("Content-Encoding") or b""):
            return response
        fault = gzip_fault(response.body, self.largest)
        if fault is None:
            return response
        if response.status != HTTPStatus.OK:  # the status says enough
            return response.replace(body=b"")
        spider, retry = self.crawler.spider, None
        may_pass = not fault.startswith("unpacks") and not request.meta.get("dont_retry")
        if spider is not None and may_pass:
            retry = get_retry_request(request, spider=spider, reason="damaged gzip data")
        if retry is None:
            raise StopCrawl(Outcome.PARTIAL, f"The response from {request.url} {fault}.")
        return retry


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
