"""The front door: the onecard command and the demo community."""
