"""Product pages: the embedded layouts of 2019 to 2024, and the reply that fills empty shells."""
