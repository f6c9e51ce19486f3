"""The thin edges, each named after what it touches: files, MQTT, HTTP, the system's clock."""
