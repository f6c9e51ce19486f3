"""Readers and door hardware on RS-485, from the peripheral's side of OSDP (SIA OSDP 2.2, IEC 60839-11-5)."""
