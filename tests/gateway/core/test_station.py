"""The station: what comes down is opened, judged, applied or refused; what was done is reported."""

import pytest

from card_protocol.crypto.signing import Signer
from card_protocol.wire.ack import Ack
from card_protocol.wire.alarm import AlarmNotice
from card_protocol.wire.batch import Batch
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import Kind, seal, unseal
from card_protocol.wire.state import Past, State
from card_protocol.wire.topics import Channel
from card_protocol.words.base import Word
from card_protocol.words.event import GENESIS, Event, EventKind, note_event
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from gateway.core.station import FETCH_AGAIN, REPORT_EVERY_MS, REPORT_SOON_MS, Place, Station
from gateway.core.station_words import Chore, HeldKeys
from gateway.ports.book import Staged, Standing
from gateway.ports.journal import Head
from tests.gateway.policies import card, head, revocation, snapshot
from tests.gateway.world import BOX, GATEWAY, SERVER, STRANGER, HandClock, MemoryJournal, ModelServer, bodies

MANIFEST, _ = snapshot(3, [card(1)], rev_seq=2)
STAGED = Staged(head(3, 1, rev_seq=2), MANIFEST.digest, "place")


class Desk:
    """A station with a clock and a journal."""

    def __init__(self, standing: Standing | None = None, events: int = 0, acked: Head | None = None) -> None:
        self.clock, self.journal = HandClock(), MemoryJournal()
        self.journal.write(bodies(events))
        self.keys = HeldKeys(1, 1, 90)
        place = Place(GATEWAY, BOX.sign, SERVER.verifier.verify, lambda: self.keys)
        self.station = Station(place, standing or Standing(), self.seen(), acked, lambda: 0.0)

    def seen(self) -> words.JournalSeen:
        return words.JournalSeen(self.journal.head(), self.journal.floor())

    def step(self, given: words.Input) -> list[words.Effect]:
        return self.station.step(given, self.clock.now())

    def of(self, given: sync.Pulled | sync.Acked | sync.Fired) -> words.OfJournal:
        return words.OfJournal(self.journal.head().epoch, given)

    def pulls(self, effects: list[words.Effect], epoch: str | None = None) -> list[sync.Pull]:
        wanted = epoch or self.journal.head().epoch
        found = [e.effect for e in effects if isinstance(e, words.ToJournal) and e.epoch == wanted]
        return [effect for effect in found if isinstance(effect, sync.Pull)]

    def hear(self, channel: Channel, kind: Kind, word: Word, signer: Signer = SERVER) -> list[words.Effect]:
        return self.step(words.Received(channel, seal(kind, word, signer.sign)))

    def manifest(self, manifest: Word = MANIFEST, signer: Signer = SERVER) -> list[words.Effect]:
        return self.hear(Channel.POLICY, "manifest", manifest, signer)


def written(effects: list[words.Effect]) -> list[Event]:
    return [effect.event for effect in effects if isinstance(effect, words.Write)]


def states(effects: list[words.Effect]) -> list[State]:
    return [
        unseal("state", effect.message, State, BOX.verifier.verify)
        for effect in effects
        if isinstance(effect, words.Publish) and effect.channel is Channel.STATE and effect.retain
    ]


def test_it_reports_on_connecting_and_then_now_and_again() -> None:
    desk = Desk(Standing(version=3, rev_seq=2), events=4)
    effects = desk.step(sync.LinkUp())
    (state,) = states(effects)
    assert (state.online, state.head_seq, state.acked_seq) == (True, 4, 0)
    assert (state.policy_version, state.rev_seq, state.epoch) == (3, 2, desk.journal.head().epoch)
    assert words.Wait(Chore.REPORT, REPORT_EVERY_MS) in effects
    assert len(states(desk.step(words.ChoreDue(Chore.REPORT)))) == 1


def test_it_reports_nothing_while_nobody_hears_it() -> None:
    desk = Desk()
    assert desk.step(words.ChoreDue(Chore.REPORT)) == []
    desk.step(sync.LinkUp())
    desk.step(sync.LinkDown())
    assert desk.step(words.ChoreDue(Chore.REPORT)) == []


