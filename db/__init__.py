"""The shared notion of a product: its schema, its connection and the rules of writing it."""
