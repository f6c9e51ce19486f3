"""A yard with a house in it and a muster point, and people who go in and out, told by gateways that may fall silent."""

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Direction, PointKind
from card_protocol.words.reason import Reason
from server.services.access import access, areas
from server.services.access.access import PointIn
from server.services.access.areas import AreaIn
from server.services.gateways import gateways
from server.services.people import holders
from server.services.people.holders import HolderIn
from server.services.work import SYSTEM
from server.tables import EventRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Box, Community

MINUTE_MS = 60_000
COLUMNS = {"kind", "point", "card_id", "holder", "reason", "wall_ms", "clock"}


def point(name: str, area: str, way: Direction, gateway: str, kind: PointKind = PointKind.GATE) -> PointIn:
    return PointIn(id=name, kind=kind, name_zh=name, name_en=name, area=area, direction=way, gateway_id=gateway)


POINTS = (
    point("yard-in", "yard", Direction.IN, "g-1"),
    point("yard-out", "yard", Direction.OUT, "g-2"),
    point("house-in", "house", Direction.IN, "g-1", PointKind.DOOR),
    point("lawn", "lawn", Direction.NONE, "g-1", PointKind.MUSTER),
)


class Place:
    """The place; `tap` journals what a gateway saw, `say` is what a gateway says of itself."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.boxes = {name: community.box(name) for name in ("g-1", "g-2")}
        self.people: dict[str, str] = {}
        self._seq = 0
        with community.transactions.work(ADMIN) as work:
            areas.set_area(work, AreaIn(id="yard", name_zh="院子", name_en="Yard", capacity=2))
            for one in POINTS:
                access.set_point(work, COMMUNITY, one)
        for name in self.boxes:
            self.say(name)

    def say(self, name: str, *, online: bool = True, head_seq: int = 0) -> None:
        box: Box = self.boxes[name]
        with self.community.transactions.work(SYSTEM) as work:
            state = box.state(online=online, head_seq=head_seq, at_ms=self.community.now[0])
            gateways.note_state(work, state)

    def moves_in(self, name: str) -> str:
        """Somebody; their pseudonym."""
        with self.community.transactions.work(ADMIN) as work:
            made = holders.add(work, COMMUNITY, HolderIn(name=name, house="3-1-502"))
            self.people[name] = holders.get(work.session, made.id).pseudonym
        return self.people[name]

    def tap(self, name: str, point_id: str, minute: int, reason: Reason = Reason.GRANTED) -> None:
        """At a minute after NOW; told in the order of the calls."""
        self._seq += 1
        holder = self.people.get(name) or self.moves_in(name)
        event = Event(
            kind=EventKind.TAP,
            wall_ms=NOW_MS + minute * MINUTE_MS,
            mono_ns=self._seq,
            boot="b1",
            clock=ClockQuality.NTP,
            point=point_id,
            holder=holder,
            reason=reason,
            policy_version=1,
        )
        gateway = next(one.gateway_id for one in POINTS if one.id == point_id)
        row = EventRow(
            gateway_id=gateway or "",
            epoch="00000000000000e1",
            seq=self._seq,
            body=event.to_bytes(),
            hash=bytes(32),
            received_ms=self.community.now[0],
            **event.model_dump(mode="json", include=COLUMNS),
        )
        with self.community.transactions.work(SYSTEM) as work:
            work.session.add(row)
