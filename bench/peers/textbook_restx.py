"""Flask-RESTX with `marshal_with` and peewee models, as their documentation shows."""

import os
from typing import Any

from flask import Flask
from flask_restx import Api, Resource, fields
from peewee import BigIntegerField, FloatField, IntegerField, Model, SqliteDatabase, TextField

database = SqliteDatabase(os.environ["BENCH_DATABASE"])


class Product(Model):
    """A product of the table."""

    aliexpress_id = TextField(null=True)
    title = TextField()
    url = TextField(null=True)
    image_url = TextField(null=True)
    currency = TextField(null=True)
    price_minor = BigIntegerField(null=True)
    price_text = TextField(null=True)
    price_condition = TextField(null=True)
    sku_id = TextField(null=True)
    list_price_minor = BigIntegerField(null=True)
    shipping_price_minor = BigIntegerField(null=True)
    shipping_text = TextField(null=True)
    star_rating = FloatField(null=True)
    units_sold = BigIntegerField(null=True)
    units_sold_text = TextField(null=True)
    store_name = TextField(null=True)
    category = TextField(null=True)
    edited_fields = TextField()
    first_seen_at = TextField(null=True)
    last_seen_at = TextField(null=True)
    last_crawl_id = IntegerField(null=True)
    created_at = TextField()
    updated_at = TextField()
    deleted_at = TextField(null=True)

    class Meta:
        database = database
        table_name = "product"


app = Flask(__name__)
api = Api(app)
NUMBERS = (BigIntegerField, IntegerField)

product_model = api.model(
    "Product",
    {
        name: fields.Float
        if isinstance(field, FloatField)
        else fields.Integer
        if isinstance(field, NUMBERS)
        else fields.String
        for name, field in Product._meta.fields.items()
    },
)
list_model = api.model(
    "ProductList",
    {"items": fields.List(fields.Nested(product_model)), "total": fields.Integer},
)


@app.before_request
def connect() -> None:
    """Open a connection for the request."""
    database.connect(reuse_if_open=True)


@app.teardown_request
def disconnect(_error: BaseException | None) -> None:
    """Close the connection of the request."""
    if not database.is_closed():
        database.close()


@api.route("/products/<int:product_id>")
class ProductResource(Resource):
    """One product."""

    @api.marshal_with(product_model)
    def get(self, product_id: int) -> Any:
        """Return a product."""
        return Product.get_by_id(product_id)


@api.route("/products")
class ProductListResource(Resource):
    """The products."""

    @api.marshal_with(list_model)
    def get(self) -> Any:
        """Return the first products by price."""
        there = Product.select().where(Product.deleted_at.is_null())
        priced = there.where(Product.price_minor.is_null(is_null=False))
        by_price = priced.order_by(Product.currency, Product.price_minor, Product.id)
        return {"items": list(by_price.limit(25)), "total": there.count()}
