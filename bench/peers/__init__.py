"""Programs to compare with, written as the tutorials of their libraries show."""
