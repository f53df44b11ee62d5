"""HTTP only: parse the request, call a service, return its result as a representation."""