def test_the_last_will_says_offline() -> None:
    desk = Desk()
    state = unseal("state", desk.station.state_message(desk.clock.now(), online=False), State, BOX.verifier.verify)
    assert not state.online


def test_journaled_events_are_published_as_batches() -> None:
    desk = Desk(events=3)
    effects = desk.step(sync.LinkUp())
    assert desk.pulls(effects) == [sync.Pull(1, 50)]
    effects = desk.step(desk.of(sync.Pulled(1, GENESIS, desk.journal.chain)))
    (sent,) = [e for e in effects if isinstance(e, words.Publish)]
    batch = unseal("batch", sent.message, Batch, BOX.verifier.verify)
    assert (sent.channel, sent.retain, batch.last_seq) == (Channel.EVENTS, False, 3)


def test_a_genuine_ack_is_compared_with_our_own_chain_and_kept() -> None:
    desk = Desk(events=3)
    desk.step(sync.LinkUp())
    server = ModelServer()
    server.held[desk.journal.head().epoch] = desk.journal.chain[:2]
    (check,) = desk.step(words.Received(Channel.ACK, server.ack(desk.journal.head().epoch)))
    assert isinstance(check, words.CheckAck)
    effects = desk.step(desk.of(sync.Acked(check.ack, desk.journal.hash_of(2))))
    assert sync.SaveAcked(Head(desk.journal.head().epoch, 2, desk.journal.chain[1].hash)) in effects


def ack(**changed: object) -> Ack:
    fields = {"gateway": GATEWAY, "epoch": "00000000000000e1", "upto": 0, "head_hash": "00" * 32, "server_ms": 1}
    return Ack.model_validate(fields | changed)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"", "cut short"),
        (b"rubbish" * 50, "no message of ours"),
        (b"x" * 70_000, "more than a message may have"),
        (seal("ack", ack(), STRANGER.sign), "signature of this ack is not its sender's"),
        (seal("manifest", ack(), SERVER.sign), "signature of this ack is not its sender's"),
        (seal("ack", MANIFEST, SERVER.sign), "signed, but no ack"),
        (seal("ack", ack(gateway="elsewhere"), SERVER.sign), "an ack for the gateway elsewhere"),
    ],
    ids=["empty", "rubbish", "huge", "forged", "another kind", "another word", "another gateway's"],
)
def test_what_is_no_ack_of_ours_is_recorded_and_changes_nothing(message: bytes, why: str) -> None:
    desk = Desk(events=3)
    desk.step(sync.LinkUp())
    effects = desk.step(words.Received(Channel.ACK, message))
    (event,) = written(effects)
    assert event.kind is EventKind.MESSAGE_REFUSED
    assert why in str(event.detail["why"])
    assert event.detail["channel"] == "ack"
    assert len(effects) == 1
    assert desk.step(words.Received(Channel.ACK, message)) == [], "said once"


@pytest.mark.parametrize(("upto", "changed"), [(9, {}), (2, {"head_hash": "ab" * 32})], ids=["more", "other"])
def test_a_server_that_holds_another_history_than_the_file_begins_a_new_one(
    upto: int, changed: dict[str, object]
) -> None:
    desk = Desk(events=3)
    desk.step(sync.LinkUp())
    (effect,) = desk.step(desk.of(sync.Acked(ack(upto=upto, **changed), desk.journal.hash_of(upto))))
    assert isinstance(effect, words.SetAside)
    desk.journal.set_aside(effect.why)
    effects = desk.step(desk.seen())
    assert desk.pulls(effects) == [sync.Pull(1, 50)]
    assert states(effects)[0].epoch == desk.journal.head().epoch


def test_pruned_events_that_the_server_asks_for_become_a_gap_event() -> None:
    known = MemoryJournal()
    known.write(bodies(9))
    desk = Desk(events=9, acked=known.head())
    desk.step(sync.LinkUp())
    desk.step(desk.of(sync.Acked(ack(upto=0, need_from=1, server_ms=9), GENESIS)))
    effects = desk.step(desk.of(sync.Pulled(1, desk.journal.chain[3].hash, desk.journal.chain[4:])))
    (event,) = written(effects)
    epoch = desk.journal.head().epoch
    assert (event.kind, event.detail) == (EventKind.GAP, {"epoch": epoch, "from_seq": 1, "to_seq": 4, "count": 4})


