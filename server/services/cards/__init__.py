"""Cards: their life, what is written on them, and what became of a card that was shut out."""
