"""The browser for product pages that only a browser can draw; started by the first visit."""
