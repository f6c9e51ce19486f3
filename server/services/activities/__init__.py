"""Meetings and activities, and Party membership: invited, signed in, counted, certified (docs in activity_life)."""
