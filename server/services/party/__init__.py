"""Membership of the Party: who may know it, and how it comes onto a card."""
