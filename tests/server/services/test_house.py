"""What everything stands on."""

from pathlib import Path

from server.tables.engine import make_engine
from tests.server.build import COMMUNITY, make_community


def test_a_house_has_one_feed(tmp_path: Path) -> None:
    house = make_community(make_engine(f"sqlite:///{tmp_path / 'server.db'}")).house
    assert house.feed is house.transactions.feed
    assert (house.community, house.clock_speed) == (COMMUNITY, 1)
