"""A strict DESFire EV2-like card operating system. Start with :class:`firmware_sim.card.card.Card`."""
