"""The queries: rows out. Writing goes through the verbs of `db`."""
