"""MQTT as bare as it comes, for the floors of benchmarks: the front door's only file with paho."""

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

__all__ = ["Client", "MQTTMessage", "bare_client"]


def bare_client(name: str, *, manual_ack: bool = False) -> Client:
    """A client of MQTT 3.1.1 that is not connected yet."""
    return Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311, manual_ack=manual_ack)
