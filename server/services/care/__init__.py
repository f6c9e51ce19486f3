"""Elderly care: who was not seen, cases, absences, home visits."""
