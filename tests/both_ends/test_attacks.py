"""Attacks on a tap, tried against the bare core: each is refused, and says why.

The two ends are `card_protocol` and `firmware_sim`, written apart. A cause that several attacks share means that
nothing on the air tells them apart: a card with foreign keys is foreign, whoever made it.
"""

from dataclasses import replace

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.signing import Signer
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CardSilent
from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import AccessLevel, PolicyHead
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.gossip import Knowledge, adopt
from card_protocol.profiles.grant_file import check_grant, sign_grant
from card_protocol.profiles.purse import OpenPurse, open_purse, pay
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import check_delta, make_delta, sign_delta
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.write_back import read_grant
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from card_protocol.words.verdict import Presentation
from tests.card_protocol.field import (
    COMMUNITY,
    HEADER,
    NEIGHBOUR,
    UID,
    dice,
    issued,
    issuer,
    point_keys,
    stock,
)

NOW_MS = 1_790_000_040_000
SIGNER = Signer(bytes(range(32)))
VERIFY = SIGNER.verifier.verify
OTHER_UID = bytes.fromhex("04AABBCCDDEEFF")
GRANT = Grant(
    card_id=HEADER.card_id,
    uid=UID.hex().upper(),
    holder=HEADER.holder,
    community=COMMUNITY,
    serial=7,
    valid_from_ms=NOW_MS - 1000,
    valid_to_ms=NOW_MS + 1000,
    levels=(1,),
)


def tap(transmit, seed=3, uid=UID, keys=None):
    return converse(read_card(uid, keys or point_keys(), dice(seed)), transmit)


def cause(result) -> Cause:
    assert isinstance(result, CardRefusal), result
    return result.cause


def powered(field):
    field.card.power_on()
    field.sent.clear()
    field.received.clear()
    return field


class TestWhoItIs:
    """Copies, recordings, strangers."""

    def test_a_copied_uid_on_a_card_with_keys_of_its_own(self):
        clone = issued(uid=OTHER_UID)
        assert cause(tap(powered(clone).transmit, uid=UID)) is Cause.KEY_REJECTED

    def test_a_copied_uid_on_a_thing_that_agrees_to_everything(self):
        answers = iter([b"\x91\x00", bytes(16) + b"\x91\xaf", bytes(32) + b"\x91\x00"])
        assert cause(tap(lambda raw: next(answers))) is Cause.NOT_GENUINE

    def test_a_recorded_conversation_played_again(self):
        field = issued()
        assert isinstance(tap(powered(field).transmit, seed=3), CardReading)
        recording = iter(list(field.received))
        assert cause(tap(lambda raw: next(recording), seed=4)) is Cause.NOT_GENUINE

    def test_a_card_of_the_neighbouring_community(self):
        assert cause(tap(powered(issued(keys=issuer(NEIGHBOUR))).transmit)) is Cause.KEY_REJECTED
        moved = replace(point_keys(), community=NEIGHBOUR)
        assert cause(tap(powered(issued()).transmit, keys=moved)) is Cause.WRONG_COMMUNITY

    def test_a_key_version_that_was_withdrawn(self):
        keys = point_keys(versions=(2, 3))
        assert cause(tap(powered(issued()).transmit, keys=keys)) is Cause.KEY_VERSION

    def test_another_card_put_down_between_authentication_and_reading(self):
        first, second = powered(issued()), powered(issued(uid=OTHER_UID))
        count = 0

        def swapped(raw):
            nonlocal count
            count += 1
            return (first if count < 4 else second).transmit(raw)

        assert cause(tap(swapped)) is Cause.SESSION_LOST


