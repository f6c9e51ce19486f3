"""Key change n → n + 1 of one card, as a whole set per application, at a desk or any online point.

    card level        ChangeKey of the card master key
    each application  authenticate with its master key (n) · InitializeKeySet · ChangeKeyEV2 for every key ·
                      FinalizeKeySet · RollKeySet

The roll is one command: an application has its old keys or its new ones, never some of each, and doors accept both
versions meanwhile. It resumes: an application whose master key has the new version is done, any other begins its
spare set anew. The access application comes last, so that a card whose door key has the new version is done.
Transaction MAC keys live as long as their files and are not changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.card_keys import (
    CARD_MASTER_KEY,
    change_key,
    change_key_in_set,
    finalize_key_set,
    initialize_key_set,
    roll_key_set,
)
from card_protocol.channel.converse import Conversation
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.layout import ACCESS, CARD_AID, CARD_MASTER, LAYOUT, Application
from card_protocol.profiles.refusal import CardRefusal, refusing

_SPARE_SET: Final = 1


@dataclass(frozen=True, slots=True)
class Rolled:
    """The card has the keys of `version`; `applications` says which were changed by this run."""

    version: int
    applications: tuple[str, ...]


def roll_keys(
    uid: bytes, keys: IssuerKeys, random: Random, *, applications: Sequence[Application] = LAYOUT
) -> Conversation[Rolled | CardRefusal]:
    """Bring the keys of the card `uid` to `keys.version`."""
    return (yield from refusing(_roll_keys(uid, keys, random, applications)))


def _roll_keys(
    uid: bytes, keys: IssuerKeys, random: Random, applications: Sequence[Application]
) -> Conversation[Rolled | CardRefusal]:
    yield from select_application(CARD_AID)
    session, version = yield from open_slot(CARD_AID, CARD_MASTER, uid, keys, random)
    if version != keys.version:
        yield from change_key(session, CARD_MASTER_KEY, keys.fresh(CARD_MASTER, CARD_AID, uid))
    rolled = []
    for application in sorted(applications, key=lambda one: one is ACCESS):
        if (yield from _roll_application(application, uid, keys, random)):
            rolled.append(application.name)
    return Rolled(keys.version, tuple(rolled))


def _roll_application(application: Application, uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[bool]:
    yield from select_application(application.aid)
    session, version = yield from open_slot(application.aid, application.keys[0], uid, keys, random)
    if version == keys.version:
        return False
    yield from initialize_key_set(session, _SPARE_SET)
    for slot in application.keys:
        old = keys.on_card(slot, application.aid, uid, version)
        new = keys.fresh(slot, application.aid, uid)
        yield from change_key_in_set(session, _SPARE_SET, slot.number, new, old)
    yield from finalize_key_set(session, _SPARE_SET, keys.version)
    yield from roll_key_set(session, _SPARE_SET)
    return True
