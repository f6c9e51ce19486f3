"""Inspecting the card on a desk's reader: what it is, what is on it, who could read it. Nothing is changed on it."""

import asyncio

from pydantic import BaseModel

from card_protocol.profiles.grant_file import check_grant
from card_protocol.profiles.inspect_card import AccessFinding, ApplicationFinding, Inspection, inspect_card, readable_by
from card_protocol.profiles.layout import Holder
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.revocation_delta import check_delta
from server.services import audit
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk import at_desk
from server.services.desk.at_desk import DeskJob
from server.services.house import House
from server.services.work import Actor


class ApplicationView(BaseModel):
    """One application of the layout on this card."""

    name: str
    present: bool
    key_versions: dict[str, int]
    records: dict[str, int]
    deviations: list[str]
    """Files that are missing or not as the layout says."""


class RightsView(BaseModel):
    """The access files. A cause (`grant_expired` is none: time is the decider's) says why a file does not count."""

    card_id: str | None
    revocation_version: int | None
    grant_serial: int | None
    grant_to_ms: int | None
    grant_problem: str | None
    revocations_upto: int | None
    revocations: list[str]
    revocations_problem: str | None
    transactions: int


class InspectionView(BaseModel):
    """What was found; `readable_by` says which files each role could read on any card of ours."""

    uid: str
    condition: str
    generation: int
    storage_bytes: int
    free_bytes: int
    card_key_version: int
    unknown_applications: list[str]
    applications: list[ApplicationView]
    rights: RightsView | None
    readable_by: dict[str, list[str]]
    card: CardView | None
    """What the data base says of it."""


async def inspect_on_desk(house: House, actor: Actor, request: DeskJob) -> InspectionView:
    """Look at the card that is put on the desk's reader.

    Problem: DESK_AWAY, DESK_BUSY, NO_CARD, CARD_UNKNOWN, CARD_AWAY, CARD_FAULT.
    """
    async with at_desk.claimed(house, request.desk) as desk:
        uid = await at_desk.any_card(desk, request.wait_ms)
        keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
        outcome = await at_desk.converse_with(
            desk, uid, request.wait_ms, lambda: inspect_card(bytes.fromhex(uid), keys, random)
        )
        if isinstance(outcome, CardRefusal):
            raise at_desk.problem_of(outcome)
        card = await asyncio.to_thread(_record, house, actor, uid)
        return view_of(house, outcome, card)


def view_of(house: House, found: Inspection, card: CardView | None) -> InspectionView:
    """An inspection in the words of a screen."""
    return InspectionView(
        uid=found.uid.hex().upper(),
        condition=found.condition,
        generation=found.version.generation,
        storage_bytes=found.version.storage_bytes,
        free_bytes=found.free_bytes,
        card_key_version=found.card_key_version,
        unknown_applications=list(found.unknown_applications),
        applications=[_application(finding) for finding in found.applications],
        rights=_rights(house, found.uid, found.access) if found.access else None,
        readable_by=readable_by_role(),
        card=card,
    )


def readable_by_role() -> dict[str, list[str]]:
    """Role → `application/file` of what it could read, from the layout."""
    return {holder.value: [f"{app}/{file}" for app, file in readable_by(holder)] for holder in Holder}


def _application(finding: ApplicationFinding) -> ApplicationView:
    return ApplicationView(
        name=finding.name,
        present=finding.present,
        key_versions=dict(finding.key_versions),
        records=dict(finding.records),
        deviations=list(finding.deviations),
    )


def _rights(house: House, uid: bytes, access: AccessFinding) -> RightsView:
    verify = house.keystore.grants.verifier.verify
    header = access.header
    grant = check_grant(access.grant, uid, header, verify) if header else None
    delta = check_delta(access.revocations, house.community, verify)
    good_grant = None if isinstance(grant, CardRefusal) else grant
    good_delta = None if isinstance(delta, CardRefusal) else delta
    return RightsView(
        card_id=header.card_id if header else None,
        revocation_version=header.revocation_version if header else None,
        grant_serial=good_grant.serial if good_grant else None,
        grant_to_ms=good_grant.valid_to_ms if good_grant else None,
        grant_problem=grant.cause.value if isinstance(grant, CardRefusal) else None,
        revocations_upto=good_delta.upto if good_delta else None,
        revocations=[entry.card_id for entry in good_delta.entries] if good_delta else [],
        revocations_problem=delta.cause.value if isinstance(delta, CardRefusal) else None,
        transactions=access.mark.counter,
    )


def _record(house: House, actor: Actor, uid: str) -> CardView | None:
    with house.transactions.work(actor) as work:
        row = cards.of_uid(work.session, uid)
        audit.record(work, "card.inspect", f"card:{row.id}" if row else f"uid:{uid}")
        return cards.view_of(work.session, row) if row else None
