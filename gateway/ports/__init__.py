"""What the gateway needs from the world, as Protocols: journal, book, clock, uplink, snapshots. No I/O here."""