def test_an_ack_for_a_file_that_is_none_of_ours_is_recorded() -> None:
    desk = Desk(events=3)
    desk.step(sync.LinkUp())
    (event,) = written(desk.hear(Channel.ACK, "ack", ack(epoch="ffffffffffffffff")))
    assert "no journal of this box" in str(event.detail["why"])


def test_an_old_file_is_brought_beside_the_present_one() -> None:
    desk, old = Desk(events=3), MemoryJournal(epoch="0000000000000001")
    old.write(bodies(5))
    epoch = old.head().epoch
    effects = desk.step(words.OldSeen(old.head(), old.floor(), None))
    assert effects == []
    effects = desk.step(sync.LinkUp())
    assert (desk.pulls(effects), desk.pulls(effects, epoch)) == ([sync.Pull(1, 50)], [sync.Pull(1, 50)])
    effects = desk.step(words.OfJournal(epoch, sync.Pulled(1, GENESIS, old.chain)))
    (sent,) = [e for e in effects if isinstance(e, words.Publish)]
    assert unseal("batch", sent.message, Batch, BOX.verifier.verify).epoch == epoch
    final = ack(epoch=epoch, upto=5, head_hash=old.head().hash.hex())
    assert desk.hear(Channel.ACK, "ack", final) == [words.CheckAck(final)]
    effects = desk.step(words.OfJournal(epoch, sync.Acked(final, old.head().hash)))
    assert effects == [sync.SaveAcked(old.head()), words.Finished(epoch, 5, 5)]
    assert desk.hear(Channel.ACK, "ack", final) == [], "a late ack is no reason for alarm"
    lacking = final.model_copy(update={"upto": 3, "head_hash": old.chain[2].hash.hex(), "need_from": 4})
    assert desk.hear(Channel.ACK, "ack", lacking) == [words.Reopen(lacking)], "the server was put back"
    effects = desk.step(words.Reopened(lacking, old.head(), old.floor()))
    assert desk.pulls(effects, epoch) == [sync.Pull(4, 50)]


def test_a_file_that_was_done_with_before_is_told_of() -> None:
    desk = Desk(events=3)
    desk.step(words.PastSeen({"0000000000000001": 5}))
    (said,) = [e for e in desk.step(sync.LinkUp()) if isinstance(e, words.Publish)]
    assert unseal("state", said.message, State, BOX.verifier.verify).past == (
        Past(epoch="0000000000000001", acked_seq=5),
    )
    wish = ack(epoch="0000000000000001", upto=3, need_from=4)
    assert desk.hear(Channel.ACK, "ack", wish) == [words.Reopen(wish)]
    effects = desk.step(words.Reopened(wish, None, None))
    (gap,) = [e.event for e in effects if isinstance(e, words.Write)]
    assert gap.detail == {"epoch": "0000000000000001", "from_seq": 4, "to_seq": 5, "count": 2}
    assert words.Finished("0000000000000001", 3, 3) in effects


def test_a_new_policy_is_remembered_fetched_and_put_in_force() -> None:
    desk = Desk()
    desk.step(sync.LinkUp())
    effects = desk.manifest()
    assert effects[:1] == [words.Saw(3)]
    assert words.Fetch(MANIFEST) in effects
    assert desk.step(words.Fetched(MANIFEST, STAGED)) == [words.Flip(MANIFEST, STAGED)]
    effects = desk.step(words.Flipped(Standing(3, MANIFEST.digest, 3, 2)))
    (event,) = written(effects)
    assert (event.kind, event.policy_version) == (EventKind.POLICY_APPLIED, 3)
    assert states(effects)[0].policy_version == 3
    assert desk.manifest() == [], "the retained manifest says it again"


