"""The box in the community: journal, policy book, clock, identity, sync."""
