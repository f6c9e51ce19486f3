"""Personalisation: what it makes of a stock card, and that it survives being pulled away anywhere."""

from dataclasses import replace

import pytest

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import authenticate_first
from card_protocol.channel.data import read_data
from card_protocol.channel.files import get_file_ids, get_file_settings
from card_protocol.errors import CardGone
from card_protocol.profiles.layout import ACCESS, LAYOUT
from card_protocol.profiles.personalise import Issued, personalise
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import CardReading, read_card
from tests.card_protocol.field import HEADER, NEIGHBOUR, UID, dice, issued, issuer, order, point_keys, stock

CONTENTS = {"grant": bytes(range(192)), "revocations": bytes(range(192))[::-1]}


def issue(field, keys=None, an_order=None, **options):
    return field.run(personalise(an_order or order(**CONTENTS), keys or issuer(), dice(2), **options))


def master_session(application, keys):
    yield from select_application(application.aid)
    key = keys.on_card(application.keys[0], application.aid, UID, keys.version)
    return (yield from authenticate_first(key, 0, dice(4)))


def test_a_stock_card_is_issued():
    field = stock()
    assert issue(field) == Issued(HEADER)
    assert isinstance(field.run(read_card(UID, point_keys(), dice(3))), CardReading)


@pytest.mark.parametrize("application", LAYOUT, ids=lambda a: a.name)
def test_files_are_as_the_layout_says(application):
    field = issued()

    def look():
        session = yield from master_session(application, issuer())
        numbers = yield from get_file_ids(session)
        settings = {}
        for number in sorted(numbers):
            settings[number] = yield from get_file_settings(session, number)
        return settings

    settings = field.run(look())
    assert settings.keys() == {spec.number for spec in application.files}
    for spec in application.files:
        found = settings[spec.number]
        assert (found.kind, found.mode, found.rights) == (spec.kind, spec.mode, spec.rights)
        assert (found.size_bytes, found.max_records) == (spec.size_bytes, spec.max_records)
        assert found.upper == spec.upper
        assert found.key_version == (1 if spec.mac_purpose else 0)


@pytest.mark.parametrize(
    ("application", "slot"),
    [(a, s) for a in LAYOUT for s in a.keys],
    ids=lambda x: x.name,
)
def test_every_key_is_the_cards_own(application, slot):
    field, keys = issued(keys=issuer(version=2)), issuer(version=2)

    def prove():
        yield from select_application(application.aid)
        key = keys.on_card(slot, application.aid, UID, 2)
        return (yield from authenticate_first(key, slot.number, dice(4)))

    assert field.run(prove()).alive


def test_contents_are_on_the_card():
    field = stock()
    issue(field)

    def read(name):
        yield from select_application(ACCESS.aid)
        key = issuer().on_card(ACCESS.key("updater"), ACCESS.aid, UID, 1)
        session = yield from authenticate_first(key, 3, dice(4))
        spec = ACCESS.file(name)
        return (yield from read_data(session, spec.number, 0, spec.size_bytes, spec.mode))

    assert field.run(read("header")) == HEADER.encode()
    for name, data in CONTENTS.items():
        assert field.run(read(name)) == data


def test_an_access_card_alone():
    field = stock()
    assert issue(field, applications=(ACCESS,)) == Issued(HEADER)
    assert list(field.card.state.applications) == [0x0C4A01]


def test_progress_is_told():
    told = []
    issue(stock(), tell=lambda done, of: told.append((done, of)))
    assert told == [(n, len(LAYOUT) + 2) for n in range(1, len(LAYOUT) + 3)]


def test_settings_are_closed():
    field = issued()
    assert field.card.state.picc.settings.raw == 0x09
    assert all(a.settings.raw == 0x09 for a in field.card.state.applications.values())


def total_rounds() -> int:
    field = stock()
    issue(field)
    return field.rounds


ROUNDS = total_rounds()


@pytest.mark.parametrize("moment", ["cut_before", "cut_after"])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_pulled_away_anywhere_and_put_back(moment, number):
    """It is finished by the same order, and until then no door takes it for an issued card."""
    field = stock()
    setattr(field, moment, number)
    result = issue(field)
    assert isinstance(result, CardRefusal)
    assert result.cause is Cause.PULLED_AWAY
    setattr(field, moment, None)
    tapped = field.run(read_card(UID, point_keys(), dice(3)))
    committed = moment == "cut_after" and number == ROUNDS - 1
    assert isinstance(tapped, CardReading) is committed
    again = issue(field)
    assert isinstance(again, Issued)
    assert again.already is committed
    assert isinstance(field.run(read_card(UID, point_keys(), dice(3))), CardReading)


def test_the_same_order_again_changes_nothing():
    field = issued()
    before = field.card.state
    assert issue(field) == Issued(HEADER, already=True)
    assert field.card.state == before


def test_somebody_elses_card():
    other = replace(HEADER, card_id="01BX5ZZKBKACTAV9WEVGEMMVRZ")
    result = issue(issued(), an_order=order(header=other))
    assert result.cause is Cause.ALREADY_ISSUED


def test_a_card_of_another_community():
    assert issue(issued(keys=issuer(NEIGHBOUR))).cause is Cause.KEY_REJECTED


def test_another_card_than_the_order_names():
    """On a stock card every UID would authenticate: the card is asked, before a key is made for the wrong one."""
    result = issue(stock(), an_order=order(uid=bytes.fromhex("04AABBCCDDEEFF")))
    assert result.cause is Cause.NOT_OUR_UID


def test_a_prepared_card_gets_new_key_versions_where_it_has_none():
    field = stock()
    field.cut_before = 40
    issue(field, issuer(version=1))
    field.cut_before = None
    assert isinstance(issue(field, issuer(version=2)), Issued)


def test_a_card_that_is_full():
    field = stock()
    field.card.state.memory_used = field.card.state.silicon.memory_bytes - 1000
    assert issue(field).cause is Cause.CARD_FULL


def test_a_lost_card_is_a_value():
    field = stock()
    field.cut_before = 0
    assert issue(field).cause is Cause.PULLED_AWAY
    with pytest.raises(CardGone):
        field.transmit(b"")
