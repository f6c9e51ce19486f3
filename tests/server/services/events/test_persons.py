"""Who stands behind the pseudonyms of events."""

from server.services.events.persons import Person, card_numbers, persons
from server.tables import HolderAliasRow, HolderPhotoRow, HolderWatchRow
from tests.server.build import ADMIN, NOW_MS, Community


def test_of_many_pseudonyms_each_is_told_by_itself(community: Community) -> None:
    plain, watched = community.holder("王秀英"), community.holder("单国强")
    with community.transactions.work(ADMIN) as work:
        work.session.add(HolderWatchRow(holder_id=watched.id, todo="请陪他回家", since_ms=NOW_MS))
        work.session.add(HolderPhotoRow(holder_id=watched.id, data=b"jpeg", changed_ms=NOW_MS))
        work.session.add(HolderAliasRow(pseudonym="ab" * 8, holder_id=plain.id, old_id="0" * 26, merged_ms=NOW_MS))
    with community.transactions.read() as session:
        found = persons(session, [plain.pseudonym, watched.pseudonym, "ab" * 8, "nobody"])
        assert persons(session, []) == {}
    assert found == {
        plain.pseudonym: Person(plain.id, "王秀英", plain.house, "", False),
        watched.pseudonym: Person(watched.id, "单国强", watched.house, "请陪他回家", True),
        "ab" * 8: Person(plain.id, "王秀英", plain.house, "", False),
    }


def test_numbers_of_cards(community: Community) -> None:
    card = community.active_card()
    with community.transactions.read() as session:
        assert card_numbers(session, [card.id, "nobody"]) == {card.id: card.number}
        assert card_numbers(session, []) == {}
