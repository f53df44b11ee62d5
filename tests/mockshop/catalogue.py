"""Invented shoes of the mock shop, whose prices and ranks change from day to day.

All of it follows from the product's number and the day, so a demo looks the same everywhere.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

SIZE: Final = 110
BEST_SELLERS: Final = 25
"""The shoes that hold the first places; they change places among themselves only."""

FIRST_ID: Final = 1005006400000000

_STYLES: Final = {
    "sneaker": ("Sneakers", "Lace-Up Sneakers", "Low-Top Trainers", "Canvas Sneakers"),
    "loafer": ("Loafers", "Penny Loafers", "Driving Moccasins", "Slip-On Loafers"),
    "boot": ("Chukka Boots", "Desert Boots", "Ankle Boots", "Chelsea Boots"),
    "slip-on": ("Slip-On Shoes", "Espadrilles", "Boat Shoes", "Mesh Slip-Ons"),
}
_MATERIALS: Final = ("Canvas", "Suede", "Cow Leather", "Breathable Mesh", "Linen", "Cork-Sole")
_COLOURS: Final = (
    ("Navy", "#27406b"), ("Sand", "#d8b98a"), ("Olive", "#6b7a3a"), ("Charcoal", "#3d4248"),
    ("Brick", "#a4483a"), ("Sky", "#7fb2d9"), ("Cream", "#efe6d2"), ("Moss", "#4f6f52"),
    ("Plum", "#6d4668"), ("Mustard", "#d9a62e"),
)  # fmt: skip
_STORES: Final = (
    "Harbour Footwear Store", "Casual Steps Store", "North Pier Shoes Store",
    "Walk & Wander Official Store", "Lindenberg Shoemakers Store", "Sunday Stroll Store",
)  # fmt: skip
_YEARS: Final = ("2025 New", "Autumn", "Classic", "Handmade", "Lightweight", "Everyday")


@dataclass(frozen=True)
class Shoe:
    """A product. None is what the shop does not state."""

    number: int
    title: str
    style: str
    colour: str
    store: str
    is_ad: bool
    usual_price: float
    shipping: float | None
    """The fee in dollars; 0 is free, None unsaid."""
    free_above: int | None
    rating: float | None
    sold: int | None

    @property
    def id(self) -> int:
        return FIRST_ID + self.number * 1013

    def price(self, day: int) -> float:
        """Return the price on a day, in dollars. A price holds some days, and some are sales."""
        period = (day + self.number) // (2 + self.number % 6)
        chance = Random(f"{self.number} in period {period}").random()  # no secret
        factor = 1.0 if chance < 0.5 else 0.95 if chance < 0.75 else 0.88 if chance < 0.9 else 1.07
        return round(self.usual_price * factor, 2)

    def sold_by(self, day: int) -> int | None:
        """Return how many were sold until a day."""
        return None if self.sold is None else self.sold + day * (1 + self.number % 7)


def shoe(number: int) -> Shoe:
    """Return the shoe with this number."""
    chance = Random(f"shoe {number}")  # no secret
    style = chance.choice(sorted(_STYLES))
    colour_name, colour = chance.choice(_COLOURS)
    words = (
        chance.choice(_YEARS),
        chance.choice(_MATERIALS),
        "Men's Casual Shoes",
        chance.choice(_STYLES[style]),
        colour_name,
        f"EU 39-{44 + number % 4}",
    )
    said = chance.random()
    return Shoe(
        number=number,
        title=" ".join(words),
        style=style,
        colour=colour,
        store=chance.choice(_STORES),
        is_ad=number % 6 == 2,
        usual_price=round(chance.uniform(9, 68), 2),
        shipping=chance.choice((0, 0, 2.99, 4.35, 7.1)) if said < 0.6 else None,
        free_above=10 if 0.6 <= said < 0.8 else None,
        rating=round(chance.uniform(3.9, 5.0), 1) if chance.random() < 0.75 else None,
        sold=int(10 ** chance.uniform(0, 4.2)) if chance.random() < 0.85 else None,
    )


SHOES: Final = tuple(shoe(number) for number in range(SIZE))


def ranking(day: int) -> list[Shoe]:
    """Return the shoes in the order of a day: best sellers first, each group shuffled a little."""
    chance = Random(f"ranking of day {day}")  # no secret
    best, others = list(SHOES[:BEST_SELLERS]), list(SHOES[BEST_SELLERS:])
    for group in (best, others):
        group.sort(key=lambda shoe: shoe.number + chance.uniform(0, 9))
    return best + others
