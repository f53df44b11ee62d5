"""Page objects: a response in, items out; no network, no clock, no database."""
