"""The daemon at the points: readers, locks, feedback, and the machines that decide what they do."""
