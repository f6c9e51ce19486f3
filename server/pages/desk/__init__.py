"""The card desk and the cards."""
