"""What the gateway needs from the world, as Protocols: journal, book, clock, uplink, snapshots. No code that does I/O."""
