"""The browser for product pages, which need one since 2024. Started when a page needs it."""
