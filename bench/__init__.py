"""Measurements, which no test depends on: what they print differs from machine to machine."""
