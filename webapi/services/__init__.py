"""Use cases in domain words. They know no Flask, so that JSON and HTML resources can share them."""
