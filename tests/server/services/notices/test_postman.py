"""The postman: mails that are due go out, and what comes of it is kept."""

from email.message import EmailMessage

import pytest
from sqlalchemy import Engine

from card_protocol.errors import EquipmentFault
from server.services.notices import mails
from server.services.notices.mails import MailCount
from server.services.notices.postman import Postman
from server.services.notices.smtp_post import Refused
from tests.server.build import Community, make_community
from tests.server.services.notices.test_mails import mailed
from tests.support.patience import eventually


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


class Server:
    """Answers by the address."""

    def __init__(self) -> None:
        self.had: list[EmailMessage] = []

    def __call__(self, message: EmailMessage) -> Refused | None:
        if message["To"].startswith("gone"):
            return Refused("answered 550")
        if message["To"].startswith("away"):
            raise EquipmentFault("nobody answers")
        self.had.append(message)
        return None


def count(community: Community, number: int) -> MailCount:
    with community.transactions.read() as session:
        return mails.count(session, number)


def test_each_by_itself_and_the_rest_is_not_held_up(community: Community) -> None:
    number = mailed(community, "away", "gone", "wang")
    server = Server()
    postman = Postman(community.transactions, "notice@example.org", server)
    assert postman.carry() == 3
    assert [message["To"] for message in server.had] == ["wang@example.org"]
    assert count(community, number) == MailCount(waiting=1, sent=1, dead=1)
    assert postman.carry() == 0, "what failed waits for its time"


def test_it_carries_by_itself(community: Community) -> None:
    number = mailed(community, "wang")
    postman = Postman(community.transactions, "notice@example.org", Server())
    postman.start()
    try:
        eventually(lambda: count(community, number) == MailCount(sent=1))
    finally:
        community.transactions.signals.close()
        postman.stop()
