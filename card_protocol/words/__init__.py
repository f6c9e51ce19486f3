"""The vocabulary: values that cards, gateways and the server mean the same thing by."""
