"""Tests of the browser's rooms that need no browser."""
