"""Conversations with the card on a desk's reader (or, for renewal, on a point's)."""
