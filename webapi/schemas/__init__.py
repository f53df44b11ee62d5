"""Representations of resources: each field is defined once, for parsing and documentation."""
