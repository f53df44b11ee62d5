"""Keep pages that were not understood, so that a changed layout can be added offline."""

import gzip
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aliscrape.redaction import without_visitor

logger = logging.getLogger(__name__)

KEPT: Final = 20


def keep_failed_page(body: bytes, folder: Path) -> None:
    """Keep a page that failed, compressed and without its visitor, and log where.

    An empty one is not kept, and the oldest beyond `KEPT` are deleted. A folder that cannot be
    written to is only logged: the crawl's own failure is more important.
    """
    if not body:
        return
    page = without_visitor(body.decode(errors="surrogateescape"))
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.html.gz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(page.encode(errors="surrogateescape")))
        for old in sorted(folder.glob("*.html.gz"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("Could not keep the failed page: %s.", error)
    else:
        logger.warning("Kept the failed page in %s", path)
