"""Repairs, parking, contractors' passes."""
