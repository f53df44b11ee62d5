"""CSV that a spreadsheet opens as text."""

from collections.abc import Iterable
from typing import Any

from scrapy.exporters import CsvItemExporter

from db.spreadsheets import disarmed


class SpreadsheetSafeCsvExporter(CsvItemExporter):
    """Scrapy's CSV with every text disarmed."""

    def _build_row(self, values: Iterable[Any]) -> Iterable[Any]:
        return super()._build_row(map(disarmed, values))
