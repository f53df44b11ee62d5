"""A textbook Scrapy project: CSS selectors, an ItemLoader, four item pipelines, Model.create."""
