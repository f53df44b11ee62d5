"""The database that all models use, whichever kind it is."""

from peewee import DatabaseProxy

database = DatabaseProxy()
"""Database proxy used by all models. Call `open_database` before running queries."""
