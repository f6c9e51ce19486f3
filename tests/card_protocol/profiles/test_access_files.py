"""The access files as conversations share them."""

from card_protocol.channel.applications import select_application
from card_protocol.profiles.access_files import read_file, read_header, write_access_files
from card_protocol.profiles.card_keys import open_slot
from card_protocol.profiles.layout import ACCESS
from tests.card_protocol.field import HEADER, UID, dice, issued, issuer


def as_updater(then):
    yield from select_application(ACCESS.aid)
    session, _ = yield from open_slot(ACCESS.aid, ACCESS.key("updater"), UID, issuer(), dice(4))
    return (yield from then(session))


def test_write_and_read_again():
    field = issued()
    mark = field.run(as_updater(lambda s: write_access_files(s, HEADER, b"\x07" * 192, b"")))
    assert mark.counter == 2
    assert field.run(as_updater(lambda s: read_file(s, "grant"))) == b"\x07" * 192
    assert field.run(as_updater(lambda s: read_file(s, "revocations"))) == bytes(192)
    assert field.run(as_updater(read_header)) == HEADER
    field.card.state.applications[0x0C4A01].files[1].data = bytes(64)
    assert field.run(as_updater(read_header)) is None
