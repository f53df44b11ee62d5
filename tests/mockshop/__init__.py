"""A small AliExpress of our own: invented shoes on pages in the shape of the real ones."""
