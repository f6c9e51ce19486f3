"""What the pages stand on: handed in once by the program's assembly, never reached for."""

from dataclasses import dataclass

from fastapi import Request

from server.pages.board import Board
from server.pages.hub import Hub
from server.services.passwords import Passwords
from server.services.work import Transactions


@dataclass(frozen=True)
class Console:
    """The services of one server, and the switchboard of its live stream."""

    transactions: Transactions
    passwords: Passwords
    hub: Hub
    board: Board
    secure_cookies: bool
    """Whether browsers come by HTTPS: cookies are then sent on nothing else."""

    @property
    def session_cookie(self) -> str:
        """The cookie's name; `__Host-` (RFC 6265bis § 4.1.3.2) keeps other hosts from setting it."""
        return "__Host-onecard_session" if self.secure_cookies else "onecard_session"


def console_of(request: Request) -> Console:
    """The console of the application that serves this request."""
    found: Console = request.app.state.console
    return found