def test_a_policy_that_lacks_revocations_of_a_lost_book_waits_for_them() -> None:
    desk = Desk(Standing(highest=3, rev_floor=5))
    desk.manifest()
    assert desk.step(words.Fetched(MANIFEST, STAGED)) == [], "it contains those up to 2"
    some = Standing(highest=3, rev_seq=4, rev_floor=5)
    assert words.Flip(MANIFEST, STAGED) not in desk.step(words.Revoked((), some))
    effects = desk.step(words.Revoked((), some._replace(rev_seq=5)))
    assert effects == [words.Flip(MANIFEST, STAGED)]
    assert desk.step(words.Revoked((), some._replace(rev_seq=6))) == [], "once"


def test_while_it_fetches_it_hears_of_a_newer_one() -> None:
    desk = Desk()
    newer, _ = snapshot(4)
    desk.manifest()
    assert words.Fetch(newer) not in desk.manifest(newer), "one at a time"
    assert desk.step(words.Fetched(MANIFEST, STAGED)) == [words.Fetch(newer)]


def test_a_fetch_that_failed_is_tried_again_ever_more_rarely() -> None:
    desk = Desk()
    desk.manifest()
    waits = []
    for _ in range(9):
        (wait,) = desk.step(words.Fetched(MANIFEST, None, "nobody there", again=True))
        assert isinstance(wait, words.Wait)
        waits.append(wait.wait_ms)
        assert desk.step(words.ChoreDue(Chore.FETCH)) == [words.Fetch(MANIFEST)]
    assert waits[:3] == [1000, 2000, 4000]
    assert waits[-1] == FETCH_AGAIN.longest_ms


def test_a_policy_that_is_not_what_was_promised_is_recorded_and_left() -> None:
    desk = Desk()
    desk.manifest()
    (event,) = written(desk.step(words.Fetched(MANIFEST, None, "not the one that its manifest names")))
    assert event.kind is EventKind.POLICY_REFUSED
    assert desk.step(words.ChoreDue(Chore.FETCH)) == []
    assert words.Fetch(MANIFEST) in desk.manifest(), "said again, it is tried again"


@pytest.mark.parametrize(
    ("manifest", "signer", "why"),
    [
        (MANIFEST, STRANGER, "not its sender's"),
        (snapshot(2)[0], SERVER, "older than version 5"),
        (snapshot(9, expires_ms=1)[0], SERVER, "expired"),
        (snapshot(9)[0].model_copy(update={"gateway": "elsewhere"}), SERVER, "for the gateway elsewhere"),
    ],
    ids=["forged", "a way back", "expired", "another gateway's"],
)
def test_a_manifest_that_is_not_to_be_followed_is_recorded(manifest: Word, signer: Signer, why: str) -> None:
    desk = Desk(Standing(version=5, digest="aa" * 32, highest=5))
    effects = desk.manifest(manifest, signer)
    (event,) = written(effects)
    assert event.kind is EventKind.POLICY_REFUSED
    assert why in str(event.detail["why"])
    assert effects == [words.Write(event)]


def revocations(after: int, *numbers: int, gateway: str = GATEWAY) -> Revocations:
    entries = tuple(revocation(number, number) for number in numbers)
    return Revocations(gateway=gateway, after=after, upto=max(numbers), entries=entries)


def test_revocations_are_applied_journaled_and_reported() -> None:
    desk = Desk(Standing(rev_seq=3))
    desk.step(sync.LinkUp())
    effects = desk.hear(Channel.REVOCATIONS, "revocations", revocations(3, 4, 5))
    assert effects == [words.Revoke((revocation(4, 4), revocation(5, 5)), 5)]
    effects = desk.step(words.Revoked([revocation(5, 5)], Standing(rev_seq=5)))
    (event,) = written(effects)
    assert (event.kind, event.card_id) == (EventKind.REVOCATION_APPLIED, revocation(5, 5).card_id)
    assert event.detail == {"rev_seq": 5, "state": "revoked"}
    assert states(effects)[0].rev_seq == 5


def test_a_gap_in_the_revocations_denies_at_once_and_asks_soon() -> None:
    desk = Desk(Standing(rev_seq=3))
    effects = desk.hear(Channel.REVOCATIONS, "revocations", revocations(7, 8))
    assert effects == [words.Revoke((revocation(8, 8),), 3), words.Wait(Chore.REPORT, REPORT_SOON_MS)]


