"""The daemon at the points: readers, doors, services."""
