"""Page objects: a response in, items out. They use no network, clock or database."""