class TestWhatItSays:
    """Everything on the air, bent."""

    @pytest.mark.parametrize("answer", range(4))
    def test_every_bit_of_every_answer(self, answer):
        field = issued()
        tap(powered(field).transmit)
        causes = set()
        for place in range(len(field.received[answer])):
            for bit in range(8):
                field.bend = (answer, place, 1 << bit)
                causes.add(cause(tap(powered(field).transmit)))
                field.bend = None
        assert Cause.PULLED_AWAY not in causes
        if answer == 3:
            assert Cause.MESSAGE_ALTERED in causes

    @pytest.mark.parametrize("cut", range(1, 91))
    def test_the_header_cut_short(self, cut):
        field = powered(issued())

        def cutting(raw):
            answer = field.transmit(raw)
            return answer[:-2][: max(0, 88 - cut)] + answer[-2:] if len(field.sent) == 4 else answer

        assert cause(tap(cutting)) is Cause.MESSAGE_ALTERED

    def test_no_status_word_at_all(self):
        assert cause(tap(lambda raw: b"")) is Cause.MALFORMED

    def test_an_answer_of_an_earlier_counter_repeated(self):
        field = powered(issued())
        reading = tap(field.transmit)
        repeated = field.received[3]
        assert cause(converse(read_grant(reading), lambda raw: repeated)) is Cause.MESSAGE_ALTERED

    def test_an_answer_longer_than_any_buffer(self):
        assert cause(tap(lambda raw: bytes(259))) is Cause.TOO_LONG

    def test_an_answer_that_never_ends(self):
        assert cause(tap(lambda raw: bytes(256) + b"\x91\xaf")) is Cause.TOO_LONG

    def test_a_card_that_never_answers(self):
        def silent(raw):
            raise CardSilent("waiting-time extensions without end")

        assert cause(tap(silent)) is Cause.SILENT


class TestWhatItCarries:
    """Grants and revocations that do not count."""

    def check(self, raw, uid=UID, header=HEADER, **options):
        return check_grant(raw, uid, header, VERIFY, **options)

    def test_a_grant_copied_from_another_card(self):
        copied = issued(grant=sign_grant(GRANT.model_copy(update={"uid": OTHER_UID.hex().upper()}), SIGNER.sign))
        reading = tap(powered(copied).transmit)
        raw = converse(read_grant(reading), copied.transmit)
        assert cause(self.check(raw)) is Cause.GRANT_COPIED

    def test_a_forged_grant(self):
        assert cause(self.check(sign_grant(GRANT, Signer(bytes(32)).sign))) is Cause.GRANT_FORGED

    def test_an_older_grant_put_back(self):
        assert cause(self.check(sign_grant(GRANT, SIGNER.sign), newest_serial=8)) is Cause.GRANT_OLDER

    def test_an_expired_grant(self):
        level = AccessLevel(id="all", number=1, name_zh="全", name_en="All", points=frozenset({"gate"}), schedule="day")
        gate = Point(id="gate", kind=PointKind.GATE, name_zh="门", name_en="Gate", area="yard", direction=Direction.IN)
        head = PolicyHead(
            version=1,
            community=COMMUNITY,
            issued_ms=0,
            expires_ms=NOW_MS * 2,
            rev_seq=0,
            points=(gate,),
            levels=(level,),
            schedules=(always("day"),),
            cards=0,
        )
        grant = self.check(sign_grant(GRANT, SIGNER.sign))
        shown = Presentation(uid=GRANT.uid, assurance=Assurance.CARD, card_id=HEADER.card_id, grant=grant)

        def reason(wall_ms):
            moment = Moment(wall_ms=wall_ms, mono_ns=0, boot="b", clock=ClockQuality.NTP)
            return decide(shown, "gate", MemoryBook(head), moment).reason

        assert reason(NOW_MS) is Reason.GRANTED
        assert reason(GRANT.valid_to_ms) is Reason.GRANT_EXPIRED
        assert reason(GRANT.valid_from_ms - 1) is Reason.NOT_YET_VALID

    def test_revocations_rolled_back_forged_or_of_others(self):
        old = make_delta(COMMUNITY, 4, [], NOW_MS)
        assert cause(adopt(Knowledge(version=5), old, NOW_MS)) is Cause.REVOCATIONS_OLDER
        forged = sign_delta(old, Signer(bytes(32)).sign)
        assert cause(check_delta(forged, COMMUNITY, VERIFY)) is Cause.REVOCATIONS_FORGED
        others = sign_delta(make_delta(NEIGHBOUR, 4, [], NOW_MS), SIGNER.sign)
        assert cause(check_delta(others, COMMUNITY, VERIFY)) is Cause.REVOCATIONS_FOREIGN

    def test_a_value_over_the_limit(self):
        field = powered(issued())
        purse = converse(open_purse(UID, point_keys(Purpose.PURSE_DEBIT), dice()), field.transmit)
        boasting = OpenPurse(UID, 10_000, purse.counter, purse.session)
        assert cause(converse(pay(boasting, PurseEntry(-1, 0, 0, 0)), field.transmit)) is Cause.OVER_LIMIT


def test_a_door_without_the_application():
    assert cause(tap(powered(stock()).transmit)) is Cause.NO_APPLICATION
