"""Command and response units of ISO/IEC 7816-4, status words, chaining."""
