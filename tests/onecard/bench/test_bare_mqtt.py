"""A client that is as bare as it says."""

from onecard.bench.bare_mqtt import Client, bare_client


def test_it_is_of_3_1_1_and_connects_to_nobody_by_itself() -> None:
    client = bare_client("floor", manual_ack=True)
    assert isinstance(client, Client)
    assert client.protocol.name == "MQTTv311"
    assert not client.is_connected()
