"""What the web pages show, as pure functions: rows of the database in, values for templates out.

Nothing here reads a request, a clock or the database. `resources/html` calls the same services as
the API, hands their rows to these functions, and renders a template with the result.
"""
