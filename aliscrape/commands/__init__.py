"""Our own version of Scrapy's commands."""
