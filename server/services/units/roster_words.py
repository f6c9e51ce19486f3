"""Posts with terms, and whom an incident is for: the nearest by houses, of those who have to do with it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.services.incidents.incident_words import Matter

ENDS_SOON_DAYS = 60


class Body(StrEnum):
    """The bodies of a community."""

    PARTY = "party"
    """党组织."""
    RESIDENTS = "residents"
    """居民委员会."""
    SUPERVISORY = "supervisory"
    """居务监督委员会."""
    GROUP = "group"
    """居民小组长."""
    DELEGATES = "delegates"
    """居民代表."""
    SOCIAL_WORKERS = "social_workers"
    """社工."""


class Term(StrEnum):
    """How a term stands on a day."""

    TO_COME = "to_come"
    RUNS = "runs"
    ENDS_SOON = "ends_soon"
    OVER = "over"


@dataclass(frozen=True)
class Post:
    """What routing needs to know; days are ISO 8601, which order as text."""

    name: str
    body: Body
    title: str
    area: str
    matters: frozenset[Matter]
    from_day: str
    to_day: str | None

    def holds(self, day: str) -> bool:
        """Whether the term runs on a day, its first and last included."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


def covers(area: str, house: str) -> bool:
    """Whether a house lies in an area: 3 covers 3-1-502 and not 31-1-502."""
    return not area or house == area or house.startswith(area + "-")


def route(posts: Iterable[Post], matter: Matter, house: str, day: str) -> list[Post]:
    """Whom it is for, the nearest first: an own area before the whole community, the matter named before any matter.

    Delegates and the supervisory committee watch over work and are sent on none.
    """
    fit = [
        post
        for post in posts
        if post.holds(day)
        and post.body not in (Body.DELEGATES, Body.SUPERVISORY)
        and covers(post.area, house)
        and (not post.matters or matter in post.matters)
    ]
    return sorted(fit, key=lambda post: (-len(post.area), not post.matters, list(Body).index(post.body), post.name))


def term_of(from_day: str, to_day: str | None, day: str, soon: str) -> Term:
    """How a term stands on a day; `soon` is the day up to which an end is soon."""
    if day < from_day:
        return Term.TO_COME
    if to_day is None or to_day > soon:
        return Term.RUNS
    return Term.ENDS_SOON if day <= to_day else Term.OVER
