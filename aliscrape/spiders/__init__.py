"""The spiders: which pages are asked for, and when enough is enough."""
