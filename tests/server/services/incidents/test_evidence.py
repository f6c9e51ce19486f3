"""Pictures as evidence on a data base."""

import pytest

from server.services.incidents import evidence, incident_views, incidents
from server.services.incidents.evidence import PHOTOS_MAX
from server.services.incidents.incident_asked import ReportIn
from server.services.incidents.incident_words import Action
from server.services.problems import Code, Problem
from tests.server.build import COMMUNITY
from tests.server.incident_town import do, report
from tests.server.services.incidents.test_incidents import Town, database_url, town  # noqa: F401 - fixtures
from tests.server.services.people.test_photos import jpeg, segment


def test_a_picture_comes_with_a_note_and_without_the_place(town: Town) -> None:  # noqa: F811
    number = report(town.community, town.guard).number
    with_place = jpeg(100, 120, segment(0xE1, b"Exif\0\0 GPS 30.3 120.1"))
    with town.community.transactions.work(town.guard) as work:
        view = evidence.add(work, COMMUNITY, number, with_place, "门下垫着砖头")
        viewer = incident_views.viewer_of(work.session, town.guard, COMMUNITY)
        file = incidents.get(work.session, viewer, COMMUNITY, number)
        assert evidence.photo(work.session, viewer, COMMUNITY, number, view.turn) == jpeg()
        with pytest.raises(Problem) as told:
            evidence.photo(work.session, viewer, COMMUNITY, number, 99)
    assert told.value.code is Code.NOT_FOUND
    assert file.photos == [view.turn]
    assert [step.why for step in file.steps if step.turn == view.turn] == ["门下垫着砖头"]


def test_what_is_no_picture_and_too_many_leave_no_note(town: Town) -> None:  # noqa: F811
    number = report(town.community, town.guard).number
    for _ in range(PHOTOS_MAX):
        with town.community.transactions.work(town.guard) as work:
            turn = evidence.add(work, COMMUNITY, number, jpeg(), "砖头").turn
    for data, code in ((b"GIF89a", Code.INVALID), (jpeg(), Code.TOO_MANY)):
        with pytest.raises(Problem) as told, town.community.transactions.work(town.guard) as work:
            evidence.add(work, COMMUNITY, number, data, "砖头")
        assert told.value.code is code
    assert do(town.community, town.guard, number, Action.NOTE, why="看过").turn == turn + 1


def test_who_sees_it_veiled_sees_no_picture(town: Town) -> None:  # noqa: F811
    given = ReportIn.model_validate({"matter": "care", "title": "王秀英未见"})
    number = report(town.community, town.carer, given).number
    with town.community.transactions.work(town.carer) as work:
        turn = evidence.add(work, COMMUNITY, number, jpeg(), "窗帘未开").turn
        viewer = incident_views.viewer_of(work.session, town.admin, COMMUNITY)
        assert incidents.get(work.session, viewer, COMMUNITY, number).photos == []
        with pytest.raises(Problem) as told:
            evidence.photo(work.session, viewer, COMMUNITY, number, turn)
    assert told.value.code is Code.NOT_FOUND
