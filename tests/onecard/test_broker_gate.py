"""The embedded broker's rules, one by one; over real TLS they are in test_broker."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from amqtt.contexts import Action
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from card_protocol.wire.topics import DOWN, UP, Channel, every_gateway, topic
from onecard.broker_gate import RevokedList, may, name_of, serials_in
from server.services.gateways.broker_files import REVOKED
from server.services.keys.certificates import new_authority, revocation_list
from tests.support import strategies as ours

AUTHORITY = new_authority("330105009012", 1, 1_772_323_200_000, os.urandom)
OTHER = new_authority("330105009012", 2, 1_772_323_200_000, os.urandom)


@given(ours.slugs, ours.slugs, st.sampled_from(Channel), st.sampled_from(Action))
def test_a_gateway_has_its_own_branch_and_no_other(name: str, other: str, channel: Channel, action: Action) -> None:
    way = UP if action is Action.PUBLISH else DOWN
    assert may(name, action, topic(other, channel)) is (name == other and channel in way)
    assert not may(BROKER_NAME, action, topic(other, channel))


@given(ours.slugs, st.sampled_from(Channel), st.sampled_from(Action))
def test_the_server_has_the_other_side_of_every_branch(name: str, channel: Channel, action: Action) -> None:
    way = DOWN if action is Action.PUBLISH else UP
    assert may(SERVER_NAME, action, topic(name, channel)) is (channel in way)
    assert may(SERVER_NAME, Action.SUBSCRIBE, every_gateway(channel)) is (channel in UP)


@pytest.mark.parametrize("wanted", ["#", "onecard/#", "onecard/v1/g/+/ack", "onecard/v1/g/#", "$SYS/#", "", "g-1"])
def test_wildcards_are_not_for_gateways(wanted: str) -> None:
    assert not any(may("g-1", action, wanted) for action in Action)


def write(folder: Path, *serials: str) -> None:
    lists = [
        revocation_list(AUTHORITY, dict.fromkeys(serials, 1_772_323_200_000), 1, 1_772_323_200_000),
        revocation_list(OTHER, {"ff": 1_772_323_200_000}, 1, 1_772_323_200_000),
    ]
    (folder / REVOKED).write_text("# a line of ours\n" + "".join(lists))
    os.utime(folder / REVOKED, ns=(time.time_ns(), time.time_ns()))


def test_the_list_is_read_again_when_it_changes(tmp_path: Path) -> None:
    write(tmp_path)
    revoked = RevokedList(tmp_path)
    assert "1a2b" not in revoked
    assert "ff" in revoked
    write(tmp_path, "1a2b")
    assert "1a2b" in revoked
    assert sorted(serials_in((tmp_path / REVOKED).read_text())) == ["1a2b", "ff"]


def test_the_name_is_the_certificates(tmp_path: Path) -> None:
    write(tmp_path, "1a2b")
    revoked = RevokedList(tmp_path)

    def session(shown: dict[str, object] | None) -> SimpleNamespace:
        return SimpleNamespace(ssl_object=SimpleNamespace(getpeercert=lambda: shown))

    subject = ((("organizationName", "x"),), (("commonName", "g-1"),))
    assert name_of(session({"serialNumber": "0C", "subject": subject}), revoked) == "g-1"
    assert name_of(session({"serialNumber": "1A2B", "subject": subject}), revoked) is None
    assert name_of(session({"serialNumber": "0C", "subject": ()}), revoked) is None
    assert name_of(session(None), revoked) is None
    assert name_of(SimpleNamespace(ssl_object=None), revoked) is None
