"""A community with a street and a district above it, and people who handle incidents."""

from server.services.incidents import incidents
from server.services.incidents.incident_asked import DeedIn, ReportIn
from server.services.incidents.incident_views import IncidentView
from server.services.incidents.incident_words import Action, Matter
from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import users
from server.services.users.users import UserIn
from server.services.work import SYSTEM, Actor
from tests.server.build import COMMUNITY, Community

BESIDE, STREET, DISTRICT = "330105008002", "330105008000", "330105000000"
NAMES = {DISTRICT: "拱墅区", STREET: "上塘街道", BESIDE: "瓜山社区"}
DOOR = ReportIn(matter=Matter.SAFETY, title="南门一直开着", point="south-gate-in")


def build_town(community: Community) -> None:
    """Units above and beside."""
    with community.transactions.work(SYSTEM) as work:
        for code, name in NAMES.items():
            org.add(work, OrgUnitIn(code=code, name_zh=name))


def somebody(community: Community, name: str, role: Role, unit: str = COMMUNITY) -> Actor:
    """A user of a unit."""
    with community.transactions.work(SYSTEM) as work:
        view, _ = users.add(work, community.house.passwords, UserIn(name=name, role=role, org=unit))
    return Actor(f"user:{name}", role.value, view.id)


def report(community: Community, actor: Actor, given: ReportIn = DOOR) -> IncidentView:
    with community.transactions.work(actor) as work:
        return incidents.report(work, COMMUNITY, given)


def do(community: Community, actor: Actor, number: int, action: Action, **asked: object) -> IncidentView:
    with community.transactions.work(actor) as work:
        return incidents.do(work, COMMUNITY, number, action, DeedIn.model_validate({"why": "so"} | asked))
