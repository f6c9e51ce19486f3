"""The ledger: every word stays, the last one counts."""

from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.privacy import ledger
from tests.server.build import ADMIN, Community


def test_every_word_stays_and_the_last_one_counts(community: Community) -> None:
    one, other = community.holder(), community.holder("单建国")
    with community.transactions.work(ADMIN) as work:
        for who, given in ((one, True), (other, True), (one, False)):
            consents.say(work, who.id, Purpose.CLINIC, given)
        consents.say(work, one.id, Purpose.PHOTO, True)
    with community.transactions.read() as session:
        first = ledger.lines(session, purpose=Purpose.CLINIC, limit=2)
        assert [(line.name, line.given) for line in first.items] == [("王秀英", False), ("单建国", True)]
        rest = ledger.lines(session, purpose=Purpose.CLINIC, after=first.next)
        assert [(line.name, line.given) for line in rest.items] == [("王秀英", True)]
        assert len(ledger.lines(session).items) == 4
        told = {tally.purpose: (tally.given, tally.withdrawn) for tally in ledger.tallies(session)}
    assert (told[Purpose.CLINIC], told[Purpose.PHOTO], told[Purpose.CARE]) == ((1, 1), (1, 0), (0, 0))
