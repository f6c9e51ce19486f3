"""The live board: from a committed fact to what the guard sees."""

import threading
import time

from card_protocol.words.reason import Reason
from server.pages.i18n import Language
from server.services.access import access
from server.services.cards import cards
from server.services.cards.cards import CardState
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways import gateways
from server.services.people import holders
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, gate

WAIT_S = 10.0
POLL_S = 0.01


class Eavesdropper:
    """Every change that a hub was given."""

    def __init__(self, hub, monkeypatch):
        self.told = []
        real = hub.publish

        def publish(channels, changes):
            self.told.append((channels, changes))
            real(channels, changes)

        monkeypatch.setattr(hub, "publish", publish)

    def wait(self, wanted):
        """The first change that fits, in English."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for channel, changes in list(self.told):
                if wanted(channel, changes[Language.EN]):
                    return changes
            time.sleep(POLL_S)
        raise AssertionError(
            f"not told; told was {[(c, x[Language.EN].key or x[Language.EN].place) for c, x in self.told]}"
        )


def tile(console, point="south-gate-in", language=Language.EN):
    return next(t for t in console.board.view(language, Role.ADMIN).tiles if t.id == point)


def test_a_tap_becomes_a_line_and_changes_its_tile(lived, monkeypatch):
    ear = Eavesdropper(lived.house.console.hub, monkeypatch)
    number = lived.house.tap(lived.lost, Reason.LOST)
    line = ear.wait(lambda _, change: change.key == f"tap-{number}")
    assert line[Language.EN].mode == "prepend"
    assert line[Language.EN].place == "feed"
    assert "Refused" in line[Language.EN].html
    assert "Card was reported lost" in line[Language.EN].html
    assert "compare the person with the photo" in line[Language.EN].html
    assert "拒绝" in line[Language.ZH].html
    ear.wait(lambda channel, change: "guard" in channel and change.key == "tile-south-gate-in")
    assert tile(lived.house.console).last.granted is False


def test_the_page_shows_what_was_there_before_the_start(lived):
    """The board of a server that starts anew reads the data base."""
    from server.pages.live.board import Board
    from server.pages.live.hub import Hub

    board = Board(lived.house.transactions, Hub("b1"))
    board.start()
    view = board.view(Language.EN, Role.ADMIN)
    board.stop()
    assert [line.id for line in view.taps][:2] == [lived.refused + 1, lived.refused]
    assert {t.id: t.state for t in view.tiles} == {"south-gate-in": "online", "clinic": "online"}
    assert next(t for t in view.tiles if t.id == "south-gate-in").waiting == 93


def test_a_gateway_that_goes_away_is_seen_on_its_tiles(lived, monkeypatch):
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    box = house.community.box("g-1")
    with house.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(online=False))
    gone = ear.wait(lambda _, change: change.key == "tile-south-gate-in" and "Offline since" in change.html)
    assert "Offline since 08:00:00." in gone[Language.EN].html
    assert "93 events waiting." in gone[Language.EN].html
    assert "The door decides by itself." in gone[Language.EN].html
    ear.wait(lambda channel, change: "official" in channel and change.place == "gateways")


def test_an_older_tap_that_arrives_late_is_told_but_is_not_the_newest(lived, monkeypatch):
    house = lived.house
    house.tap(lived.active)
    house.seq += 50
    newest = house.tap(lived.lost, Reason.LOST)
    house.seq -= 40
    ear = Eavesdropper(house.console.hub, monkeypatch)
    older = house.tap(lived.active)
    ear.wait(lambda _, change: change.key == f"tap-{older}")
    assert house.console.board.view(Language.EN, Role.ADMIN).taps[0].id == older
    assert tile(house.console).last.granted is False
    assert newest < older


def test_a_waiver_appears_on_the_tile_when_the_policy_is_published(lived, monkeypatch):
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    with house.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, gate().model_copy(update={"uid_waived": True}))
        work.tell("policy", {"gateway": "g-1", "version": 2})
    ear.wait(lambda channel, change: "guard" in channel and change.place == "points")
    assert tile(house.console).waived
    assert "Waiver" in house.signed_in().get("/live/panel").text


def test_a_changed_card_pokes_the_pages_that_show_cards(lived, monkeypatch):
    ear = Eavesdropper(lived.house.console.hub, monkeypatch)
    with lived.house.transactions.work(ADMIN) as work:
        cards.change_state(work, lived.active, CardState.SUSPENDED, why="x")
    ear.wait(lambda channel, change: "clerk" in channel and change.place == "cards")


def test_a_receipt_fills_up_before_the_eyes_of_the_clerk_who_replaces_the_card(lived, monkeypatch):
    """What a gateway has applied is news for whoever may read cards, not only for who looks after gateways."""
    ear = Eavesdropper(lived.house.console.hub, monkeypatch)
    box = lived.house.community.box("g-1")
    with lived.house.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(at_ms=lived.house.community.now[0] + 1, rev_seq=1, policy_version=1))
    ear.wait(lambda channels, change: "clerk" in channels and change.place == "receipts")
    page = lived.house.signed_in(Role.CLERK).get(f"/cards/{lived.lost}").text
    assert 'hx-trigger="live:receipts from:body' in page
    assert 'href="/gateways/' not in page, "no way that would be refused"


def test_a_flood_becomes_one_refresh(lived, monkeypatch):
    """More facts than the queue holds: nothing is told one by one, the page asks for itself."""
    from server.pages.live import board as module

    house = lived.house
    board = house.console.board
    ear = Eavesdropper(house.console.hub, monkeypatch)
    settled = house.tap(lived.active)
    ear.wait(lambda _, change: change.key == f"tap-{settled}")
    board._overflowed.set()
    number = house.tap(lived.active)
    ear.wait(lambda channel, change: "guard" in channel and change.place == "points")
    assert board.view(Language.EN, Role.ADMIN).taps[0].id == number
    assert not any(changes[Language.EN].key == f"tap-{number}" for _, changes in ear.told)
    assert module.QUEUE_FACTS > module.ROUND_FACTS


def test_one_bad_fact_does_not_stop_the_board(lived, monkeypatch):
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    house.console.board._hear("gateway", {"nonsense": 1})
    number = house.tap(lived.active)
    ear.wait(lambda _, change: change.key == f"tap-{number}")


def test_a_round_that_fails_does_not_stop_the_board(lived, monkeypatch):
    house, failed = lived.house, threading.Event()
    ear, board = Eavesdropper(house.console.hub, monkeypatch), house.console.board
    real = board._apply

    def apply(facts):
        if failed.is_set():
            return real(facts)
        failed.set()
        raise ZeroDivisionError

    monkeypatch.setattr(board, "_apply", apply)
    house.tap(lived.active)
    assert failed.wait(WAIT_S)
    number = house.tap(lived.active)
    ear.wait(lambda _, change: change.key == f"tap-{number}")


def test_an_alarm_replaces_the_stack_and_leaves_when_it_is_acknowledged(lived, monkeypatch):
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    with house.transactions.work(SYSTEM) as work:
        new = alarms.sound(work, AlarmKind.FORGED, gateway_id="g-1")
    told = ear.wait(lambda channel, change: "guard" in channel and "A message was forged" in change.html)
    assert (told[Language.EN].mode, told[Language.EN].key) == ("replace", "alarms")
    assert "收到伪造消息" in told[Language.ZH].html
    with house.transactions.work(ADMIN) as work:
        alarms.acknowledge(work, new.id)
    ear.wait(lambda _, change: change.key == "alarms" and "A message was forged" not in change.html)
    assert house.console.board.view(Language.EN, Role.ADMIN).alarms.standing == 4


def test_memory_holds_the_newest_alarms_alone(lived, monkeypatch):
    from server.pages.live import board_state as module

    monkeypatch.setattr(module, "MAX_ALARMS", 3)
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    house.community.now[0] += 1
    with house.transactions.work(SYSTEM) as work:
        alarms.sound(work, AlarmKind.FORGED, gateway_id="g-1")
    ear.wait(lambda _, change: change.key == "alarms" and "A message was forged" in change.html)
    assert house.console.board.view(Language.EN, Role.ADMIN).alarms.standing == 3


def test_who_hears_of_a_tap_is_decided_by_place_and_role(lived, monkeypatch):
    """A tap at the clinic: the nurse hears who, the admin that somebody was there, the guard nothing."""
    house = lived.house
    ear = Eavesdropper(house.console.hub, monkeypatch)
    with house.transactions.read() as session:
        pseudonym = holders.get(session, lived.holder).pseudonym
    number = house.tap(lived.active, point="clinic", holder=pseudonym)
    ear.wait(lambda channels, change: change.key == f"tap-{number}" and "nurse" in channels)
    ear.wait(lambda channels, change: change.key == f"tap-{number}" and "admin" in channels)
    told = {channels: changes for channels, changes in ear.told if changes[Language.EN].key == f"tap-{number}"}
    assert not any("guard" in channels for channels in told)
    nurse = next(changes for channels, changes in told.items() if "nurse" in channels)[Language.EN].html
    admin = next(changes for channels, changes in told.items() if "admin" in channels)[Language.EN].html
    assert lived.holder not in admin
    assert "not shown to your role" in admin
    assert "not shown to your role" not in nurse
    assert "Who comes here is not shown to your role." in house.signed_in(Role.GUARD).get("/live").text


def test_facts_that_were_lost_between_programs_are_read_from_the_tables(lived, monkeypatch):
    house = lived.house
    with monkeypatch.context() as deaf:
        deaf.setattr(house.transactions.feed, "publish", lambda *_: None)
        number = house.tap(lived.active)
    ear = Eavesdropper(house.console.hub, monkeypatch)
    house.transactions.feed.publish("lost", {})
    ear.wait(lambda _, change: (change.mode, change.place) == ("poke", "points"))
    assert house.console.board.view(Language.EN, Role.ADMIN).taps[0].id == number
