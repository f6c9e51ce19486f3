"""Users: entered, changed, shut out, given a new password."""

import re

import pytest
from pyotp import TOTP

from server.pages.users.staff import DUTIES
from server.services.roles import PEOPLE_ROLES, Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import second_factor, users
from server.services.users.totp import secret_text
from tests.server.build import ADMIN
from tests.server.pages.conftest import OWN_PASSWORD, words_of

SHOWN = re.compile(r'id="one-time">([^<]+)<')


def add(browser, name="wang-li", role="guard"):
    return browser.post("/users/_new", name=name, role=role)


def of(house, name):
    with house.transactions.read() as session:
        return next(user for user in users.listing(session) if user.name == name)


def test_a_user_is_entered_and_the_password_shown_once_works_once(house):
    admin = house.signed_in()
    password = SHOWN.search(add(admin).text)[1]
    assert password not in admin.get("/users").text
    assert password not in admin.get("/users/wang-li").text
    browser = house.browser()
    answer = browser.post("/login", name="wang-li", password=password)
    assert answer.headers["location"] == "/account/password"
    assert "Has not chosen a password yet" in words_of(admin.get("/users"))


@pytest.mark.parametrize(
    ("name", "role", "sentence"),
    [
        ("admin", "guard", "There is a user of this name already."),
        ("Wang Li", "guard", "lower-case letters, digits and dashes"),
        ("", "guard", "lower-case letters, digits and dashes"),
        ("wang", "king", "has one of the roles"),
        ("wang", "desk", "has one of the roles"),
        ("wang", "system", "has one of the roles"),
    ],
)
def test_what_is_wrong_is_a_sentence(house, name, role, sentence):
    answer = add(house.signed_in(), name, role)
    assert answer.status_code in (409, 422)
    assert sentence in words_of(answer)


def test_another_role_signs_the_user_out_and_counts_at_once(house):
    guard = house.signed_in(Role.GUARD)
    admin = house.signed_in()
    assert admin.post("/users/guard", role="nurse").headers["location"] == "/users"
    assert guard.get("/live").status_code == 303
    house.signed.clear()
    again = house.browser()
    again.post("/login", name="guard", password=OWN_PASSWORD)
    assert again.get("/cards").status_code == 403
    assert of(house, "guard").role is Role.NURSE


def test_who_is_shut_out_stays_out_until_let_in_again(house):
    guard, admin = house.signed_in(Role.GUARD), house.signed_in()
    admin.post("/users/guard", role="guard", disabled="true")
    assert "Shut out" in words_of(admin.get("/users"))
    assert guard.get("/live").status_code == 303
    browser = house.browser()
    assert browser.post("/login", name="guard", password=OWN_PASSWORD).status_code == 401
    admin.post("/users/guard", role="guard")
    assert browser.post("/login", name="guard", password=OWN_PASSWORD).status_code == 303


@pytest.mark.parametrize("fields", [{"role": "guard"}, {"role": "admin", "disabled": "true"}])
def test_the_last_administrator_stays(house, fields):
    admin = house.signed_in()
    answer = admin.post("/users/admin", **fields)
    assert answer.status_code == 409
    assert "last administrator" in words_of(answer)
    assert admin.get("/users").status_code == 200


def test_a_forgotten_password_is_replaced_and_the_old_one_is_dead(house):
    house.signed_in(Role.GUARD)
    admin = house.signed_in()
    password = SHOWN.search(admin.post("/users/guard/password").text)[1]
    assert house.browser().post("/login", name="guard", password=OWN_PASSWORD).status_code == 401
    assert house.browser().post("/login", name="guard", password=password).status_code == 303


def test_nobody_else_comes_here(house):
    for role in set(PEOPLE_ROLES) - {Role.ADMIN}:
        browser = house.signed_in(role)
        for path in ("/users", "/users/_new", "/users/admin"):
            assert browser.get(path).status_code == 403
        assert add(browser).status_code == 403
        assert browser.post("/users/admin/password").status_code == 403


def test_every_role_has_its_line():
    assert set(DUTIES) == set(PEOPLE_ROLES)


def test_a_user_who_is_none(house):
    admin = house.signed_in()
    assert admin.get("/users/nobody").status_code == 404
    assert admin.post("/users/nobody", role="guard").status_code == 404
    assert admin.post("/users/nobody/password").status_code == 404


def test_a_lost_second_factor_is_reset_with_a_reason(house):
    guard, admin = house.signed_in(Role.GUARD), house.signed_in()
    assert "Not set up" in words_of(admin.get("/users/guard"))
    keystore = house.community.house.keystore
    with house.transactions.work(ADMIN) as work:
        user_id = users.row_of(work.session, "guard").id
        secret = second_factor.begin_app(work, keystore, user_id)
    with house.transactions.work(ADMIN) as work:
        code = TOTP(secret_text(secret)).at(house.community.real[0] // 1000)
        second_factor.confirm_app(work, keystore, user_id, code)
    assert "Reset the second factor" in words_of(admin.get("/users/guard"))
    refused = admin.post("/users/guard/second", why=" ")
    assert refused.status_code == 422
    assert "say why" in words_of(refused)
    assert guard.get("/live").status_code == 200
    assert admin.post("/users/guard/second", why="telephone lost").headers["location"] == "/users/guard"
    assert guard.get("/live").status_code == 303
    assert house.browser().post("/login", name="guard", password=OWN_PASSWORD).headers["location"] == "/live"
    assert "telephone lost" in words_of(admin.get("/audit"))
    assert admin.post("/users/nobody/second", why="x").status_code == 404


def test_a_user_belongs_to_a_unit_of_the_tree(house):
    admin = house.signed_in()
    with house.transactions.work(ADMIN) as work:
        for code, name in (("330105008000", "上塘街道"), ("330105009000", "大关街道")):
            org.add(work, OrgUnitIn(code=code, name_zh=name))
    assert admin.post("/users/_new", name="liu", role="official", org="330105008000").status_code == 200
    assert of(house, "liu").org == "330105008000"
    assert "330105008000" in words_of(admin.get("/users"))
    assert "上塘街道 (330105008000)" in words_of(admin.get("/users/liu"))
    assert admin.post("/users/liu", role="official", org="330105009000").headers["location"] == "/users"
    assert of(house, "liu").org == "330105009000"
    assert admin.post("/users/liu", role="guard").headers["location"] == "/users"
    assert of(house, "liu").org == "330105009000", "left as it was"
    for fields in ({"role": "guard", "org": "330199000000"}, {"role": "admin", "org": "330105009000"}):
        answer = admin.post("/users/liu", **fields)
        assert answer.status_code == 422
        assert "Choose a unit of the list" in words_of(answer)
    answer = admin.post("/users/_new", name="boss", role="admin", org="330105009000")
    assert "Choose a unit of the list" in words_of(answer)
