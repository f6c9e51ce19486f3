"""What a point knows of revocations, and what it learns from a card: pure arithmetic.

`version` means: everything with rev_seq <= version is known. A delta that begins above it leaves a gap; its entries
are adopted all the same, but the version stays, so that the gap is asked for and never forgotten.
"""

from dataclasses import dataclass, field

from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import RevocationDelta, prune
from card_protocol.words.revocation import Revocation


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Revocations that a point knows, by card; the newest word on each."""

    version: int = 0
    entries: dict[str, Revocation] = field(default_factory=dict)

    def about(self, card_id: str) -> Revocation | None:
        """The newest word on a card."""
        return self.entries.get(card_id)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a delta: the knowledge after it, and what was new."""

    knowledge: Knowledge
    news: tuple[Revocation, ...]


def adopt(knowledge: Knowledge, delta: RevocationDelta, now_ms: int) -> Adoption | CardRefusal:
    """Take a verified delta in. REVOCATIONS_OLDER when it ends below what is known: nothing is ever taken back."""
    if delta.upto < knowledge.version:
        detail = f"the card carries revocations up to {delta.upto}; {knowledge.version} are known"
        return CardRefusal(Cause.REVOCATIONS_OLDER, detail)
    news = tuple(entry for entry in prune(delta.entries, now_ms) if _is_news(knowledge, entry))
    entries = {entry.card_id: entry for entry in prune(knowledge.entries.values(), now_ms)}
    for entry in reversed(news):
        entries[entry.card_id] = entry
    connected = delta.after <= knowledge.version
    version = delta.upto if connected else knowledge.version
    return Adoption(Knowledge(version, entries), news)


def worth_writing(carried: RevocationDelta | CardRefusal | None, held: RevocationDelta) -> bool:
    """Whether a card should get the delta that a point holds: when it carries none that counts, or an older one."""
    return not isinstance(carried, RevocationDelta) or carried.upto < held.upto


def _is_news(knowledge: Knowledge, entry: Revocation) -> bool:
    known = knowledge.about(entry.card_id)
    return entry.rev_seq > knowledge.version and (known is None or known.rev_seq < entry.rev_seq)
