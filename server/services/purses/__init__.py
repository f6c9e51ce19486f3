"""Money on cards: books, meals, subsidies."""
