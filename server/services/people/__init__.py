"""Residents, households and houses; consents, portraits, moving out."""
