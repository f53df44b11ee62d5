"""Queries that read. Writing goes through the functions of `db`."""
