"""What gateways reported: read, kept, proven; and the alarms it raises."""
