"""Whose account there is whose here."""

import json

from sqlmodel import select

from server.services.oidc import links
from server.services.roles import Role
from server.services.users import users
from server.services.users.users import UserIn
from server.tables import AuditRow, OidcLinkRow
from tests.server.build import ADMIN, COMMUNITY, Community


def test_what_is_connected_and_not_any_more_is_on_the_trail_once(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        user = UserIn(name="wang", role=Role.GUARD, org=COMMUNITY)
        wang = users.add(work, community.house.passwords, user)[0].id
        work.session.add(OidcLinkRow(issuer="https://id.example", subject="77", user_id=wang, created_ms=1))
    with community.transactions.work(ADMIN) as work:
        assert [link.subject for link in links.connected(work.session, wang)] == ["77"]
        links.disconnect(work, wang)
        links.disconnect(work, wang)
        assert links.connected(work.session, wang) == []
    with community.transactions.read() as session:
        told = session.exec(select(AuditRow).where(AuditRow.action == "user.oidc")).all()
    assert [json.loads(row.before) for row in told] == [{"connected": True}]
