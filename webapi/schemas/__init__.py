"""Representations: what is shown and what may be sent, each field described once."""
