"""What a point tells a card is its own business alone. The telling is in test_renewing and test_point_renewal."""

import pytest
from sqlalchemy import Engine

from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.profiles.layout import ACTIVITY, CLINIC
from card_protocol.words.point import PointKind
from server.services.desk import noting
from server.services.desk.noting import AT_POINTS, Note
from tests.server.build import make_community


def test_the_points_of_a_note_are_those_that_read_it() -> None:
    """And terminals that everybody goes to, for everything."""
    for note, application in ((Note.CONSENT, CLINIC), (Note.MEMBERSHIP, ACTIVITY)):
        readers = {kind for kind, about in KINDS.items() if application in {use.application for use in about.reads}}
        assert {kind for kind, notes in AT_POINTS.items() if note in notes} == readers | {PointKind.UPDATER}


@pytest.mark.parametrize(
    ("gateway", "point", "notes"),
    [
        ("g-1", "clinic", (Note.CONSENT,)),
        ("g-1", "south-gate-in", ()),
        ("g-2", "clinic", ()),
        ("g-1", "nowhere", ()),
    ],
)
def test_a_gateway_speaks_for_its_own_points(
    sqlite_engine: Engine, gateway: str, point: str, notes: tuple[Note, ...]
) -> None:
    assert noting.at_point(make_community(sqlite_engine).house, gateway, point) == notes
