"""Signing in through another house's provider (OpenID Connect), where one is configured."""
