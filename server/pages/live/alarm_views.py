"""Alarms in words: alike ones are one entry with a count, the most urgent first."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from card_protocol.words.event import EventKind
from server.pages import marks
from server.pages.i18n import N_, Language, translator, when
from server.pages.live.live_views import point_name
from server.pages.words import EVENT_KINDS, guard_sentence
from server.services.access.access import PointIn
from server.services.events.alarms import AT_ONCE, AlarmKind, AlarmView

SHOWN_GROUPS = 12
"""More would not be read; their number is told."""

GROUP_MAX_IDS = AT_ONCE


class Urgency(IntEnum):
    """How soon somebody has to do something."""

    NOW = 3
    SOON = 2
    LATER = 1


URGENCY_WORDS: dict[Urgency, tuple[str, str, str]] = {
    Urgency.NOW: ("bad", "bell-ringing", N_("Act now")),
    Urgency.SOON: ("warn", "bell", N_("Act soon")),
    Urgency.LATER: ("quiet", "info-circle", N_("Tell the administrator")),
}
"""Urgency -> (colour, symbol, word)."""


@dataclass(frozen=True)
class Meaning:
    """What an alarm is called, how urgent it is, and what the guard does."""

    title: str
    urgency: Urgency
    procedure: str = ""
    """Empty for what card_protocol.words.sentences tells."""


MEANINGS: dict[str, Meaning] = {
    AlarmKind.DURESS: Meaning(
        N_("Somebody is being forced"),
        Urgency.NOW,
        N_(
            "Call the police. Do not go there alone and do not call the point: nobody there may notice that you know. "
            "The door opened as always."
        ),
    ),
    AlarmKind.REVOKED_TAP: Meaning(
        N_("A card that was taken out of use was tried"),
        Urgency.NOW,
        N_("Look at who holds it, compare with the holder, and take the card in if you can do so safely."),
    ),
    AlarmKind.OFFLINE: Meaning(
        N_("A gateway is offline"),
        Urgency.SOON,
        N_("Its doors decide by themselves and nothing is lost. Check its power and its network cable."),
    ),
    AlarmKind.CERTIFICATE: Meaning(
        N_("A gateway's certificate runs out"),
        Urgency.LATER,
        N_("It should have renewed it by itself weeks ago. Is it online? Else it can report nothing any more soon."),
    ),
    AlarmKind.FORGED: Meaning(
        N_("A message was forged"),
        Urgency.SOON,
        N_("Somebody or something speaks in a gateway's name. It was refused; forward this to the administrator."),
    ),
    AlarmKind.FORK: Meaning(
        N_("A gateway's record was written twice"),
        Urgency.SOON,
        N_("One of two records is not the true one; both are kept. Forward this to the administrator."),
    ),
    AlarmKind.CARD_GAP: Meaning(
        N_("A card was written to by somebody unknown"),
        Urgency.SOON,
        N_("Its counter shows transactions that no point of ours reported. Forward this to the administrator."),
    ),
    AlarmKind.COUNTER_BACK: Meaning(
        N_("A card counts backwards"),
        Urgency.SOON,
        N_("There may be two cards that pass for one. Have the card shown at the desk and replaced."),
    ),
    AlarmKind.DEAD_LETTER: Meaning(
        N_("An event could not be read"),
        Urgency.LATER,
        N_("It is kept as it came, and everything else goes on. Forward this to the administrator."),
    ),
}
"""Alarm kind -> its meaning; what a gateway reported is told by its event's kind."""

EVENT_URGENCY: dict[str, Urgency] = {
    "reader_lost": Urgency.NOW,
    "lock_lost": Urgency.NOW,
    "door_forced": Urgency.NOW,
    "door_tampered": Urgency.NOW,
    "tap": Urgency.NOW,
    "journal_damaged": Urgency.LATER,
    "gap": Urgency.LATER,
    "commit_late": Urgency.LATER,
}
"""Kind of a reported event -> urgency; what is not here is wanted soon."""


