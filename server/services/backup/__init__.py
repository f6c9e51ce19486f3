"""The whole server in one file, and the way back."""
