"""What can go wrong in the service's own words; what HTTP makes of it is said in `problems`."""


class InvalidQuery(ValueError):
    """A parameter of a question is unknown or has a value it cannot have."""


class StaleCursor(InvalidQuery):
    """A cursor is so old that where products stood when its walk began is no longer known."""


class InvalidBody(ValueError):
    """What was sent is no JSON object, or a field of it is unknown or cannot have that value."""


class UnsupportedBody(ValueError):
    """What was sent is said to be something else than JSON."""


class KeyRequired(PermissionError):
    """Writing needs a key, and none of ours was given."""


class ProductNotFound(LookupError):
    """There is no product with that id, or it was deleted."""


class CrawlNotFound(LookupError):
    """There is no crawl with that id."""


class EditConflict(ValueError):
    """The product is not the one that the writer has seen: somebody has written it since."""


class TooManyAttempts(PermissionError):
    """Too many wrong keys have come from one place; `seconds` is how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class ProductExists(ValueError):
    """There is a product with that AliExpress id already; `product_id` is its id here."""

    def __init__(self, message: str, product_id: int) -> None:
        super().__init__(message)
        self.product_id = product_id
