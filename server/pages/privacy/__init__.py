"""Pages of the one in charge of personal data."""
