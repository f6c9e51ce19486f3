"""The messages between gateway and server (design § 6). Bytes in, words out; no socket here."""
