"""The two things that happen on this day beside the taps: the broker is gone for a while, and a card is revoked."""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import PlayedDay
from card_protocol.words.reason import Reason
from onecard.demo.community import SOUTH_IN
from onecard.demo.day import Manner
from onecard.demo.report import journal_facts, server_facts
from onecard.demo.stage import Say, Stage, real_ms

REVOKED_RESIDENT = 4
REFUSAL_TIMEOUT_S = 60.0
RESYNC_TIMEOUT_S = 60.0
POLL_S = 0.1


@dataclass(frozen=True)
class Outage:
    """When the stage was dark [played wall ms], and how long the backlog took afterwards [real s]."""

    wall_ms: tuple[int, int]
    resync_s: float | None


def cut_the_line(stage: Stage, day: PlayedDay, seconds: float, over: threading.Event, say: Say) -> Outage:
    """Kill the broker, wait, bring it back with an empty memory, and wait until the server has everything."""
    began = day.wall_ms(real_ms())
    stage.cut_broker()
    say(f"The broker is gone for {seconds:.0f} s. The doors go on.", f"消息服务器中断 {seconds:.0f} 秒，门照常开。")
    over.wait(seconds)
    ended = day.wall_ms(real_ms())
    stage.restore_broker()
    backlog = {(fact.epoch, fact.seq) for fact in journal_facts(stage.folder.box)}
    resync_s = _seconds_until(lambda: backlog <= _arrived(stage), RESYNC_TIMEOUT_S)
    if resync_s is None:
        say("The line is back, but something is still missing.", "线路已恢复，但数据尚未补齐！")
    else:
        say(f"The line is back; everything arrived after {resync_s:.2f} s.", f"线路恢复，{resync_s:.2f} 秒后数据补齐。")
    return Outage((began, ended), resync_s)


def revoke_and_tap(stage: Stage, name: str, say: Say) -> float | None:
    """Revoke a card through the API, then hold it to the south gate until it is refused; real seconds, or None."""
    assert stage.console is not None
    card_id = stage.cards[REVOKED_RESIDENT]
    before = _revoked_taps(stage, card_id)
    say(f"The card of {name} is revoked, and tapped at the south gate.", f"注销{name}的卡，并在南门刷卡。")
    stage.console.take_step(card_id, "revoke", "the demo / 演示")
    began = time.monotonic()
    while time.monotonic() - began < REFUSAL_TIMEOUT_S:
        stage.people.tap(REVOKED_RESIDENT, SOUTH_IN.id, Manner.CALM)
        if _revoked_taps(stage, card_id) > before:
            seconds = time.monotonic() - began
            say(f"Refused after {seconds:.2f} s.", f"{seconds:.2f} 秒后被拒绝。")
            return seconds
    say("It was NOT refused.", "注销的卡未被拒绝！")
    return None


def wait_for_sync(stage: Stage) -> bool:
    """Wait until the server has every event that the journal has."""

    def whole() -> bool:
        return {(fact.epoch, fact.seq) for fact in journal_facts(stage.folder.box)} <= _arrived(stage)

    return _seconds_until(whole, RESYNC_TIMEOUT_S) is not None


def _arrived(stage: Stage) -> set[tuple[str, int]]:
    return {(fact.epoch, fact.seq) for fact in server_facts(stage.folder.database)}


def _revoked_taps(stage: Stage, card_id: str) -> int:
    """Refusals of the card that stand in the journal."""
    events = (Event.from_bytes(fact.body) for fact in journal_facts(stage.folder.box))
    refused = {Reason.REVOKED}
    return sum(1 for e in events if e.kind is EventKind.TAP and e.card_id == card_id and e.reason in refused)


def _seconds_until(done: Callable[[], bool], timeout_s: float) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < timeout_s:
        try:
            if done():
                return time.monotonic() - began
        except sqlite3.OperationalError:
            pass  # locked for a moment by its owner; the next look will tell
        time.sleep(POLL_S)
    return None
