"""Other programs of a house that watch, by MQTT: Home Assistant."""
