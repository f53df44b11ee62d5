"""What can go wrong in the service's own words; what HTTP makes of it is said in `problems`."""


class InvalidQuery(ValueError):
    """A parameter of a question is unknown or has a value it cannot have."""
