"""What the server can do, without HTTP, MQTT or HTML: pages, API and intake call these and nothing deeper."""
