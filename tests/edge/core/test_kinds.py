"""What an installer hears about a point's lock."""

import pytest

from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.words.point import PointKind
from edge.core.kinds import complaint


@pytest.mark.parametrize("kind", PointKind)
def test_every_kind_is_content_with_what_it_needs(kind: PointKind) -> None:
    assert complaint(kind, has_lock=KINDS[kind].has_passage) is None
    assert complaint(kind, has_lock=not KINDS[kind].has_passage)


def test_people_pass_gates_doors_turnstiles_and_lifts_only() -> None:
    passages = {PointKind.GATE, PointKind.DOOR, PointKind.TURNSTILE, PointKind.LIFT}
    assert {kind for kind in PointKind if KINDS[kind].has_passage} == passages
