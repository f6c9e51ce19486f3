"""A door of wood whose journal is carried to a server by hand, and the people who look at the server's pages.

The door's reader is simulated; libosdp, the line, the edge and its journal are real, and so are the intake and the
pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from card_protocol.wire.topics import Channel, topic
from gateway.app import open_box
from server.intake.processor import Message, Processor
from server.services.roles import Role
from server.services.users import users
from server.services.users.users import UserIn
from server.services.work import SYSTEM
from server.tables.engine import make_engine
from tests.edge.scenario import play, read
from tests.edge.scenario_real import Real
from tests.server.build import Box, Community, make_community

PASSWORD = "tall bamboo by the canal"


def written_at_the_door(folder: Path, scenario: Path) -> list[bytes]:
    """What the box wrote down while the scenario was played."""
    stage = Real(folder)
    try:
        play(read(scenario), stage)
    finally:
        stage.close()
    with open_box(folder / "box") as box:
        return [item.body for item in box.journal.read(1, 1000)]


@contextmanager
def watched(folder: Path, people: Mapping[str, tuple[Role, str]], town: object = None) -> Iterator[Community]:
    """A community that these people look after, each of a role and a unit; `town` builds what lies around it."""
    engine = make_engine(f"sqlite:///{folder / 'server.db'}")
    made = make_community(engine)
    if callable(town):
        town(made)
    for name, (role, unit) in people.items():
        with made.transactions.work(SYSTEM) as work:
            view, once = users.add(work, made.house.passwords, UserIn(name=name, role=role, org=unit))
            users.change_password(work, made.house.passwords, view.id, once, PASSWORD)
    yield made
    engine.dispose()


def bring(community: Community, box: Box, bodies: Sequence[bytes]) -> None:
    """Hand the server what the box has written since the last time."""
    first = len(box.bodies) + 1
    box.append(*bodies)
    batch = box.batch(first, len(box.bodies))
    hand(community, Message(topic(box.name, Channel.EVENTS), box.sealed("batch", batch)))


def hand(community: Community, message: Message) -> None:
    """One message, as it comes from the broker."""
    assert Processor(community.transactions, community.house.keystore).process([message]).refused == 0


def sign_in(open_page, site: str, name: str, begins: str) -> Page:
    """A browser of one of them; where they begin."""
    page = open_page(locale="zh-CN", base_url=site)
    page.goto("/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(f"**{begins}")
    return page
