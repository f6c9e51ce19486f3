"""What stays of somebody who is forgotten is counted beforehand, with a reason for each table."""

from server.services.privacy import forgetting, staying
from server.services.privacy.register import REGISTER, End, Found
from server.services.privacy.staying import STAYS
from server.tables import IncidentRow, IncidentStepRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community
from tests.server.services.privacy.lives import lived, put_event

OF_USERS = {"user_account", "user_session", "totp", "passkey", "oidc_link", "recovery_code"}


def test_whatever_is_kept_of_residents_has_a_reason() -> None:
    kept = {name for name, use in REGISTER.items() if use.end is End.KEPT}
    assert kept - OF_USERS <= set(STAYS)
    assert {name for name in STAYS if REGISTER[name].end is not End.KEPT} == {"incident"}, (
        "its words, not whose they are"
    )


def test_the_proof_names_what_stays(community: Community) -> None:
    life, other = lived(community), lived(community, "04010203040507")
    put_event(community, 1, life)
    with community.transactions.work(ADMIN) as work:
        of_them = IncidentStepRow(
            number=7006, turn=1, at_ms=NOW_MS, actor="user:g", action="", state="closed", unit=COMMUNITY, why="摔倒"
        )
        written = IncidentRow(
            number=1, matter="order", title="王秀英和邻居争吵", urgency="normal", state="closed", unit=COMMUNITY,
            reported_by="user:g", reported_ms=NOW_MS, changed_ms=NOW_MS,
        )  # fmt: skip
        work.session.add_all([of_them, written])
        work.session.flush()
        before = staying.counts(work.session, life.holder)
        assert (before["event"], before["incident"], before["incident_step"]) == (1, 2, 1)
        assert "event" not in staying.counts(work.session, other.holder)
        forgetting.forget(work, life.holder, why="request 1")
        proof = forgetting.proof_of(work.session, "request 1")
        assert proof is not None
        assert proof.kept.items() >= {"event": 1, "incident": 2, "incident_step": 1, "card_level": 1}.items()
        assert proof.kept["audit"] >= before["audit"]
        assert proof.rows["holder"] == 1
        assert forgetting.proof_of(work.session, "request 2") is None
        assert work.session.get_one(IncidentRow, 7006).house == ""


def test_every_table_is_found_by_a_key_or_by_a_name() -> None:
    for table in STAYS:
        keyed = REGISTER[table].found is not Found.BY_NAME
        assert keyed or table in staying._TYPED or table in staying.BY_HAND or table in ("audit", "incident_photo"), (
            table
        )
