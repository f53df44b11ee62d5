"""The prices that dropped last."""

from typing import Any

from db.database import storage_errors
from db.models import Observation, Product


class DropRepository:
    """What crawls saw when prices dropped."""

    def newest(self, count: int) -> list[tuple[Product, Observation, int]]:
        """The products whose prices dropped last, what was seen then, and the price before."""
        query = (
            Observation.select(Observation, Product, _price_before().alias("earlier_minor"))
            .join(Product, on=(Observation.product == Product.id))
            .where(
                Product.deleted_at.is_null(),
                Product.price_dropped_at.is_null(is_null=False),
                Observation.seen_at == Product.price_dropped_at,
                Observation.price_minor < _price_before(),
            )
            .order_by(Product.price_dropped_at.desc(), Product.id.desc())
            .limit(count)
        )
        with storage_errors("read price drops"):
            rows: list[Any] = list(query)
        return [(seen.product, seen, seen.earlier_minor) for seen in rows]


def _price_before() -> Any:
    """The last price that was observed before, in the same currency."""
    before = Observation.alias()
    return (
        before.select(before.price_minor)
        .where(
            before.product == Observation.product,
            before.id < Observation.id,
            before.currency == Observation.currency,
            before.price_minor.is_null(is_null=False),
        )
        .order_by(before.id.desc())
        .limit(1)
    )
