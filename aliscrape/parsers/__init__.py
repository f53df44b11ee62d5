"""Pure functions that parse the texts of a page. What cannot be read is None."""
