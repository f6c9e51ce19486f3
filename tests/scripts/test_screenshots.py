"""The pictures' names and the links that are followed; the pictures themselves are for eyes."""

import re

import pytest

from scripts import screenshots


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "start"),
        ("/cards/01KJKB3Q00NBF0QX1S90CQ0BZT/revoke", "cards-one-revoke"),
        ("/events?reason=revoked", "events-reason-revoked"),
        ("/desk?holder=01KJKB3Q00NBF0QX1S90CQ0BZT", "desk-holder-one"),
    ],
)
def test_names_leave_ids_out(path, name):
    assert screenshots.name_of(path) == name


def test_links_are_those_that_fit_each_once():
    class Page:
        def eval_on_selector_all(self, _selector, _script):
            return ["/cards/01KJKB3Q00NBF0QX1S90CQ0BZT", "/cards", "/cards/01KJKB3Q00NBF0QX1S90CQ0BZT"]

    assert screenshots.links(Page(), screenshots.FIRST_OF["/cards"]) == ["/cards/01KJKB3Q00NBF0QX1S90CQ0BZT"]


def test_the_patterns_fit_our_addresses():
    assert re.match(screenshots.FIRST_OF["/gateways"], "/gateways/south-gate")
    assert not re.match(screenshots.FIRST_OF["/gateways"], "/gateways/_new")
    assert re.match(screenshots.STEPS, "/cards/01KJKB3Q00NBF0QX1S90CQ0BZT/revoke")


def test_without_arguments_it_says_how_it_is_used(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["screenshots"])
    assert screenshots.main() == 2
    assert "var/screenshots" in capsys.readouterr().out
