"""What the edge needs from the world, as Protocols. No code that does I/O."""