def test_revocations_heard_again_change_nothing() -> None:
    desk = Desk(Standing(rev_seq=9))
    assert desk.hear(Channel.REVOCATIONS, "revocations", revocations(7, 8)) == []


def test_another_gateways_revocations_are_refused() -> None:
    desk = Desk()
    (event,) = written(desk.hear(Channel.REVOCATIONS, "revocations", revocations(0, 1, gateway="elsewhere")))
    assert event.kind is EventKind.MESSAGE_REFUSED


def test_a_manifest_that_names_newer_revocations_makes_it_say_what_it_has() -> None:
    desk = Desk(Standing(version=3, digest=MANIFEST.digest, highest=3, rev_seq=1))
    assert desk.manifest() == [words.Wait(Chore.REPORT, REPORT_SOON_MS)]


def test_other_channels_are_nobodys_business_here() -> None:
    assert Desk().step(words.Received(Channel.EVENTS, b"open")) == []


def test_what_was_pruned_was_acknowledged_whatever_was_forgotten() -> None:
    desk = Desk(events=9)
    desk.journal.prune(6)
    place = Place(GATEWAY, BOX.sign, SERVER.verifier.verify)
    for known in (None, Head(desk.journal.head().epoch, 2, bytes(32)), Head("ffffffffffffffff", 8, bytes(32))):
        assert Station(place, Standing(), desk.seen(), known, lambda: 0.0).journals.current.acked.seq == 6


def test_an_alarm_overtakes_a_backlog() -> None:
    desk = Desk(events=2000)
    effects = desk.step(sync.LinkUp())
    assert effects[0] == words.Scan(1001, 1000)
    desk.journal.append(note_event(EventKind.GAP, desk.clock.now()))
    (scan, *_) = desk.step(desk.seen())
    assert scan == words.Scan(2001, 1)
    (told,) = desk.step(words.Scanned(desk.journal.head().epoch, desk.journal.chain[2000:]))
    assert isinstance(told, words.Publish)
    notice = unseal("alarm", told.message, AlarmNotice, BOX.verifier.verify)
    assert (told.channel, notice.seq, notice.gateway) == (Channel.ALARM, 2001, GATEWAY)


def test_without_a_backlog_or_a_link_nothing_is_told_twice() -> None:
    desk = Desk(events=2000)
    desk.journal.append(note_event(EventKind.GAP, desk.clock.now()))
    assert desk.step(desk.seen()) == []
    live = Desk(events=3)
    assert not [e for e in live.step(sync.LinkUp()) if isinstance(e, words.Scan)]


def test_the_delta_for_cards_is_kept_once_and_never_from_an_older_manifest() -> None:
    desk = Desk()
    delta = "AB" * 192
    told = desk.manifest(MANIFEST.model_copy(update={"delta": delta}))
    assert words.KeepDelta(bytes.fromhex(delta)) in told
    again = desk.manifest(MANIFEST.model_copy(update={"delta": delta}))
    assert not [effect for effect in again if isinstance(effect, words.KeepDelta)]
    older = MANIFEST.model_copy(update={"version": 1, "delta": "CD" * 192})
    assert not [effect for effect in desk.manifest(older) if isinstance(effect, words.KeepDelta)]


def test_card_keys_are_reported_and_newer_ones_are_told_once() -> None:
    desk = Desk()
    (state,) = states(desk.step(sync.LinkUp()))
    assert (state.keys_oldest, state.keys_newest, state.keys_until_ms) == (1, 1, 90)
    desk.keys = HeldKeys(1, 2, 180)
    effects = desk.step(words.ChoreDue(Chore.REPORT))
    (event,) = written(effects)
    assert (event.kind, event.detail) == (EventKind.KEYS_APPLIED, {"oldest": 1, "newest": 2, "lease_until_ms": 180})
    (state,) = states(effects)
    assert (state.keys_oldest, state.keys_newest, state.keys_until_ms) == (1, 2, 180)
    assert written(desk.step(words.ChoreDue(Chore.REPORT))) == []
