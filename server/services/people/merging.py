"""Two entries that are one person become one: cards, consents and past come along; what happened is not rewritten."""

from typing import Final

from sqlalchemy import update
from sqlmodel import col, select

from server.services import audit
from server.services.people import finding, holders, households, watching
from server.services.people.cells import TAGS_MAX
from server.services.people.holders import HolderView
from server.services.policies import card_entries
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.work import Work
from server.tables import (
    AttendanceRow,
    CardRow,
    CareAbsenceRow,
    CareCaseRow,
    CareWatchRow,
    ClinicRecallRow,
    ClinicTicketRow,
    ConsentRow,
    HolderAliasRow,
    HolderPhotoRow,
    HolderRow,
    IncidentRow,
    PartyMemberRow,
    PassRow,
    PrivacyRequestRow,
    PurseEntryRow,
    SubsidyRow,
    VisitorPassRow,
)

COME_ALONG: Final = (
    ConsentRow, HolderAliasRow, CareAbsenceRow, CareCaseRow, ClinicRecallRow, ClinicTicketRow, IncidentRow, PassRow,
    PrivacyRequestRow, PurseEntryRow, SubsidyRow, VisitorPassRow,
)  # fmt: skip
"""Of these a person may have any number."""

ONE_EACH: Final = (PartyMemberRow, CareWatchRow)
"""Of these a person has one; that of the entry that stays wins."""


def merge(work: Work, kept_id: str, other_id: str, *, why: str) -> HolderView:
    """Make one of two; `kept_id` keeps its name and house. Problem INVALID, NOT_FOUND."""
    if kept_id == other_id:
        raise Problem(Code.INVALID, "These are the same entry already.")
    kept, other = holders.row_of(work.session, kept_id), holders.row_of(work.session, other_id)
    if kept.id_mark and other.id_mark and kept.id_mark != other.id_mark:
        raise Problem(Code.INVALID, "They have different identity numbers.", fields={"other": "another number"})
    before = {"kept": _said(kept), "other": _said(other)}
    for card in work.session.exec(select(CardRow).where(CardRow.holder_id == other_id)):
        card.holder_id, card.changed_ms = kept_id, work.now_ms
        card_entries.mark(work, card)
    _come_along(work, kept_id, other_id)
    _photo(work, kept_id, other_id)
    if not watching.of(work.session, kept_id):
        watching.put(work, kept_id, watching.of(work.session, other_id))
    work.session.add(
        HolderAliasRow(pseudonym=other.pseudonym, holder_id=kept_id, old_id=other_id, merged_ms=work.now_ms)
    )
    kept.house = kept.house or other.house
    kept.phone_tail = kept.phone_tail or other.phone_tail
    kept.id_mark = kept.id_mark or other.id_mark
    kept.tags = list(dict.fromkeys([*kept.tags, *other.tags]))[:TAGS_MAX]
    kept.changed_ms = work.now_ms
    kept.moved_ms = kept.moved_ms if other.moved_ms else None
    work.session.add(kept)
    other.house = ""
    work.session.flush()
    households.settle(work, [other])  # a household that they were alone in ends
    work.session.delete(other)
    work.session.flush()
    finding.index(work.session, kept)
    households.settle(work, [kept])
    audit.record(work, "holder.merge", f"holder:{kept_id}", before=before, after=_said(kept), why=why)
    work.wish(Wish.PUBLISH)
    return holders.view_of(kept)


def _come_along(work: Work, kept_id: str, other_id: str) -> None:
    move = {"holder_id": kept_id}
    for many in COME_ALONG:
        work.session.execute(update(many).where(col(many.holder_id) == other_id).values(move))
    for single in ONE_EACH:
        if work.session.get(single, kept_id) is None:
            work.session.execute(update(single).where(col(single.holder_id) == other_id).values(move))
    # Invited twice, they were there once: what is known of the entry that stays wins.
    known = select(AttendanceRow.number).where(AttendanceRow.holder_id == kept_id)
    attended = update(AttendanceRow).where(col(AttendanceRow.holder_id) == other_id)
    work.session.execute(attended.where(col(AttendanceRow.number).not_in(known)).values(move))


def _photo(work: Work, kept_id: str, other_id: str) -> None:
    photo = work.session.get(HolderPhotoRow, other_id)
    if photo is not None and work.session.get(HolderPhotoRow, kept_id) is None:
        work.session.add(HolderPhotoRow(holder_id=kept_id, data=photo.data, changed_ms=work.now_ms))
        work.session.flush()


def _said(row: HolderRow) -> dict[str, object]:
    return row.model_dump(include={"id", "name", "house", "phone_tail", "kind", "tags"})
