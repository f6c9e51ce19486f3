"""Keys, authorities and certificates of the server."""
