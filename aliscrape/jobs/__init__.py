"""Crawls as jobs of a queue, for several workers. An optional extra: requirements-workers.txt.

The queue is Procrastinate's, in the Postgres of DATABASE_URL. Nothing here is imported by a crawl.
"""
