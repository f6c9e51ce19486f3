"""The community's key versions: raised one at a time, lived with side by side, the older one retired (design § 4).

    raise    doors get n + 1 beside n; cards get n + 1 as soon as every gateway holds it (or at once, if so ordered)
    …        each card is brought to n + 1 when it is renewed, at a desk or at an online point
    retire   doors keep n + 1 alone; a card that still has n is refused with `key_version`, a desk brings it up to date

Policies name the versions in force; a gateway that holds older ones fetches new bundles, and says in its State what
it holds.
"""

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services import audit
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import CardRow, GatewayRow, KeyVersionsRow

KEY_LEASE_MS = 90 * DAY_MS
"""How long a gateway may use its keys without hearing from us; renewed when half of it is over."""

VERSION_MAX = 255
MAY_PASS = (CardState.ISSUED, CardState.ACTIVE, CardState.SUSPENDED, CardState.LOST)
"""Cards that pass a door, or may again."""


class KeyVersions(BaseModel):
    """Doors accept `oldest` to `newest`: one version, or two while cards are changed over."""

    oldest: int = 1
    newest: int = 1
    at_once: bool = False
    """Whether cards got the newest without waiting for every gateway."""

    @property
    def accepted(self) -> tuple[int, ...]:
        """The versions that doors accept, rising."""
        return tuple(range(self.oldest, self.newest + 1))


class HeldKeys(BaseModel):
    """What a gateway said that its points accept; zeros from one that has not said."""

    gateway: str
    oldest: int
    newest: int
    until_ms: int
    online: bool


class KeysView(BaseModel):
    """Where a key change stands. `cards` counts those that pass a door, or may again, by key version."""

    versions: KeyVersions
    for_cards: int
    """The version that new and renewed cards get."""
    cards: dict[int, int]
    gateways: list[HeldKeys]

    @property
    def old_cards(self) -> int:
        """Cards that a door refuses once the older version is retired."""
        return sum(count for version, count in self.cards.items() if version < self.versions.newest)

    @property
    def waiting_for(self) -> list[str]:
        """Gateways that do not hold exactly what they should."""
        wanted = (self.versions.oldest, self.versions.newest)
        return [one.gateway for one in self.gateways if (one.oldest, one.newest) != wanted]


def current(session: Session, community: str) -> KeyVersions:
    """The versions in force."""
    row = session.get(KeyVersionsRow, community)
    return KeyVersions() if row is None else KeyVersions(oldest=row.oldest, newest=row.newest, at_once=row.at_once)


def for_cards(session: Session, community: str) -> int:
    """The version that new and renewed cards get: a door that lacks it would refuse them."""
    versions = current(session, community)
    if versions.oldest == versions.newest or versions.at_once:
        return versions.newest
    lacking = _taking_part().where(col(GatewayRow.keys_newest) < versions.newest).limit(1)
    return versions.newest if session.exec(lacking).first() is None else versions.oldest


def view(session: Session, community: str) -> KeysView:
    """Where a key change stands."""
    counted = select(CardRow.key_version, func.count()).where(col(CardRow.state).in_(MAY_PASS))
    held = [_held_by(row) for row in session.exec(_taking_part().order_by(GatewayRow.id))]
    return KeysView(
        versions=current(session, community),
        for_cards=for_cards(session, community),
        cards=dict(session.exec(counted.group_by(col(CardRow.key_version))).all()),
        gateways=held,
    )


def raise_version(work: Work, community: str, *, at_once: bool = False, why: str = "") -> KeysView:
    """Begin with the next version. Problem WRONG_STATE while two live, and after the last number."""
    before = current(work.session, community)
    if before.oldest != before.newest:
        problem = f"Versions {before.oldest} and {before.newest} are both in use: retire {before.oldest} first."
        raise Problem(Code.WRONG_STATE, problem)
    if before.newest == VERSION_MAX:
        raise Problem(Code.WRONG_STATE, f"{VERSION_MAX} is the last key version that a card can hold.")
    after = KeyVersions(oldest=before.newest, newest=before.newest + 1, at_once=at_once)
    return _change(work, community, "keys.raise", before, after, why)


def retire(work: Work, community: str, *, force: bool = False, why: str = "") -> KeysView:
    """End the older version. Problem WRONG_STATE when there is none, and without `force` while cards still need it."""
    before = current(work.session, community)
    if before.oldest == before.newest:
        raise Problem(Code.WRONG_STATE, f"Version {before.newest} is the only one in use.")
    left = view(work.session, community).old_cards
    if left and not force:
        raise Problem(Code.WRONG_STATE, f"{left} cards still have version {before.oldest}: doors would refuse them.")
    return _change(work, community, "keys.retire", before, KeyVersions(oldest=before.newest, newest=before.newest), why)


def _held_by(row: GatewayRow) -> HeldKeys:
    span = {"oldest": row.keys_oldest, "newest": row.keys_newest, "until_ms": row.keys_until_ms}
    return HeldKeys(gateway=row.id, online=row.online, **span)


def _taking_part() -> SelectOfScalar[GatewayRow]:
    statement = select(GatewayRow).where(col(GatewayRow.signing_key).is_not(None))
    return statement.where(col(GatewayRow.revoked_ms).is_(None))


def _change(work: Work, community: str, action: str, before: KeyVersions, after: KeyVersions, why: str) -> KeysView:
    row = work.session.get(KeyVersionsRow, community, with_for_update=True)
    if row is None:
        row = KeyVersionsRow(community=community, oldest=1, newest=1, changed_ms=0)
    row.oldest, row.newest, row.at_once, row.changed_ms = after.oldest, after.newest, after.at_once, work.now_ms
    work.session.add(row)
    work.session.flush()
    audit.record(work, action, f"community:{community}", before=before.model_dump(), after=after.model_dump(), why=why)
    return view(work.session, community)
