"""Meetings and activities, and the Party's members."""
