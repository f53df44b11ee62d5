"""Category and search pages, one class per layout; `layouts.read_listing` chooses the class."""
