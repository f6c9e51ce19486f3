"""Activities and the Party over the API."""

from server.services import audit
from server.services.party import members
from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import NOW_MS, Community
from tests.server.services.activities.test_attendance import HOUR, carrier, hear, meeting, open_room, signs


def test_a_meeting_from_the_call_to_the_absence_list(community: Community, client: Client) -> None:
    open_room(community)
    (wang, card), li = carrier(community, "04010203040506"), community.holder("李建国").id
    api = client(Role.ORGANISER)
    made = api.post("/activities", json=meeting().model_dump(mode="json"))
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert api.post("/activities/1/invite", json={"holders": [wang, li]}).json() == {"invited": 2}
    hear(community, signs(card, NOW_MS + HOUR))
    assert api.post("/activities/1/steps/begin").status_code == 409
    assert api.post(f"/activities/1/people/{li}/sign-in").status_code == 409
    assert api.post(f"/activities/1/people/{li}/sign-in", json={"consents": True}).json()["quorate"]
    struck = api.post(f"/activities/1/people/{wang}/mark", json={"mark": "struck", "why": "李建国持卡"}).json()
    assert (struck["there"], struck["quorate"]) == (1, False)
    assert (
        api.put(
            "/activities/1",
            json=meeting(title="楼道长会议").model_dump(mode="json"),
            headers={"If-Match": api.get("/activities/1").headers["etag"]},
        ).json()["title"]
        == "楼道长会议"
    )
    assert [one["mark"] for one in api.get("/activities/1").json()["people"]].count("struck") == 1
    assert api.post("/activities/1/steps/adjourn", json={"why": "人数不足"}).json()["state"] == "adjourned"
    assert [one["holder_id"] for one in api.get("/activities/1/absent").json()["items"]] == [wang]
    assert api.post(f"/activities/1/people/{li}/mark", json={"mark": "excused", "why": "x"}).status_code == 409
    assert api.get("/activities").json()["items"][0]["number"] == 1
    assert api.get("/activities/merits").json()["items"] == []


def test_members_are_for_one_role(community: Community, client: Client) -> None:
    wang = community.holder().id
    party = client(Role.PARTY)
    member = {"standing": "full", "branch": "第一支部", "since": "2001-07-01"}
    assert party.put(f"/party/members/{wang}", json=member).json()["name"] == "王秀英"
    assert len(party.get("/party/members", params={"branch": "第一支部"}).json()["items"]) == 1
    for role in (Role.ADMIN, Role.ORGANISER, Role.GUARD, Role.AUDITOR):
        assert client(role).get("/party/members").status_code == 403
    assert party.get(f"/party/members/{wang}").json()["standing"] == "full"
    with community.transactions.read() as session:
        read = [line for line in audit.trail(session).items if line.action == "party.read"]
    assert {line.subject for line in read} == {members.SUBJECT}, "nobody is found there as a member"
    assert party.delete(f"/party/members/{wang}").status_code == 204
    assert party.get("/party/members").json()["items"] == []
