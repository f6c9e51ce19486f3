"""Answers that take long in a large town are worked out ahead and kept; the page says of when they are.

Measured on PostgreSQL: the seven answers take 7 s of its processor with 58,000 cards and as many events, 36 s with ten
times as many; a page with kept ones takes 2 to 5 ms (docs/benchmarks.md). A small community's answers are never kept:
they are worked out when somebody asks.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from card_protocol.words.moment import DAY_MS, MINUTE_MS
from server.services.lookout import Lookout
from server.services.statistics import gate_answers
from server.services.statistics.asking import ask
from server.services.statistics.questions import SPANS_DAYS, Line, Question
from server.services.work import SYSTEM, Transactions
from server.tables import KeptAnswerRow, Row

MANY_EVENTS: Final = 50_000
MANY_CARDS: Final = 20_000
"""Beyond either of these a town is large."""

EVERY_MS: Final[dict[Question, int]] = {
    Question.UNUSED: DAY_MS,
    Question.PEAKS: 60 * MINUTE_MS,
    Question.REFUSED: 60 * MINUTE_MS,
}
"""What is kept -> how old it becomes before it is worked out anew."""

STALE_AFTER: Final = 3
"""An answer that was not worked out anew so many times counts no more: nobody looks after it."""

LOOK_EVERY_S: Final = 300.0
FIRST_LOOK_S: Final = 20.0
"""A server that has just started has better things to do."""

_ALL_TIME = frozenset({Question.UNUSED})
"""Questions that are about no span."""
_CARDS = "unused_cards"
"""Under this name the cards themselves are kept, beside their number."""
_EVENT, _CARD = (Row.metadata.tables[name] for name in ("event", "card"))


class Kept(NamedTuple):
    """An answer, and when it was worked out."""

    at_ms: int
    lines: list[Line]


def of(session: Session, question: Question, days: int, now_ms: int) -> Kept | None:
    """What is kept of an answer; None where it has to be worked out."""
    if question not in EVERY_MS or (row := _row(session, question.value, _span(question, days))) is None:
        return None
    if not 0 <= now_ms - row.at_ms < STALE_AFTER * EVERY_MS[question]:
        return None
    return Kept(row.at_ms, [Line(str(key), tuple(values)) for key, values in row.lines])


def unused_cards(session: Session, now_ms: int) -> tuple[list[gate_answers.UnusedCard], int | None]:
    """The cards that nobody used for long, and when that was found out (None: just now)."""
    ahead = of(session, Question.UNUSED, 0, now_ms)
    row = _row(session, _CARDS, 0) if ahead is not None else None
    if ahead is None or row is None:
        return gate_answers.unused_cards(session, now_ms), None
    return gate_answers.cards_of(session, [(str(card), last_ms) for card, last_ms in row.lines]), row.at_ms


def look(transactions: Transactions) -> int:
    """Work out what has become old; how many answers that were."""
    with transactions.read() as session:
        if not _is_large(session):
            return 0
    wanted = [(question, days) for question in EVERY_MS for days in (_spans(question))]
    return sum(_renew(transactions, question, days) for question, days in wanted)


class AnswerKeeper(Lookout):
    """The thread."""

    def __init__(
        self, transactions: Transactions, every_s: float = LOOK_EVERY_S, first_s: float = FIRST_LOOK_S
    ) -> None:
        super().__init__("answer-keeper", lambda: look(transactions), every_s, first_s=first_s)


def _renew(transactions: Transactions, question: Question, days: int) -> bool:
    now_ms = transactions.clock()
    with transactions.read() as session:
        row = _row(session, question.value, days)
        if row is not None and 0 <= now_ms - row.at_ms < EVERY_MS[question]:
            return False
        lines = ask(session, question, days, now_ms)
        cards = gate_answers.unused_cards(session, now_ms) if question is Question.UNUSED else []
    with transactions.work(SYSTEM) as work:
        said = [[line.key, list(line.values)] for line in lines]
        work.session.merge(KeptAnswerRow(question=question.value, days=days, at_ms=now_ms, lines=said))
        if question is Question.UNUSED:
            listed = [[card.id, card.last_ms] for card in cards]
            work.session.merge(KeptAnswerRow(question=_CARDS, days=0, at_ms=now_ms, lines=listed))
    return True


def _is_large(session: Session) -> bool:
    if (session.scalar(select(func.max(_EVENT.c.id))) or 0) > MANY_EVENTS:
        return True
    some = select(_CARD.c.id).limit(MANY_CARDS + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > MANY_CARDS


def _row(session: Session, question: str, days: int) -> KeptAnswerRow | None:
    return session.get(KeptAnswerRow, (question, days))


def _span(question: Question, days: int) -> int:
    return 0 if question in _ALL_TIME else days


def _spans(question: Question) -> Sequence[int]:
    return (0,) if question in _ALL_TIME else SPANS_DAYS
