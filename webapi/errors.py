"""Errors of the service. `problems` says which HTTP status each has."""


class InvalidQuery(ValueError):
    """A query parameter is unknown or has an invalid value."""


class QueryTooLong(ValueError):
    """The query parameters are so long that a link to the next page could not be requested."""


class InvalidBody(ValueError):
    """The request body is not a JSON object, or a field is unknown or has an invalid value."""


class UnsupportedBody(ValueError):
    """The request body has another media type than JSON."""


class InvalidHeader(ValueError):
    """A request header cannot be parsed."""


class InvalidSetting(ValueError):
    """A setting, or the file of the API key, with which the service cannot start."""


class KeyRequired(PermissionError):
    """The API key is missing or wrong."""


class TooManyAttempts(PermissionError):
    """Too many wrong keys came from one address. `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class TooBusy(Exception):
    """Too many requests of this kind are being processed. `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class ProductNotFound(LookupError):
    """No product has this id, or it was deleted."""


class CrawlNotFound(LookupError):
    """No crawl has this id."""


class NotInstalled(Exception):
    """An optional package that this needs is not installed."""


class EditConflict(ValueError):
    """The product has changed since the client fetched it: If-Match names another version."""
