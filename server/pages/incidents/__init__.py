"""Incidents and the rosters that route them."""
