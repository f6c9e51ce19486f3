"""Residents, cards, policy publishing, intake, REST and pages."""
