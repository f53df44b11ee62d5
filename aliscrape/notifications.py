"""Send messages after a crawl, by Apprise: about price drops, and about crawls that go wrong."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, Self

from scrapy.settings import BaseSettings

from aliscrape.outcome import Outcome, Run
from db.database import close_database
from db.errors import StorageError
from db.money import Money
from db.notifications import (
    PriceDrop,
    claim_failures,
    claim_price_drops,
    has_recovered,
    release_failures,
    release_price_drops,
    skip_price_drops,
)

logger = logging.getLogger(__name__)

NOT_INSTALLED: Final = (
    "ALISCRAPE_NOTIFY is set, but Apprise is not installed, so no message was sent. To install it: "
    "sh install.sh requirements-notify.txt"
)
_SEPARATOR: Final = re.compile(r"[\s,]+(?=[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
"""What separates addresses. An address may contain commas, such as a mail to several people."""
_HIGHEST_PERCENT: Final = 100


class NotSent(Exception):
    """No message could be sent. The text says why, without the addresses, which are secrets."""


class Message(NamedTuple):
    """A message as Apprise takes it."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Notifications:
    """The receivers of messages, and how large a price drop must be. Settings of a crawl."""

    addresses: Sequence[str]
    percent: Decimal
    amount: Decimal

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Return the notifications of the settings. Raises ValueError for a wrong one."""
        percent = _number(settings, "ALISCRAPE_NOTIFY_PERCENT")
        if percent > _HIGHEST_PERCENT:
            raise ValueError(f"ALISCRAPE_NOTIFY_PERCENT is {percent}; it must be from 0 to 100.")
        addresses = _SEPARATOR.split(str(settings["ALISCRAPE_NOTIFY"]).strip(" \t\r\n,"))
        return cls(
            [address for address in addresses if address],
            percent,
            _number(settings, "ALISCRAPE_NOTIFY_AMOUNT"),
        )

    def send(self, spider_name: str, run: Run) -> None:
        """Send the messages that are due after a crawl whose row is complete.

        If a message cannot be sent, one warning is logged. The crawl does not change.
        """
        if run.crawl_id is None:
            return
        try:
            if self.addresses:
                _require_apprise()
            if run.outcome is Outcome.DONE:
                self._notify_done(run.crawl_id, _subject(spider_name, run), run)
            else:
                self._notify_failures(run.crawl_id, _subject(spider_name, run), run)
        except (StorageError, NotSent) as error:
            logger.warning("%s", error)
        finally:
            close_database()

    def _notify_done(self, crawl_id: int, subject: str, run: Run) -> None:
        """Send one message for each price drop, and one if crawls had failed before.

        If none can be sent, the next crawl reports the price drops.
        """
        if not self.addresses:
            skip_price_drops(crawl_id)  # they are not sent later either
            return
        drops = claim_price_drops(crawl_id)
        messages = [_price_message(drop) for drop in drops if self.is_large(drop)]
        if has_recovered(crawl_id):
            messages.append(Message("Crawls are well again", f"{subject}\n{run.ending[1]}"))
        if messages:
            try:
                self._send(messages)
            except NotSent:
                release_price_drops(crawl_id)
                raise

    def _notify_failures(self, crawl_id: int, subject: str, run: Run) -> None:
        number = claim_failures(crawl_id) if self.addresses else 0
        if number:
            outcome, reason = run.ending
            last = f"The last one: {outcome.words}. {reason}"
            body = "\n".join((subject, last, outcome.advice))
            try:
                self._send([Message(f"{number} crawls in a row went wrong", body)])
            except NotSent:
                release_failures(crawl_id)
                raise

    def is_large(self, drop: PriceDrop) -> bool:
        """Return whether a price drop reaches both limits."""
        saved = drop.earlier.amount - drop.later.amount
        return saved >= self.amount and saved * 100 >= self.percent * drop.earlier.amount

    def _send(self, messages: Sequence[Message]) -> None:
        """Send messages to every address. Raises NotSent if no address took any."""
        with _silence():
            taken = [_sent_count(receiver, messages) for receiver in _receivers(self.addresses)]
        lost = sum(len(messages) - number for number in taken)
        if not any(taken):
            raise NotSent(
                f"No message could be sent to ALISCRAPE_NOTIFY ({len(messages)} to send)."
            )
        if lost:
            logger.warning("%d messages could not be sent to ALISCRAPE_NOTIFY.", lost)


def _price_message(drop: PriceDrop) -> Message:
    saved = (drop.earlier.amount - drop.later.amount) / drop.earlier.amount
    prices = f"{_text(drop.later)} instead of {_text(drop.earlier)}"
    lines = (drop.title, f"{prices} ({saved:.0%} less)", drop.url)
    return Message(f"Price drop: {prices}", "\n".join(filter(None, lines)))


def _text(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _subject(spider_name: str, run: Run) -> str:
    """Return which spider ran, and which listing it read or was to read."""
    return " ".join(filter(None, (spider_name, run.listing or run.target)))


def _require_apprise() -> None:
    """Raise NotSent if Apprise is not installed, even if no message is due yet."""
    try:
        with _silence():
            import apprise  # noqa: F401, PLC0415  # optional: requirements-notify.txt
    except ImportError:
        raise NotSent(NOT_INSTALLED) from None


def _receivers(addresses: Sequence[str]) -> list[Any]:
    """Return an Apprise object for each address. One that it cannot read has no service in it."""
    from apprise import Apprise  # noqa: PLC0415  # as above

    receivers = [Apprise() for _ in addresses]
    for receiver, address in zip(receivers, addresses, strict=True):
        receiver.add(address)
    return receivers


def _sent_count(receiver: Any, messages: Sequence[Message]) -> int:
    """Send messages to one address until one fails, and return how many it took."""
    for number, message in enumerate(messages):
        if not _is_sent(receiver, message):
            return number
    return len(messages)


def _is_sent(receiver: Any, message: Message) -> bool:
    try:
        return bool(receiver.notify(title=message.title, body=message.body, body_format="text"))
    except Exception:  # noqa: BLE001  # a hundred services; the caller warns, without the address
        return False


@contextmanager
def _silence() -> Iterator[None]:
    """Turn logging off: services log their addresses, which are secrets."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _number(settings: BaseSettings, name: str) -> Decimal:
    text = str(settings[name]).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ValueError(f"{name} is {text!r}; it must be a number from 0 up.")
    return number