@dataclass(frozen=True)
class AlarmGroup:
    """Alike alarms: of one kind, at one place, of one card."""

    key: str
    urgency: Urgency
    tone: str
    icon: str
    urgency_word: str
    title: str
    procedure: str
    where: str
    card_id: str | None
    count: int
    first: str
    last: str
    age_ms: int
    """Of the newest."""
    ids: list[str]
    forwarded_by: str | None


@dataclass(frozen=True)
class AlarmStack:
    """What stands on the guard's page."""

    groups: list[AlarmGroup]
    hidden: int
    """Groups that are not shown."""
    standing: int
    now_alarms: int
    """Alarms that somebody must act on now: these sound."""
    incidents: bool = True
    """Whether the reader may make incidents of them."""


def meaning_of(alarm: AlarmView) -> Meaning:
    """An alarm that a newer gateway knows and we do not is shown all the same."""
    if alarm.kind is not AlarmKind.GATEWAY:
        return MEANINGS[alarm.kind]
    event = str(alarm.detail.get("event", ""))
    return Meaning(EVENT_KINDS.get(event, N_("A gateway raised an alarm")), EVENT_URGENCY.get(event, Urgency.SOON))


def stack(
    alarms: Iterable[AlarmView],
    points: Mapping[str, PointIn],
    places: Mapping[str, str],
    language: Language,
    now_ms: int,
    *,
    card_links: bool = True,
) -> AlarmStack:
    """Standing alarms, grouped, the most urgent and newest first.

    `places`: gateway -> where it stands; `card_links`: whether the reader may open a card's page, and
    make an incident of it.
    """
    alike: defaultdict[str, list[AlarmView]] = defaultdict(list)
    for alarm in alarms:
        alike[group_key(alarm)].append(alarm)
    newest_first = [sorted(members, key=lambda alarm: alarm.id, reverse=True) for members in alike.values()]
    groups = [_group(members, points, places, language, now_ms) for members in newest_first]
    if not card_links:
        groups = [replace(group, card_id=None) for group in groups]
    groups.sort(key=lambda group: (group.urgency, -group.age_ms), reverse=True)
    return AlarmStack(
        groups=groups[:SHOWN_GROUPS],
        hidden=max(len(groups) - SHOWN_GROUPS, 0),
        standing=sum(group.count for group in groups),
        now_alarms=sum(group.count for group in groups if group.urgency is Urgency.NOW),
        incidents=card_links,
    )


def group_key(alarm: AlarmView) -> str:
    """A name for everything that makes two alarms alike."""
    parts = (alarm.kind.value, alarm.detail.get("event"), alarm.gateway_id, alarm.point, alarm.card_id)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _group(
    members: list[AlarmView],
    points: Mapping[str, PointIn],
    places: Mapping[str, str],
    language: Language,
    now_ms: int,
) -> AlarmGroup:
    newest, oldest = members[0], members[-1]
    meaning = meaning_of(newest)
    say = translator(language)
    tone, icon, word = URGENCY_WORDS[meaning.urgency]
    return AlarmGroup(
        key=group_key(newest),
        urgency=meaning.urgency,
        tone=tone,
        icon=icon,
        urgency_word=say(word),
        title=say(meaning.title),
        procedure=say(meaning.procedure) if meaning.procedure else _told(newest, language),
        where=_where(newest, points, places, language),
        card_id=newest.card_id,
        count=len(members),
        first=when(oldest.at_ms, now_ms),
        last=when(newest.at_ms, now_ms),
        age_ms=max(now_ms - newest.at_ms, 0),
        ids=[alarm.id for alarm in members[:GROUP_MAX_IDS]],
        forwarded_by=next((marks.who(a.forwarded_by, language) for a in members if a.forwarded_by), None),
    )


def _told(alarm: AlarmView, language: Language) -> str:
    event = str(alarm.detail.get("event", ""))
    return guard_sentence(EventKind(event), language) if event in set(EventKind) else ""


def _where(alarm: AlarmView, points: Mapping[str, PointIn], places: Mapping[str, str], language: Language) -> str:
    point = points.get(alarm.point or "")
    if point is not None:
        return point_name(point, language)
    return places.get(alarm.gateway_id or "") or alarm.gateway_id or ""
