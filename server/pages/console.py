"""What the pages stand on: handed in once by the program's assembly, never reached for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from server.pages.desk.jobs import Jobs
from server.pages.live.board import Board
from server.pages.live.hub import Hub
from server.services.desk.runs import Runs
from server.services.house import House
from server.services.users.passwords import Passwords
from server.services.work import Transactions

Describe = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Console:
    """One community's server, and what shows it live."""

    house: House
    hub: Hub
    board: Board
    jobs: Jobs
    runs: Runs
    secure_cookies: bool
    """Whether browsers come by HTTPS: cookies are then sent on nothing else."""
    describe: Describe = dict
    """The API's OpenAPI document."""

    @property
    def transactions(self) -> Transactions:
        """The data base."""
        return self.house.transactions

    @property
    def passwords(self) -> Passwords:
        """Hashes and checks."""
        return self.house.passwords

    @property
    def session_cookie(self) -> str:
        """The cookie's name; `__Host-` (RFC 6265bis § 4.1.3.2) keeps other hosts from setting it."""
        return "__Host-onecard_session" if self.secure_cookies else "onecard_session"


def make_console(house: House, boot: str, *, secure_cookies: bool, describe: Describe = dict) -> Console:
    """A console that is not yet live; `boot` names this run of the server (letters and digits)."""
    hub = Hub(boot)
    board = Board(house.transactions, hub, speed=house.clock_speed)
    jobs = Jobs(house, lambda: board.poke("desk"))
    runs = Runs(house, lambda: board.poke("desk"))
    return Console(house, hub, board, jobs, runs, secure_cookies, describe)


def console_of(request: Request) -> Console:
    """The console of the application that serves this request."""
    found: Console = request.app.state.console
    return found


async def _console_of(request: Request) -> Console:
    """For FastAPI: what waits for nothing needs no thread of its own."""
    return console_of(request)


TheConsole = Annotated[Console, Depends(_console_of)]
