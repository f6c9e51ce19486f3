"""The policy of a community with one gate, in memory."""

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.words.card import CardState
from card_protocol.words.point import Direction, Point, PointKind
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import always
from tests.edge.issued import COMMUNITY
from tests.edge.words import CARD_ID, GATE, HOLDER, UID

FAR_MS = 2**42


def gate(**changes: object) -> Point:
    point = Point(
        id=GATE, kind=PointKind.GATE, name_zh="南门", name_en="South gate", area="community", direction=Direction.IN
    )
    return point.model_copy(update=changes)


def entry(state: CardState = CardState.ACTIVE, **changes: object) -> CardEntry:
    card = CardEntry(
        card_id=CARD_ID, uid=UID, holder=HOLDER, state=state, valid_from_ms=0, valid_to_ms=FAR_MS, levels=("resident",)
    )
    return card.model_copy(update=changes)


def book(*cards: CardEntry, point: Point | None = None, revocations: tuple[Revocation, ...] = ()) -> MemoryBook:
    """A gate that is always open to residents."""
    cards = cards or (entry(),)
    level = AccessLevel(
        id="resident", number=1, name_zh="居民", name_en="Resident", points=frozenset({GATE}), schedule="always"
    )
    head = PolicyHead(
        version=3,
        community=COMMUNITY,
        issued_ms=0,
        expires_ms=FAR_MS,
        rev_seq=0,
        points=(point or gate(),),
        levels=(level,),
        schedules=(always("always"),),
        cards=len(cards),
    )
    return MemoryBook(head, cards, revocations)
