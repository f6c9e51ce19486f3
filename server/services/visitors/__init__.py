"""Visitors: passes for some hours, shown as a QR code or given as a card of stock."""
