"""Money as whole minor units of a currency, because binary fractions lie about cents."""

from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from functools import lru_cache
from typing import Self

from db.currencies import minor_digits

MAX_MINOR = 10**15
"""The largest amount kept, in minor units: exact in SQLite, in JSON and in a spreadsheet."""

_EXACT = Context(prec=50, traps=[Inexact, InvalidOperation])
"""Arithmetic that raises an error where it would round."""


@dataclass(frozen=True, slots=True)
class Money:
    """A non-negative amount: `minor` whole minor units (cents, yen) of an ISO 4217 `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        minor_digits(self.currency)
        if self.minor < 0:
            raise ValueError(f"{self.minor} minor units are less than 0.")

    @classmethod
    @lru_cache(maxsize=1000)  # a card, its item and its row have the same amounts
    def of(cls, amount: Decimal, currency: str) -> Self:
        """Return the money of a decimal amount.

        >>> Money.of(Decimal("12.3"), "USD")
        Money(minor=1230, currency='USD')

        Raises ValueError when the amount is negative, not finite, too large or finer than
        the currency's smallest unit: nothing is ever rounded.
        """
        digits = minor_digits(currency)
        if not amount.is_finite() or not 0 <= amount <= MAX_MINOR:
            raise ValueError(f"{amount} is not an amount between 0 and {MAX_MINOR}.")
        try:
            minor = amount.scaleb(digits, _EXACT).to_integral_exact(context=_EXACT)
        except DecimalException as error:
            raise ValueError(
                f"{amount} has more decimals than {currency}, which has {digits}."
            ) from error
        if minor > MAX_MINOR:
            raise ValueError(f"{amount} {currency} are more than {MAX_MINOR} minor units.")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """The amount with exactly the digits of its currency.

        >>> Money(1230, "USD").amount, Money(410, "JPY").amount
        (Decimal('12.30'), Decimal('410'))
        """
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))
