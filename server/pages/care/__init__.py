"""Elderly care, meals and purses."""
