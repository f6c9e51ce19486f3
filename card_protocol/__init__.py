"""The common language of onecard: what a card is, how one talks to it, and the words that ride on it. Pure."""
