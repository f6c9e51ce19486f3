"""`ETag` and `If-Match`: two who change the same thing do not undo each other's work unseen (RFC 9110 § 8.8.3, § 13.1).

What is read by GET carries an ETag over all that it says. Who changes it by PUT sends that ETag back: without one the
answer is 428 (RFC 6585 § 3), with one that is no longer true 412. What does not exist yet may be made without; who
wants to be sure that it does not exist sends `If-None-Match: *`. `If-Match: *` overwrites whatever stands there.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from card_protocol.words.base import canonical_json
from server.services.problems import Code, Problem
from server.services.work import Work

ANY: Final = "*"
TAG_CHARS: Final = 32
HEADER_MAX_CHARS: Final = 2000

T = TypeVar("T", bound=BaseModel)

IfMatch = Annotated[str | None, Header(max_length=HEADER_MAX_CHARS, description="the ETag of what you read")]
IfNoneMatch = Annotated[str | None, Header(max_length=HEADER_MAX_CHARS, description="`*`: only if it is not there yet")]


class Told:
    """What a caller says that they know of what they change."""

    def __init__(self, response: Response, if_match: IfMatch = None, if_none_match: IfNoneMatch = None) -> None:
        self._response = response
        self._match = _tags(if_match)
        self._none_match = _tags(if_none_match)

    def change(self, work: Work, name: str, find: Callable[[], BaseModel], do: Callable[[], T]) -> T:
        """Do it if what `find` gives (Problem NOT_FOUND: nothing) is what the caller knows, and nobody in between.

        `name` says which thing it is. Problem NOT_READ, CHANGED_SINCE.
        """
        work.take_turn(f"put:{name}")
        self.check(_found(find))
        return tag(self._response, do())

    def check(self, present: BaseModel | None) -> None:
        """Problem NOT_READ when something is there and the caller knows nothing of it; CHANGED_SINCE."""
        if present is None:
            if self._match:
                raise Problem(Code.CHANGED_SINCE, "There is nothing there.")
            return
        now = etag_of(present)
        if self._none_match & {ANY, now}:
            raise Problem(Code.CHANGED_SINCE, "It is there already.")
        if not self._match:
            raise Problem(Code.NOT_READ, f"Send If-Match: {now} if that is what you read, or read it first.")
        if not self._match & {ANY, now}:
            raise Problem(Code.CHANGED_SINCE, f"Its ETag is now {now}.")


ToldHere = Annotated[Told, Depends(Told)]


def etag_of(value: BaseModel) -> str:
    """A strong ETag over what something says, the same on every server."""
    return f'"{sha256(canonical_json(_plain(value.model_dump()))).hexdigest()[:TAG_CHARS]}"'


def tag(response: Response, value: T) -> T:
    """The same, and its ETag goes out with it."""
    response.headers["ETag"] = etag_of(value)
    return value


def _found(find: Callable[[], BaseModel]) -> BaseModel | None:
    try:
        return find()
    except Problem as problem:
        if problem.code is not Code.NOT_FOUND:
            raise
        return None


def _tags(header: str | None) -> frozenset[str]:
    """The entity tags of a list; a weak one never matches where bytes count (RFC 9110 § 8.8.3.2)."""
    return frozenset(filter(None, (part.strip() for part in (header or "").split(","))))


def _plain(value: Any) -> Any:
    """What JSON can hold, with sets in one order."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
