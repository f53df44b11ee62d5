"""The form that edits a product: what it shows, and what a person changed in it.

Beside each field stands a hidden one with the text that the form showed. So an untouched field is
known from one that a person typed into, even if the product has changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from db.currencies import known_currency
from db.money import Money
from webapi.pages.known import LABELS

SHOWN: Final = "shown_"
"""Prefix of the hidden fields."""
RELEASE: Final = "release"
"""Name of the check boxes; their values are names of fields."""
ETAG: Final = "etag"
KEY: Final = "api_key"

_MONEY: Final = ("price", "list_price", "shipping_price")
_HINTS: Final = {
    "currency": "Three letters, as USD",
    "shipping_price": "0 where it is free",
    "star_rating": "0 to 5",
    "category": "The path, with > between its parts",
}
_KEYBOARDS: Final = {
    **dict.fromkeys((*_MONEY, "star_rating"), "decimal"),
    "units_sold": "numeric",
    "image_url": "url",
    "url": "url",
}
"""Which keyboard a phone shows."""
_WIDE: Final = frozenset({"title", "store_name", "category", "image_url", "url"})


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the form; `note` names another value beside the one in the field."""

    name: str
    label: str
    value: str
    shown: str
    hint: str
    keyboard: str
    is_wide: bool
    is_protected: bool
    is_released: bool = False
    note: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a post changed nothing: a sentence, and messages of fields and of the key."""

    notice: str
    errors: Mapping[str, str] = field(default_factory=dict)
    key_error: str = ""


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form; `is_open` after a post that changed nothing, with the reason in `notice`."""

    etag: str
    fields: Sequence[FormField]
    notice: str = ""
    key_error: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A posted form, without the key."""

    texts: Mapping[str, str]
    shown: Mapping[str, str]
    released: frozenset[str]
    etag: str

    @classmethod
    def of(cls, form: Any) -> Self:
        """Read a posted form, a MultiDict. Names that are not of the form are left out."""
        return cls(
            texts={name: form[name] for name in LABELS if name in form},
            shown={name: form[SHOWN + name] for name in LABELS if SHOWN + name in form},
            released=frozenset(form.getlist(RELEASE)) & LABELS.keys(),
            etag=form.get(ETAG, ""),
        )

    def touched(self, product: Any) -> dict[str, str]:
        """Return the fields whose text differs from what the form showed."""
        return {
            name: text
            for name, text in self.texts.items()
            if _folded(text) != _folded(self.shown.get(name, text_of(product, name)))
        }


def blank_form(product: Any, etag: str) -> EditForm:
    """Return the form for a product as it is stored."""
    fields = [_field(product, name, text_of(product, name)) for name in LABELS]
    return EditForm(etag, fields)


def refused_form(product: Any, sent: Sent, etag: str, refusal: Refusal) -> EditForm:
    """Return the form after a post that changed nothing, with the texts that were sent.

    `product` is as it is stored now, and `etag` its present one. A field that was not touched shows
    what is stored; if that has changed meanwhile, a note says what it was.
    """
    touched = sent.touched(product)
    fields = []
    for name in LABELS:
        stored = text_of(product, name)
        shown_before = sent.shown.get(name, stored)
        value = touched.get(name, stored)
        fields.append(
            replace(
                _field(product, name, value),
                note=_note(value, stored, shown_before),
                error=refusal.errors.get(name, ""),
                is_released=name in sent.released,
            )
        )
    return EditForm(etag, fields, refusal.notice, refusal.key_error, is_open=True)


def _note(value: str, stored: str, shown_before: str) -> str:
    """Return the other value of a field: the stored one beside an entry, or the one before."""
    if stored == shown_before:
        return "" if value == stored else f"Was {stored or 'unknown'}"
    if value == stored:
        return f"Changed meanwhile: was {shown_before or 'unknown'}"
    return f"Changed meanwhile: now {stored or 'unknown'}"


def text_of(product: Any, name: str) -> str:
    """Return a fact as the text of a field; unknown is empty."""
    if name in _MONEY:
        minor = getattr(product, f"{name}_minor")
        currency = known_currency(product.currency)
        return "" if minor is None or currency is None else str(Money(minor, currency).amount)
    value = getattr(product, name)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _folded(text: str) -> str:
    """Return a text without what browsers change in a field: line ends and NUL."""
    return " ".join(text.replace("\0", "\N{REPLACEMENT CHARACTER}").split())


def _field(product: Any, name: str, value: str) -> FormField:
    return FormField(
        name=name,
        label=LABELS[name],
        value=value,
        shown=text_of(product, name),
        hint=_HINTS.get(name, ""),
        keyboard=_KEYBOARDS.get(name, "text"),
        is_wide=name in _WIDE,
        is_protected=name in product.edited_fields,
    )
