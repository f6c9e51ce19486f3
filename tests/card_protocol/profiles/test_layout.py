"""The rules that the layout follows, and who may hold which key."""

import pytest

from card_protocol.channel.ev2 import Mode
from card_protocol.channel.files import NEVER, FileKind
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES
from card_protocol.profiles.layout import ACCESS, CARD_MASTER, LAYOUT, Holder

FILES = [(application, spec) for application in LAYOUT for spec in application.files]
KEYS = [(application, slot) for application in LAYOUT for slot in application.keys]


def test_aids_file_numbers_and_purposes_are_unique():
    aids = [application.aid for application in LAYOUT]
    assert len(set(aids)) == len(aids)
    for application in LAYOUT:
        numbers = [spec.number for spec in application.files]
        assert len(set(numbers)) == len(numbers)
    purposes = [slot.purpose for _, slot in KEYS] + [s.mac_purpose for _, s in FILES if s.mac_purpose]
    assert len({*purposes, CARD_MASTER.purpose}) == len(purposes) + 1
    assert {*purposes, CARD_MASTER.purpose, Purpose.NODE} == set(Purpose)


@pytest.mark.parametrize("application", LAYOUT, ids=lambda a: a.name)
def test_keys_are_numbered_from_the_master_on(application):
    assert [slot.number for slot in application.keys] == list(range(len(application.keys)))


@pytest.mark.parametrize(("application", "spec"), FILES, ids=lambda x: x.name)
def test_files_are_full_mode_with_rights_of_existing_keys(application, spec):
    assert spec.mode is Mode.FULL
    assert all(key in (*range(len(application.keys)), NEVER) for key in spec.rights.numbers())
    assert spec.rights.change == 0


@pytest.mark.parametrize(("application", "spec"), FILES, ids=lambda x: x.name)
def test_writes_are_sheltered_by_transactions(application, spec):
    assert spec.kind is not FileKind.STANDARD


@pytest.mark.parametrize(("application", "slot"), KEYS, ids=lambda x: x.name)
def test_a_key_that_leaves_the_server_can_do_no_harm(application, slot):
    """It writes only what is signed elsewhere, appended, or bounded by the card."""
    if slot.holder is Holder.SERVER:
        return
    assert slot.number != 0
    for spec in application.files:
        writes = slot.number in (spec.rights.write, spec.rights.read_write)
        signed = application is ACCESS and spec.name == "revocations"
        bounded = spec.kind is FileKind.VALUE and slot.number != spec.rights.read_write
        assert not writes or signed or bounded or spec.kind is FileKind.CYCLIC


def test_a_gateway_holds_door_read_and_event_append_and_nothing_else():
    held = {slot.purpose for _, slot in KEYS if slot.holder is Holder.GATEWAY}
    assert held == set(GATEWAY_PURPOSES)


def test_rights_credit_and_masters_never_leave_the_server():
    at_home = {slot.purpose for _, slot in KEYS if slot.holder is Holder.SERVER}
    assert {Purpose.UPDATER, Purpose.PURSE_CREDIT, Purpose.ACCESS_MASTER, Purpose.CARE_ADMIN} <= at_home
    assert all(slot.holder is Holder.SERVER for _, slot in KEYS if slot.number == 0)


def test_sizes_of_the_design():
    sizes = {
        (application.name, spec.name): (spec.size_bytes, spec.records) for application, spec in FILES if spec.size_bytes
    }
    assert sizes == {
        ("access", "header"): (64, 0),
        ("access", "grant"): (192, 0),
        ("access", "revocations"): (192, 0),
        ("access", "events"): (24, 16),
        ("care", "profile"): (96, 0),
        ("care", "visits"): (16, 32),
        ("clinic", "pointer"): (64, 0),
        ("clinic", "visits"): (8, 16),
        ("activity", "membership"): (32, 0),
        ("activity", "attendance"): (32, 16),
        ("property", "property"): (64, 0),
        ("property", "log"): (16, 16),
        ("purse", "log"): (16, 32),
    }


def test_which_applications_count_their_transactions():
    assert [application.name for application in LAYOUT if application.has_transaction_mac] == ["access", "purse"]
