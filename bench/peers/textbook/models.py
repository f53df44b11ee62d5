"""The table."""

from peewee import CharField, DecimalField, FloatField, IntegerField, Model, SqliteDatabase

database = SqliteDatabase(None)


class Product(Model):
    """A product."""

    aliexpress_id = CharField(unique=True)
    title = CharField()
    image_url = CharField()
    price = DecimalField(max_digits=10, decimal_places=2)
    shipping_price = DecimalField(max_digits=10, decimal_places=2)
    star_rating = FloatField()
    units_sold = IntegerField()
    store_name = CharField()

    class Meta:
        database = database
