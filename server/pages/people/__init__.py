"""People, houses, and lists from Excel."""
