"""The REST API under /api/v1: problem+json for every error, bearer tokens, keyset pages."""
