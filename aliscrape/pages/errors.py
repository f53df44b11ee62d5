"""Why a response is not the page that was requested."""


class PageError(Exception):
    """The response cannot be read as the page that was requested."""


class BlockedPage(PageError):
    """The site answered with its block page."""


class UnknownLayout(PageError):
    """The page has no payload that we can read, or a known layout lacks a part of it."""


class MissingCards(UnknownLayout):
    """A listing without its list of cards, which the site serves now and then."""


class NoPayload(UnknownLayout):
    """The page has no payload of any layout. A script may draw it in a browser."""
