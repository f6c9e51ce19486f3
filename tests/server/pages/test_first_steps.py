"""The page of the first run, and its two steps that have no page elsewhere."""

import re

import pytest

from card_protocol.words.division import lineage
from server.pages.first_steps import LEVELS, WAYS
from server.services import audit
from server.services.first_steps import Step
from server.services.keys.keystore import from_secrets, new_secrets
from server.services.keys.keystore_file import write
from server.services.roles import Role
from server.services.units import org
from tests.server.build import COMMUNITY, Dice
from tests.server.pages.conftest import OWN_PASSWORD, House, words_of

PASSPHRASE = "a heron stands in the canal"


def units_of(house):
    with house.transactions.read() as session:
        return {unit.code: unit for unit in org.units(session)}


def with_file(house, tmp_path, monkeypatch):
    """The community's keystore as a file, as a real server has it."""
    secrets = new_secrets(COMMUNITY, Dice(7))
    path = tmp_path / "keystore.json"
    write(path, secrets, PASSPHRASE, Dice(8), log_n=4)
    inside = house.community.house
    object.__setattr__(inside, "keystore", from_secrets(secrets))
    object.__setattr__(inside, "keystore_file", path)
    return path


def test_it_shows_what_is_done_and_what_is_next_and_the_admin_begins_here(house: House):
    one_time = house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    browser.post("/login", name="chen", password=one_time)
    done = browser.post("/account/password", old=one_time, password=OWN_PASSWORD, again=OWN_PASSWORD)
    assert done.headers["location"] == "/setup"
    page = browser.get("/setup")
    assert "2 of 9 are done" in words_of(page)
    assert page.text.count('aria-current="step"') == 1
    assert re.search(r'aria-current="step".*?City, district', page.text, re.DOTALL)


def test_units_are_entered_from_the_city_down(house):
    admin = house.signed_in()
    page = admin.get("/setup/units")
    assert 'value="330100000000"' in page.text, "the first that lacks a name is proposed"
    for code, name in zip(lineage(COMMUNITY), ("杭州市", "拱墅区", "上塘街道", "善贤社区"), strict=True):
        assert admin.post("/setup/units", code=code, name_zh=name).headers["location"] == "/setup/units"
    found = units_of(house)
    assert [found[code].parent for code in lineage(COMMUNITY)] == [None, *lineage(COMMUNITY)[:3]]
    assert "330105008001" in words_of(admin.get("/setup/units"))
    assert re.search(r'aria-current="step".*?second factor', admin.get("/setup").text, re.DOTALL)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "no division code"),
        ("33010500800", "no division code"),
        ("330000000000", "no division code"),
        ("330100009000", "no division code"),
        ("33010500800x", "no division code"),
        ("330106000000", "Enter the unit above it first: 330100000000"),
    ],
)
def test_a_code_is_checked_with_its_place_in_the_tree(house, code, sentence):
    answer = house.signed_in().post("/setup/units", code=code, name_zh="名称")
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert set(units_of(house)) == {COMMUNITY}


def test_a_unit_has_a_name(house):
    answer = house.signed_in().post("/setup/units", code="330100000000", name_zh=" ")
    assert answer.status_code == 422
    assert "Chinese name" in words_of(answer)


def test_the_copy_is_taken_away_brought_back_and_really_opened(house, tmp_path, monkeypatch):
    path = with_file(house, tmp_path, monkeypatch)
    admin = house.signed_in()
    assert admin.post("/setup/keys/copy", password="wrong").status_code == 401
    copy = admin.post("/setup/keys/copy", password=OWN_PASSWORD)
    assert copy.content == path.read_bytes()
    assert "attachment" in copy.headers["content-disposition"]

    def tested(data, passphrase):
        fields = {"passphrase": passphrase, "csrf": admin.token()}
        return admin.client.post("/setup/keys/test", data=fields, files={"file": ("copy.json", data)})

    for data, passphrase in ((copy.content, "another passphrase"), (copy.content[:-9], PASSPHRASE), (b"", PASSPHRASE)):
        answer = tested(data, passphrase)
        assert answer.status_code == 422
        assert "do not rely on it" in words_of(answer)
    other = tmp_path / "other.json"
    write(other, new_secrets(COMMUNITY, Dice(99)), PASSPHRASE, Dice(9), log_n=4)
    assert tested(other.read_bytes(), PASSPHRASE).status_code == 422, "keys of the same community, but others"
    assert "was read back" not in words_of(admin.get("/setup/keys"))
    assert tested(copy.content, PASSPHRASE).headers["location"] == "/setup/keys"
    assert "was read back" in words_of(admin.get("/setup/keys"))
    with house.transactions.read() as session:
        actions = [line.action for line in audit.trail(session, subject="keystore").items]
    assert actions == ["keystore.tested", "keystore.copy"]


def test_keys_that_lie_in_no_file_cannot_be_copied_here(house):
    admin = house.signed_in()
    assert "lie in no file" in words_of(admin.get("/setup/keys"))
    assert admin.post("/setup/keys/copy", password=OWN_PASSWORD).status_code == 409


def test_only_admins_come_here(house):
    for role in (Role.GUARD, Role.CLERK, Role.INSTALLER):
        browser = house.signed_in(role)
        for path in ("/setup", "/setup/units", "/setup/keys"):
            assert browser.get(path).status_code == 403
        for path in ("/setup/units", "/setup/keys/copy", "/setup/keys/test"):
            assert browser.post(path).status_code == 403


def test_every_step_and_level_has_its_words():
    assert set(WAYS) == set(Step)
    assert len(LEVELS) == 4
