"""FastAPI with SQLModel, as SQLModel's tutorial shows."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlmodel import Field, Session, SQLModel, col, create_engine, func, select


class Product(SQLModel, table=True):
    """A product of the table."""

    id: int | None = Field(default=None, primary_key=True)
    aliexpress_id: str | None
    title: str
    url: str | None
    image_url: str | None
    currency: str | None
    price_minor: int | None
    price_text: str | None
    price_condition: str | None
    sku_id: str | None
    list_price_minor: int | None
    shipping_price_minor: int | None
    shipping_text: str | None
    star_rating: float | None
    units_sold: int | None
    units_sold_text: str | None
    store_name: str | None
    category: str | None
    edited_fields: str
    first_seen_at: str | None
    last_seen_at: str | None
    last_crawl_id: int | None
    created_at: str
    updated_at: str
    deleted_at: str | None


class ProductList(SQLModel):
    """A page of products."""

    items: list[Product]
    total: int


engine = create_engine(
    f"sqlite:///{os.environ['BENCH_DATABASE']}", connect_args={"check_same_thread": False}
)


def get_session() -> Iterator[Session]:
    """Yield the session of a request."""
    with Session(engine) as session:
        yield session


SessionOfRequest = Annotated[Session, Depends(get_session)]
app = FastAPI()


@app.get("/products/{product_id}")
def read_product(product_id: int, session: SessionOfRequest) -> Product:
    """Return a product."""
    product = session.get(Product, product_id)
    if not product:
        raise HTTPException(status_code=404, detail="Product not found")
    return product


@app.get("/products")
def read_products(
    session: SessionOfRequest, limit: Annotated[int, Query(le=100)] = 25
) -> ProductList:
    """Return the first products by price."""
    is_there = col(Product.deleted_at).is_(None)
    total = session.exec(select(func.count()).select_from(Product).where(is_there)).one()
    by_price = (
        select(Product)
        .where(is_there, col(Product.price_minor).is_not(None))
        .order_by(Product.currency, Product.price_minor, Product.id)
    )
    return ProductList(items=list(session.exec(by_price.limit(limit)).all()), total=total)
