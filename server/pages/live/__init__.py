"""The guard's page: what happens now, alarms, orders, muster."""
