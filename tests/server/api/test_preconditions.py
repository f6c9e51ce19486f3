"""ETag, If-Match, If-None-Match: two who change the same thing."""

from threading import Barrier, Thread

import pytest
from fastapi import Response
from fastapi.testclient import TestClient
from pydantic import BaseModel

from server.api.preconditions import Told, etag_of
from server.services.problems import Code, Problem
from tests.server.api.conftest import on_both
from tests.server.build import Community, residents

PERSON = {"name": "王秀英", "house": "3-1-502"}


class Thing(BaseModel):
    names: frozenset[str]
    size: int = 1


def told(match: str | None = None, none_match: str | None = None) -> Told:
    return Told(Response(), match, none_match)


def test_an_etag_is_over_what_is_said_and_does_not_depend_on_the_order_of_a_set() -> None:
    words = [str(n) for n in range(50)]
    one, other = Thing(names=frozenset(words)), Thing(names=frozenset(reversed(words)))
    assert etag_of(one) == etag_of(other)
    assert etag_of(one) != etag_of(Thing(names=frozenset(words), size=2))
    assert etag_of(one)[0] == etag_of(one)[-1] == '"'


@pytest.mark.parametrize(
    ("match", "none_match", "expected"),
    [
        (None, None, Code.NOT_READ),
        ("", None, Code.NOT_READ),
        ("TAG", None, None),
        ('"other", TAG', None, None),
        ("*", None, None),
        ('"other"', None, Code.CHANGED_SINCE),
        ("W/TAG", None, Code.CHANGED_SINCE),
        (None, "*", Code.CHANGED_SINCE),
        ("TAG", "*", Code.CHANGED_SINCE),
        ("TAG", "TAG", Code.CHANGED_SINCE),
    ],
)
def test_what_is_there_is_changed_by_who_knows_it(match: str | None, none_match: str | None, expected: Code) -> None:
    thing = Thing(names=frozenset({"a"}))
    tag = etag_of(thing)
    given = told(*(one and one.replace("TAG", tag) for one in (match, none_match)))
    if expected is None:
        given.check(thing)
        return
    with pytest.raises(Problem) as problem:
        given.check(thing)
    assert problem.value.code is expected


def test_what_is_not_there_may_be_made_by_anybody_who_does_not_claim_to_know_it() -> None:
    told().check(None)
    told(none_match="*").check(None)
    with pytest.raises(Problem) as problem:
        told(match='"x"').check(None)
    assert problem.value.code is Code.CHANGED_SINCE


def test_a_stale_change_is_refused_and_changes_nothing(admin: TestClient) -> None:
    person = admin.post("/holders", json=PERSON).json()
    path = f"/holders/{person['id']}"
    first = admin.get(path)
    unread = admin.put(path, json=PERSON | {"name": "王"})
    assert (unread.status_code, unread.json()["type"]) == (428, "urn:onecard:problem:not-read")
    mine = admin.put(path, json=PERSON | {"house": "4-1-101"}, headers={"If-Match": first.headers["etag"]})
    assert (mine.status_code, mine.headers["etag"]) == (200, admin.get(path).headers["etag"])
    stale = admin.put(path, json=PERSON | {"name": "李"}, headers={"If-Match": first.headers["etag"]})
    assert (stale.status_code, stale.headers["content-type"]) == (412, "application/problem+json")
    assert admin.get(path).json()["name"] == "王秀英"
    chinese = admin.put(path, json=PERSON, headers={"Accept-Language": "zh"})
    assert "If-Match" in chinese.json()["title"]


def test_what_was_made_anew_can_be_guarded(admin: TestClient) -> None:
    body = residents().model_dump(mode="json") | {"id": "staff"}
    only_new = {"If-None-Match": "*"}
    assert admin.put("/levels/staff", json=body, headers=only_new).status_code == 200
    assert admin.put("/levels/staff", json=body, headers=only_new).status_code == 412


@on_both
def test_of_two_who_read_the_same_one_alone_gets_through(community: Community, admin: TestClient) -> None:
    path = f"/holders/{community.holder().id}"
    tag, start, answers = admin.get(path).headers["etag"], Barrier(2), []

    def change(name: str) -> None:
        start.wait()
        answers.append(admin.put(path, json=PERSON | {"name": name}, headers={"If-Match": tag}).status_code)

    threads = [Thread(target=change, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412]
