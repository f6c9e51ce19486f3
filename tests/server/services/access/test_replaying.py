"""Past taps decided again, from events as a gateway's decider made them."""

from dataclasses import dataclass, field

import pytest

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind, tap_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import Revocation
from card_protocol.words.verdict import Presentation
from server.intake.processor import Message, Processor
from server.services.access.replaying import Replayed, replay
from server.services.cards import cards
from server.services.problems import Problem
from tests.server.build import ADMIN, Box, Community
from tests.server.services.policies.test_policy import publish, read


@dataclass
class Gate:
    """The gateway of a community: holds what was published last, decides, and sends its events."""

    community: Community
    box: Box
    book: MemoryBook = field(default_factory=lambda: MemoryBook(None))
    heard: list[Revocation] = field(default_factory=list)

    def learn(self) -> None:
        """The newest policy."""
        head, entries = read(self.community, publish(self.community))
        self.book = MemoryBook(head, entries, self.heard)

    def revoke(self, revocation: Revocation) -> None:
        """Hear of a revocation, and journal it as the station does."""
        self.heard.append(revocation)
        assert self.book.head is not None
        self.book = MemoryBook(self.book.head, self.book._cards.values(), self.heard)
        detail: dict[str, str | int] = {"rev_seq": revocation.rev_seq, "state": revocation.state.value}
        moment = self.moment().model_dump()
        self.send(Event(kind=EventKind.REVOCATION_APPLIED, **moment, card_id=revocation.card_id, detail=detail))

    def moment(self) -> Moment:
        self.community.now[0] += 1
        return Moment(wall_ms=self.community.now[0], mono_ns=0, boot="b1", clock=ClockQuality.NTP)

    def tap(self, card_id: str, point: str = "south-gate-in") -> int:
        """Present a card; the number of the event at the server."""
        shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=card_id)
        moment = self.moment()
        return self.send(tap_event(shown, decide(shown, point, self.book, moment), moment))

    def send(self, event: Event) -> int:
        self.box.append(event.to_bytes())
        last = len(self.box.bodies)
        message = Message(topic("g-1", Channel.EVENTS), self.box.sealed("batch", self.box.batch(last, last)))
        Processor(self.community.transactions, self.community.house.keystore).process([message])
        return last


@pytest.fixture
def gate(community: Community) -> Gate:
    return Gate(community, community.box())


def again(gate: Gate, event: int) -> Replayed:
    with gate.community.transactions.read() as session:
        return replay(session, event)


def test_every_tap_agrees_whatever_became_of_the_card_and_the_rules_since(gate: Gate) -> None:
    card = gate.community.active_card()
    events = [gate.tap(card.id)]
    gate.learn()
    events += [gate.tap(card.id), gate.tap(card.id, "clinic"), gate.tap(card.id, "moon")]
    with gate.community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.LOST)
    events.append(gate.tap(card.id))
    gate.revoke(
        Revocation(rev_seq=1, card_id=card.id, state=CardState.LOST, at_ms=0, expires_ms=gate.community.now[0] * 2)
    )
    events.append(gate.tap(card.id))
    gate.learn()
    events.append(gate.tap(card.id))
    with gate.community.transactions.work(ADMIN) as work:
        for state in (CardState.REVOKED, CardState.RETURNED, CardState.STOCK):
            cards.change_state(work, card.id, state)
    gate.learn()
    events.append(gate.tap(card.id))
    found = [again(gate, event) for event in events]
    assert [one.why_not for one in found] == [""] * len(events[:1]) + [""] * (len(events) - 1)
    assert all(one.agrees for one in found)
    assert [one.then_reason for one in found] == [
        Reason.NO_POLICY, Reason.GRANTED, Reason.WRONG_POINT, Reason.NO_POLICY, Reason.GRANTED, Reason.LOST,
        Reason.LOST, Reason.UNKNOWN,
    ]  # fmt: skip
    assert found[2].told is not None
    assert found[2].told.admin_en


def test_an_event_that_says_otherwise_does_not_agree(gate: Gate) -> None:
    card = gate.community.active_card()
    gate.learn()
    gate.tap(card.id)
    lie = Event.from_bytes(gate.box.bodies[-1]).model_copy(update={"point": "clinic"})
    found = again(gate, gate.send(lie))
    assert not found.agrees
    assert found.why_not.startswith("reason was granted and is wrong_point")


def test_what_was_no_decision_says_so(gate: Gate) -> None:
    gate.learn()
    moment = gate.moment().model_dump()
    found = again(gate, gate.send(Event(kind=EventKind.EGRESS, **moment, point="south-gate-in", policy_version=1)))
    assert (found.agrees, found.why_not, found.told) == (False, "not a tap that the decider judged", None)
    card = gate.community.active_card()
    old = Event.from_bytes(gate.box.bodies[gate.tap(card.id) - 1]).model_copy(update={"policy_version": 77})
    assert again(gate, gate.send(old)).why_not == "policy 77 of g-1 was not kept"
    with pytest.raises(Problem, match="event"):
        again(gate, 9999)
