"""Measurements. No test depends on them, because figures differ from machine to machine."""
