"""Who works with the console: users, sign-in, second factors, sessions, tokens."""
