"""Bringing the keys of a renewed card to the version that cards get now (services.keys.key_versions)."""

from card_protocol.channel.converse import Conversation
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.roll_keys import Rolled, roll_keys
from server.services import audit
from server.services.cards import cards
from server.services.desk import at_desk
from server.services.house import House
from server.services.keys import key_versions
from server.services.work import Actor


def wanted(house: House, card_id: str, on_card: int) -> int | None:
    """The version to bring a card to, whose door key has version `on_card`; None when there is nothing to do.

    A card never goes back: after an older data base was restored it may be ahead of us.
    """
    with house.transactions.read() as session:
        newest = key_versions.for_cards(session, house.community)
        known = cards.row_of(session, card_id).key_version
    return newest if min(on_card, known) < newest and on_card <= newest else None


def conversation(house: House, uid: bytes, version: int) -> Conversation[Rolled | CardRefusal]:
    """The conversation with the card; it may be run again until it is `Rolled`."""
    return roll_keys(uid, at_desk.issuer_keys_of(house, version), house.transactions.entropy)


def record(house: House, actor: Actor, card_id: str, version: int) -> None:
    """The card has the keys of `version`."""
    with house.transactions.work(actor) as work:
        row = cards.row_of(work.session, card_id, lock=True)
        before, row.key_version = row.key_version, version
        work.session.add(row)
        after = {"number": row.number, "key_version": version}
        audit.record(work, "card.rekey", f"card:{card_id}", before={"key_version": before}, after=after)
