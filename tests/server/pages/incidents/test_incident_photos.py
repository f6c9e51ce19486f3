"""Pictures of an incident on a screen."""

import re

from server.services.people.photos import PHOTO_MAX_BYTES
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.services.people.test_photos import jpeg


def post(browser, path, data, why):
    files = {"file": ("door.jpg", data, "image/jpeg")}
    return browser.client.post(path, data={"csrf": browser.token(), "why": why}, files=files)


def test_added_shown_and_printed(lived):
    browser = lived.house.signed_in(Role.ADMIN)
    path = f"/incidents/{lived.incident}"
    assert "Add a picture" in words_of(browser.get(path))
    assert post(browser, f"{path}/_photo", jpeg(), "a brick").headers["location"] == path
    page = browser.get(path)
    assert "a brick" in words_of(page)
    address = re.search(r'src="(/incidents/\d+/photos/\d+)"', page.text)
    assert address is not None
    picture = browser.get(address[1])
    assert (picture.content, picture.headers["content-type"]) == (jpeg(), "image/jpeg")
    assert address[1] in browser.get(f"{path}/file").text
    assert lived.house.signed_in(Role.NURSE).get(address[1]).status_code == 403


def test_what_cannot_be_kept_is_told(lived):
    browser = lived.house.signed_in(Role.ADMIN)
    path = f"/incidents/{lived.incident}/_photo"
    for data in (b"GIF89a", jpeg() + bytes(PHOTO_MAX_BYTES)):
        answer = post(browser, path, data, "a brick")
        assert (answer.status_code, "a picture is a JPEG" in words_of(answer)) == (422, True)
    assert post(browser, path, jpeg(), "").status_code == 422
    assert post(browser, "/incidents/99/_photo", jpeg(), "a brick").status_code == 404
