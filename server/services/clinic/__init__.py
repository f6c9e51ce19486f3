"""The clinic: queue, recalls, export."""
