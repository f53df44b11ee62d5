"""Why a response is not the page it was asked to be."""


class PageError(Exception):
    """The response cannot be read as the page that was asked for."""


class BlockedPage(PageError):
    """The site answered with its block page: it does not want this visitor now."""


class UnknownLayout(PageError):
    """The page has no payload that we know how to read, or lacks a part of it."""
