"""`Idempotency-Key`: a POST that a program sends again after a broken line is carried out once.

A middleware, because it must see the answer as it goes out. What failed for want of rights or by our own fault gives
its key back; every other answer, a refusal too, is the answer for the 24 hours that a key lives.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problem_json import answer as problem_answer
from server.services import once
from server.services.house import House
from server.services.once import Answer, Refusal
from server.services.problems import Code, Problem
from server.services.users import tokens
from server.services.users.sessions import token_hash

HEADER: Final = "idempotency-key"
REPLAYED: Final = "Idempotency-Replayed"
KEY_MAX_CHARS: Final = 255
REQUEST_MAX_BYTES: Final = 1024 * 1024
_NOT_DONE: Final = frozenset({401, 403, 429})
_SAID: Final = {
    Refusal.OTHER_REQUEST: (Code.INVALID, "This Idempotency-Key was used for another request; take a new one."),
    Refusal.UNDER_WAY: (
        Code.WRONG_STATE,
        "The first request with this Idempotency-Key is under way or its outcome unknown; look before you repeat it.",
    ),
}


class Once:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._transactions = house.transactions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        key, secret = headers.get(HEADER), headers.get("authorization", "").partition(" ")[2].strip()
        if key is None or scope["method"] != "POST" or not await asyncio.to_thread(self._knows, secret):
            await self._app(scope, receive, send)
            return
        try:
            body = await _whole_body(receive)
            _check(key)
        except Problem as problem:
            await problem_answer(Request(scope), problem)(scope, receive, send)
            return
        print_ = once.fingerprint(scope["method"], scope["path"], scope.get("query_string", b""), body)
        caller = token_hash(secret)
        found = await asyncio.to_thread(once.claim, self._transactions, caller, key, print_)
        if found is None:
            await self._carry_out(caller, key, body, scope, send)
        else:
            await _again(scope, found)(scope, receive, send)

    def _knows(self, secret: str) -> bool:
        """A kept answer is for nobody whose token has ended since."""
        return tokens.who(self._transactions, secret) is not None

    async def _carry_out(self, caller: str, key: str, body: bytes, scope: Scope, send: Send) -> None:
        kept = _Kept(send)
        done = False
        try:
            await self._app(scope, _replay(body), kept)
            done = kept.status < 500 and kept.status not in _NOT_DONE
        finally:
            if done:
                await asyncio.to_thread(once.keep, self._transactions, caller, key, kept.answer())
            else:
                await asyncio.to_thread(once.give_back, self._transactions, caller, key)


class _Kept:
    """A `send` that remembers what it sent, if that is short enough and no secret (`Cache-Control: no-store`)."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        self._headers = Headers()
        self._body: bytes | None = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._headers = message["status"], Headers(raw=message.get("headers", []))
            if self.status < 400 and "no-store" in self._headers.get("cache-control", ""):
                self._body = None  # a secret that is shown once
        elif message["type"] == "http.response.body" and self._body is not None:
            self._body += message.get("body", b"")
            if len(self._body) > once.BODY_MAX_BYTES:
                self._body = None
        await self._send(message)

    def answer(self) -> Answer:
        """For the next one who asks."""
        media_type, location = self._headers.get("content-type", ""), self._headers.get("location", "")
        return Answer(self.status, media_type, location, self._body)


def _check(key: str) -> None:
    if not 1 <= len(key) <= KEY_MAX_CHARS or not key.isascii() or not key.isprintable():
        raise Problem(Code.INVALID, f"An Idempotency-Key has 1 to {KEY_MAX_CHARS} printable ASCII characters.")


def _again(scope: Scope, found: Answer | Refusal) -> Response:
    if isinstance(found, Refusal):
        return problem_answer(Request(scope), Problem(*_SAID[found]))
    if found.body is None:
        return problem_answer(Request(scope), Problem(Code.WRONG_STATE, "It was carried out; its answer is not kept."))
    headers = {REPLAYED: "true"} | ({"Location": found.location} if found.location else {})
    return Response(found.body, found.status, headers, found.media_type or None)


async def _whole_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > REQUEST_MAX_BYTES:
            raise Problem(Code.INVALID, f"A request with an Idempotency-Key has at most {REQUEST_MAX_BYTES} bytes.")
    return body


def _replay(body: bytes) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await asyncio.Event().wait()  # the client's going is not our business: what it asked for is carried out
        raise AssertionError

    return receive
