"""From MQTT to committed rows, once each (design § 6): `core` decides, `store` writes, `worker` does it."""
