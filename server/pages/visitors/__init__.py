"""Visitors: their passes, and the page that a visitor shows at the gate."""
