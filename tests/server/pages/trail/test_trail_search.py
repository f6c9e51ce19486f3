"""What somebody looks for in the trail."""

from server.pages.trail.trail_search import DAY_PROBLEM, Search
from tests.server.build import Community

DAY_MS = 86_400_000


def which(community: Community, **asked: str) -> dict[str, object]:
    with community.transactions.read() as session:
        return Search(**{"actor": "", "subject": "", "since": "", "until": ""} | asked).which(session)


def test_what_has_its_kind_before_it_is_taken_as_it_is(community: Community) -> None:
    found = which(community, actor="user:wang", subject="card:1")
    assert (found["actor"], found["subject"]) == (["user:wang"], ["card:1"])
    assert set(which(community).values()) == {None}


def test_a_name_or_a_number_is_whatever_is_called_so(community: Community) -> None:
    card = community.active_card()
    assert {"system", "user:system", "token:system"} <= set(which(community, actor="system")["actor"])
    for text in ("1", "0001", "1 号", "No. 1"):
        assert f"card:{card.id}" in which(community, subject=text)["subject"]
    assert which(community, subject="王秀英")["subject"] == ["王秀英", "user:王秀英", f"holder:{card.holder_id}"]


def test_the_last_day_is_meant_with_it(community: Community) -> None:
    found = which(community, since="2026-03-01", until="2026-03-01")
    assert found["to_ms"] - found["from_ms"] == DAY_MS


def test_a_day_that_is_none_is_told(community: Community) -> None:
    for text in ("soon", "0001-01-01", "9999-12-31", "2026-02-30"):
        search = Search("", "", "", text)
        with community.transactions.read() as session:
            assert search.which(session)["to_ms"] is None
        assert search.problems == [DAY_PROBLEM]
