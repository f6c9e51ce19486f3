"""What each kind of point does for a card, on the simulated card, with the keys of its compartments alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from card_protocol.profiles.card_records import point_tag
from card_protocol.profiles.kinds.clinic import CONSENT_AT, CONSENT_TO_NOTES
from card_protocol.profiles.kinds.registry import KINDS, holders_at
from card_protocol.profiles.layout import ACTIVITY, CLINIC, Holder
from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from edge.ports.renewer import Left, Renewed, stays
from firmware_sim.card.card import Card
from tests.edge.served import GATEWAY, PRICE, STATION, Station, purse_of, station, whole_card

LOGGED = {
    PointKind.CARE: (0x0C4A02, Service.CHECKED_IN),
    PointKind.HOME_VISIT: (0x0C4A02, Service.VISIT_NOTED),
    PointKind.ACTIVITY: (0x0C4A04, Service.ATTENDED),
    PointKind.CLINIC: (0x0C4A03, Service.CHECKED_IN),
}


def log_of(card: Card, aid: int) -> list[bytes]:
    return list(card.state.applications[aid].files[2].records)  # type: ignore[union-attr]


def consenting(card: Card) -> Card:
    data = bytearray(64)
    data[CONSENT_AT] = CONSENT_TO_NOTES
    card.state.applications[int.from_bytes(CLINIC.aid, "little")].files[1].data = bytes(data)  # type: ignore[union-attr]
    return card


@pytest.mark.parametrize("kind", LOGGED)
def test_a_visit_is_in_the_log_of_the_application_and_in_the_journal(tmp_path: Path, kind: PointKind) -> None:
    aid, service = LOGGED[kind]
    card, here = consenting(whole_card()), Station(tmp_path, station(kind))
    here.holders = set(holders_at(here.point))
    assert here.tap(card).answer == Answer(service)
    (record,) = log_of(card, aid)
    assert point_tag(GATEWAY, STATION).to_bytes(4, "big") in record
    (event,) = here.journal.events
    assert (event.kind, event.detail["service"], event.detail["tap_seq"]) == (EventKind.SERVED, service, here.seq)


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_point_for_members_signs_in_members_and_tells_nobody_who_is_none(tmp_path: Path, code: int) -> None:
    card, here = whole_card(), Station(tmp_path, station(PointKind.ACTIVITY, members_only=True))
    application = card.state.applications[int.from_bytes(ACTIVITY.aid, "little")]
    application.files[1].data = bytes((code, *bytes(31)))  # type: ignore[union-attr]
    member = code != 0
    assert here.tap(card).answer == Answer(Service.ATTENDED if member else Service.MEMBERS_ONLY)
    assert len(log_of(card, 0x0C4A04)) == len(here.journal.events) == int(member)


class Admits:
    """A server that has heard of the admission and tells the card."""

    def __init__(self, card: Card, outcome: Renewed, code: int) -> None:
        self.card, self.outcome, self.code, self.asked = card, outcome, code, 0

    def renew(self, *_: object) -> Renewed:
        self.asked += 1
        application = self.card.state.applications[int.from_bytes(ACTIVITY.aid, "little")]
        application.files[1].data = bytes((self.code, *bytes(31)))  # type: ignore[union-attr]
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "code", "service"),
    [
        (Renewed.DONE, 1, Service.ATTENDED),
        (Renewed.DONE, 0, Service.MEMBERS_ONLY),
        (Renewed.REFUSED, 0, Service.MEMBERS_ONLY),
        (Renewed.AWAY, 0, Service.MEMBERS_ONLY),
    ],
)
def test_who_was_admitted_since_is_told_at_the_members_own_point(
    tmp_path: Path, outcome: Renewed, code: int, service: Service
) -> None:
    card = whole_card()
    server = Admits(card, outcome, code)
    here = Station(tmp_path, station(PointKind.ACTIVITY, members_only=True), server)
    assert here.tap(card).answer == Answer(service)
    assert here.tap(card).answer == Answer(service)
    assert server.asked == (1 if service is Service.ATTENDED or outcome is Renewed.AWAY else 2)


def test_a_card_that_left_while_it_was_told_more_is_asked_for_again(tmp_path: Path) -> None:
    card = whole_card()
    server = Admits(card, Renewed.CARD_GONE, 0)
    here = Station(tmp_path, station(PointKind.ACTIVITY, members_only=True), server)
    assert here.tap(card).answer == Answer(Service.TAP_AGAIN)
    server.outcome = Renewed.REFUSED
    assert here.tap(card).answer == Answer(Service.TAP_AGAIN), "the torn attempt is not over for the server"
    server.outcome, server.code = Renewed.DONE, 1
    assert here.tap(card).answer == Answer(Service.ATTENDED)


def test_a_terminal_does_not_call_a_card_up_to_date_whose_write_was_torn(tmp_path: Path) -> None:
    card = whole_card()
    server = Admits(card, Renewed.CARD_GONE, 0)
    here = Station(tmp_path, station(PointKind.UPDATER), server)
    assert here.tap(card).answer == Answer(Service.TAP_AGAIN)
    server.outcome = Renewed.REFUSED
    assert here.tap(card).answer == Answer(Service.TAP_AGAIN)
    server.outcome = Renewed.DONE
    assert here.tap(card).answer == Answer(Service.UPDATED)
    server.outcome = Renewed.REFUSED
    assert here.tap(card).answer == Answer(Service.UP_TO_DATE)


def test_a_clinic_without_consent_leaves_nothing_on_the_card(tmp_path: Path) -> None:
    card, here = whole_card(), Station(tmp_path, station(PointKind.CLINIC))
    assert here.tap(card).answer == Answer(Service.CHECKED_IN)
    assert log_of(card, 0x0C4A03) == []
    assert here.journal.events == []


def test_without_the_keys_of_its_compartment_a_point_says_so(tmp_path: Path) -> None:
    card, here = whole_card(), Station(tmp_path, station(PointKind.CARE))
    here.holders = {Holder.GATEWAY}
    assert here.tap(card).answer == Answer(Service.UNAVAILABLE)
    assert [event.detail["cause"] for event in here.journal.events] == ["no_keys"]
    here.point = station(PointKind.CARE, price_fen=800)


@pytest.mark.parametrize("consents", [True, False])
def test_a_card_that_was_at_the_clinic_pays_its_lunch_like_any_other(tmp_path: Path, consents: bool) -> None:
    card = consenting(whole_card(2 * PRICE)) if consents else whole_card(2 * PRICE)
    clinic = Station(tmp_path / "clinic", station(PointKind.CLINIC, id="clinic"))
    for _ in range(2):
        assert clinic.tap(card).answer == Answer(Service.CHECKED_IN)
    for name in ("north", "south"):
        canteen = Station(tmp_path / name, station(PointKind.CARE, price_fen=PRICE, id=name))
        paid = canteen.tap(card).answer
        assert paid is not None
        assert paid.service is Service.PAID
        assert canteen.journal.kinds() == [EventKind.PAYMENT_BEGUN, EventKind.PAYMENT_MADE, EventKind.SERVED]
    assert purse_of(card) == 0


@pytest.mark.parametrize("cut", range(8))
def test_a_card_pulled_away_from_a_check_in_is_asked_to_tap_again(tmp_path: Path, cut: int) -> None:
    card, here = whole_card(), Station(tmp_path, station(PointKind.CARE))
    answer = here.tap(card, cut).answer
    assert answer == Answer(Service.TAP_AGAIN)
    assert here.tap(card).answer == Answer(Service.CHECKED_IN)


@pytest.mark.parametrize("kind", PointKind)
def test_who_is_served(tmp_path: Path, kind: PointKind) -> None:
    attendant, here = (point := Station(tmp_path, station(kind))).attendant, point
    assert attendant.serves(here.verdict()) == KINDS[kind].serves
    assert attendant.serves(here.verdict(Reason.OUTSIDE_SCHEDULE)) == (kind is PointKind.MUSTER)
    stranger = here.verdict(Reason.UNKNOWN)._replace(holder=None, card_id=None)
    assert not attendant.serves(stranger)
    assert not attendant.serves(here.verdict()._replace(point="elsewhere"))


def test_a_muster_point_counts_whoever_comes(tmp_path: Path) -> None:
    here = Station(tmp_path, station(PointKind.MUSTER))
    verdict = here.verdict(Reason.OUTSIDE_SCHEDULE)
    assert here.attendant.serve(None, verdict, 7, lambda _: b"").answer == Answer(Service.SAFE)


class Server:
    """Answers as it is told."""

    def __init__(self, outcome: Renewed) -> None:
        self.outcome, self.asked = outcome, 0

    def renew(
        self, point: str, card_id: str, uid: str, transmit: Callable[[bytes], bytes], left: Left = stays
    ) -> Renewed:
        self.asked += 1
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "service"),
    [
        (Renewed.DONE, Service.UPDATED),
        (Renewed.REFUSED, Service.UP_TO_DATE),
        (Renewed.CARD_GONE, Service.TAP_AGAIN),
        (Renewed.AWAY, Service.UNAVAILABLE),
    ],
)
def test_an_updater_has_the_server_renew_the_card(tmp_path: Path, outcome: Renewed, service: Service) -> None:
    server = Server(outcome)
    here = Station(tmp_path, station(PointKind.UPDATER), server)
    assert here.tap(whole_card()).answer == Answer(service)
    assert server.asked == 1
    assert Station(tmp_path, station(PointKind.UPDATER)).tap(whole_card()).answer == Answer(Service.UNAVAILABLE)
