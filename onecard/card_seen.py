"""What can be said of a card on a reader: its number, whether it looks like ours, and with keys whether it is."""

from collections.abc import Callable
from enum import StrEnum

from pydantic import BaseModel

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import converse
from card_protocol.profiles.card_keys import DoorKeys
from card_protocol.profiles.glance import glance
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import read_card
from edge.ports.reader import CardInField, CardKind
from onecard.language import say

AWAY = frozenset({Cause.PULLED_AWAY, Cause.SILENT})


class What(StrEnum):
    """Which kind of card it is, as far as one can see."""

    UID = "uid"
    """A number that anyone can copy: MIFARE Classic, a bank card, a phone."""
    FOREIGN = "foreign"
    """A card of our kind without our application: blank, or another issuer's."""
    LIKE_OURS = "like_ours"
    """It has our application; without keys nobody knows more."""
    OURS = "ours"
    """It proved itself with the keys of this community."""
    NOT_GENUINE = "not_genuine"
    """It has our application and could not prove itself, or belongs elsewhere."""


class Seen(BaseModel):
    """One card. `card_id` only of a card that proved itself; `why` is the cause when it did not."""

    uid: str
    what: What
    generation: int | None = None
    key_version: int | None = None
    card_id: str | None = None
    why: str | None = None


def see(card: CardInField, keys: DoorKeys | None, random: Random) -> Seen | None:
    """Look at a card; None when it left meanwhile. EquipmentFault when the reader fails."""
    if card.kind is CardKind.UID_ONLY:
        return Seen(uid=card.uid, what=What.UID)
    found = converse(glance(), card.transmit)
    if isinstance(found, CardRefusal):
        return None if found.cause in AWAY else Seen(uid=card.uid, what=What.UID)
    what = What.LIKE_OURS if found.is_like_ours else What.FOREIGN
    seen = Seen(uid=card.uid, what=what, generation=found.version.generation, key_version=found.key_version)
    return seen if keys is None or not found.is_like_ours else _prove(seen, card, keys, random)


def _prove(seen: Seen, card: CardInField, keys: DoorKeys, random: Random) -> Seen | None:
    reading = converse(read_card(bytes.fromhex(seen.uid), keys, random), card.transmit)
    if not isinstance(reading, CardRefusal):
        proven = {"what": What.OURS, "card_id": reading.header.card_id, "uid": reading.uid.hex().upper()}
        return seen.model_copy(update=proven)
    if reading.cause in AWAY:
        return None
    return seen.model_copy(update={"what": What.NOT_GENUINE, "why": reading.cause.value})


def sentence(seen: Seen) -> str:
    """For the person at the terminal."""
    return f"{seen.uid}  {_SENTENCES[seen.what]()}"


_SENTENCES: dict[What, Callable[[], str]] = {
    What.UID: lambda: say(
        "another kind of card: only its number can be read (uid), and anyone can copy that",
        "其他类型的卡：只能读到卡号（uid），任何人都能复制",
    ),
    What.FOREIGN: lambda: say("a blank card, or one of another issuer", "空白卡或其他机构的卡"),
    What.LIKE_OURS: lambda: say(
        "looks like a card of ours; with --config it can prove it", "像是一卡通的卡；加上 --config 可验证真伪"
    ),
    What.OURS: lambda: say("a genuine card of this community", "本社区的真卡"),
    What.NOT_GENUINE: lambda: say(
        "has our application but did not prove that it is a card of this community",
        "带有一卡通应用，但未能证明是本社区的卡",
    ),
}
