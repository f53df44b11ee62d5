"""What goes along with a crawl: its record and its progress."""

from aliscrape.extensions.progress import Progress
from aliscrape.extensions.record import CrawlRecord

__all__ = ["CrawlRecord", "Progress"]
