"""Measurements as ratios between programs that run in turn on one machine. See docs/speed.md."""
