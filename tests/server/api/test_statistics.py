"""Statistics over the API: a role's own questions, numbers that keep quiet about few people."""

from server.services.roles import Role
from server.services.statistics.questions import Field as Subject
from server.services.statistics.questions import Question, questions_of
from tests.server.api.conftest import Client
from tests.server.build import Community
from tests.server.services.privacy.lives import lived


def test_each_role_asks_the_questions_of_its_own_fields(client: Client) -> None:
    for role, fields in ((Role.OFFICIAL, list(Subject)), (Role.CARE, [Subject.CARE]), (Role.NURSE, [Subject.CLINIC])):
        found = client(role).get("/statistics").json()["items"]
        wanted = {(field.value, question.value) for field in fields for question in questions_of(field)}
        assert {(one["field"], one["question"]) for one in found} == wanted


def test_one_meal_is_a_number_for_who_works_there_and_nothing_for_others(community: Community, client: Client) -> None:
    lived(community)
    for role, masked, values in ((Role.CARE, False, [1, 1]), (Role.OFFICIAL, True, [None, None])):
        found = client(role).get("/statistics/care/meals?days=7").json()
        assert (found["days"], found["masked"], found["lines"][-1]["values"]) == (7, masked, values)


def test_what_cannot_be_asked_is_a_problem(client: Client) -> None:
    care = client(Role.CARE)
    for path, status in (
        ("/statistics/clinic/arrivals", 403),
        ("/statistics/care/arrivals", 404),
        ("/statistics/care/meals?days=8", 422),
        ("/statistics/moon/meals", 422),
    ):
        answer = care.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path


def test_every_question_has_its_shape(community: Community, client: Client) -> None:
    lived(community)
    admin = client(Role.ADMIN)
    asked = [admin.get(f"/statistics/{field}/{one}") for field in Subject for one in questions_of(field)]
    assert len(asked) == len(Question)
    assert {answer.status_code for answer in asked} == {200}
