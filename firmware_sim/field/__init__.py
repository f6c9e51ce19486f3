"""A card in a field, behind the interface of a real reader. Start with :mod:`firmware_sim.field.visit`."""
