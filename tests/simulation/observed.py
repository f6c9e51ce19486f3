"""What is looked at in a town: after every step, and when all has come to rest."""

from collections.abc import Iterator

from card_protocol.words.card import CardState
from tests.simulation import judge
from tests.simulation.box import Box
from tests.simulation.center import Center, Facts, Key
from tests.simulation.nature import Watch


class Observed:
    """The observing half of `Town`."""

    box: Box
    center: Center
    watch: Watch
    problems: list[str]
    promised: dict[int, set[Key]]
    lost_by_disk: set[int]
    declared: set[Key]
    on_their_way: set[Key]
    illegible: set[int]
    """Numbers of events that rotted away."""
    rotten: set[str]
    called_damaged: dict[Key, str]
    """What an earlier life of the server was told of rotten files."""
    restored: int
    notes: dict[Key, set[Key]]
    """What was told again, in any life of the server -> where. Under one key several events may have stood."""
    gap_events: dict[Key, set[Key]]
    """Where a signed event told of a gap, at some time -> what it named."""
    revoked: set[str]
    denied: set[str]
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

    def keep_keys(self) -> None:
        """Remember under which keys the server holds events: they may be pruned and lost under any of these.

        And what was told again."""
        for key, (body, _) in judge.held(self.center.facts()).items():
            self._note_key(judge.number_in(body), key)
        self.gap_events |= judge.gap_events(self.center.facts())
        for new, old in judge.told_again(self.center.facts()).items():
            self.notes.setdefault(old, set()).add(new)
        for keys in self.promised.values():
            keys.update(*(self.notes.get(key, ()) for key in tuple(keys)))
        self.called_damaged |= judge.called_damaged(self.center.facts())

    def _note_key(self, number: int | None, key: Key) -> None:
        if number in self.promised:
            self.promised[number].add(key)

    def verdict(self) -> list[str]:
        """Everything that is wrong; to be asked when all is at rest."""
        if self.problems:
            return self.problems
        facts, folder = self.center.facts(), self.box.disk.folder
        self.keep_keys()
        return [
            *judge.gaps(facts, self._spoiled(facts), self.declared | self.on_their_way | self._told(facts)),
            *self.center.audit(),
            *judge.doubled(facts, self._again(facts)),
            *judge.disorder(facts),
            *judge.foreign(
                facts, folder, self._moved_and_gone(facts) | self._moved_and_there(facts), self._heirs_rot(facts)
            ),
            *self._lost(facts),
        ]

    def _again(self, facts: Facts) -> set[Key]:
        """Where copies may stand, as a signed note says, or said before it rotted.

        A disk that goes back after a fork forgets that it told something again. A server that was put back forgets that
        there was a fork: then what was told again fits into its old place as well.
        """
        if self.forks < 2 and not (self.forks and self.restored):
            return set()
        spoiled = self._spoiled(facts)
        noted = {new for places in self.notes.values() for new in places if new[0] in spoiled}
        return {*judge.told_again(facts), *noted}

    def _spoiled(self, facts: Facts) -> set[str]:
        """Journals whose files rot, once it is told of one: that event stands in the next file, which may rot too; or
        it was pruned, and a signed gap says so."""
        told = self._told(facts)
        said = {name for key, name in self.called_damaged.items() if key in told}
        said |= set(judge.called_damaged(facts).values())
        return self.rotten if self.rotten & said else set()

    def _told(self, facts: Facts) -> set[Key]:
        """All keys that gap events name; and what those named of which it is told that they are gone themselves, or
        that waited for room on the disk when the power went and whose gap a signed batch declares."""
        told, before = judge.gaps_told(facts) | (self._gone_waiting() & judge.holes_of(facts)), -1
        while len(told) > before:
            before = len(told)
            told = told.union(*(named for key, named in self.gap_events.items() if key in told))
        return told

    def _gone_waiting(self) -> set[Key]:
        """What gap events named that waited in memory for room on the disk when the power went."""
        return {key for body in self.box.room.gone_waiting for key in judge.keys_in_gap(body)}

    def _moved_and_gone(self, facts: Facts) -> set[Key]:
        """What was told again in a place that was pruned or has rotted since."""
        told, spoiled = self._told(facts), self._spoiled(facts)
        return {old for old, places in self.notes.items() if any(new in told or new[0] in spoiled for new in places)}

    def _heirs_rot(self, facts: Facts) -> set[str]:
        """Journals that were set aside for one whose file rots: the notes of what was told again there rotted too."""
        spoiled = self._spoiled(facts)
        return {name for (heir, _), name in self.called_damaged.items() if heir in spoiled}

    def _moved_and_there(self, facts: Facts) -> set[Key]:
        """What was told again and is held there, though the note that said so may be gone."""
        kept = judge.held(facts)
        return {old for old, places in self.notes.items() if places & kept.keys()}

    def _lost(self, facts: Facts) -> Iterator[str]:
        """Every promised event is at the server, unless it is nowhere any more and that is known.

        | excuse | why it is one |
        |---|---|
        | the disk went back to before it | it had called durable what was not: no program can know |
        | it rotted, and the disk went back to before it | the same |
        | a signed gap names it | pruned, dropped for want of room, or not readable any more, and told |
        | a signed batch declares it, and the disk had no room for the gap's event | told as far as could be |
        | its file rots, and a signed event names the file | nobody can know what stood behind the last legible event |

        None of them excuses an event that can still be read on the box, but for two: what was told again in a later
        journal is kept as long as anything there (that file may rot, and its notes with it), not as long as the old
        file lies about; and what was declared as gone before a disk that lies brought it back.
        """
        for number, key in self.box.room.dropped:
            self._note_key(number, key)
        there, on_disk = set(judge.numbers_held(facts)), self.numbers_on_disk()
        told, heirs_rot = self._told(facts), self._heirs_rot(facts)
        gone = {*self._spoiled(facts), *heirs_rot}
        retold = set[Key]().union(*(self.notes[old] for old in self._moved_and_gone(facts)))
        retold |= {key for _, key in self.box.room.dropped if key in told}
        for number, keys in self.promised.items():
            if number in there:
                continue
            if keys & self.declared:
                continue
            if number in on_disk and not keys & retold and not any(epoch in heirs_rot for epoch, _ in keys):
                yield f"event {number} is lost (still on the box)"
            elif number not in self.lost_by_disk and not keys & told and not any(e in gone for e, _ in keys):
                yield f"event {number} is lost"
