"""For programs: the tokens that let them in, and what the API offers them."""
