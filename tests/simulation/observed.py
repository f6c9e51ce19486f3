"""What is looked at in a town: after every step, and when all has come to rest."""

from collections.abc import Iterator

from card_protocol.words.card import CardState
from tests.simulation import judge
from tests.simulation.box import Box
from tests.simulation.center import Center, Facts
from tests.simulation.nature import Watch


class Observed:
    """The observing half of `Town`."""

    box: Box
    center: Center
    watch: Watch
    problems: list[str]
    promised: list[int]
    maybe: set[int]
    lost_by_disk: set[int]
    ever_held: set[int]
    revoked: set[str]
    denied: set[str]
    restored: bool
    forked: bool
    disk_lied: bool
    forks: int

    def look(self) -> None:
        """What must hold after every step."""
        self.problems += self.watch.wrong
        self._look_at_cards()

    def _look_at_cards(self) -> None:
        """A card that was refused once as revoked is never let in again."""
        self.problems += [f"card {card} was revoked and is let in again" for card in self.denied if self._lets_in(card)]
        self.denied |= {card for card in self.revoked if self._knows_revoked(card)}

    def _knows_revoked(self, card_id: str) -> bool:
        book = self.box.programs.book_file.current()
        entry = book.card(card_id)
        return book.revocation(card_id) is not None or (entry is not None and entry.state is not CardState.ACTIVE)

    def _lets_in(self, card_id: str) -> bool:
        entry = self.box.programs.book_file.current().card(card_id)
        return entry is not None and not self._knows_revoked(card_id)

    def numbers_on_disk(self) -> set[int]:
        """Numbers of all events in all journal files of the box."""
        return judge.numbers_on_disk(self.box.disk.folder)

    def numbers_held(self) -> set[int]:
        """Numbers of all events that the server has committed."""
        return set(judge.numbers_held(self.center.facts()))

    def verdict(self) -> list[str]:
        """Everything that is wrong; to be asked when all is at rest."""
        if self.problems:
            return self.problems
        facts, folder = self.center.facts(), self.box.disk.folder
        found = [*judge.gaps(facts), *self.center.audit()]
        if self.forks < 2:
            # A disk that goes back twice also forgets that it told something again.
            found += judge.doubled(facts, {*self.promised, *self.maybe})
        if not self.disk_lied and not self.forked:
            found += [*judge.disorder(facts), *judge.foreign(facts, folder)]
        return [*found, *self._lost(facts)]

    def _lost(self, facts: Facts) -> Iterator[str]:
        """Every promised event is at the server, but for what is excused."""
        there, on_disk = set(judge.numbers_held(facts)), self.numbers_on_disk()
        epoch = (self.box.disk.folder / "journal.db").resolve().stem.removeprefix("journal-")
        # Not yet: a server that was put back asks again for the journal in use, not for one that was set aside.
        asked = judge.numbers_on_disk(self.box.disk.folder, epoch)
        for number in self.promised:
            if number in there or number in self.lost_by_disk or number in self.box.room.dropped:
                continue
            if self.restored and number in self.ever_held and number not in asked:
                continue
            yield f"event {number} is lost{' (still on the box)' if number in on_disk else ''}"
