"""The stage: every program of the community as a process, set up in the order in which a real one would be."""

import contextlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from card_protocol.words.moment import DAY_MS, LOCAL_TIME, PlayedDay, local_ms
from onecard.commands.server._common import load, opened
from onecard.demo import past
from onecard.demo.community import BRANCH, DESK, OLD_LADY, ON_THE_CARD_FEN, PATIENTS, UNIT_DOOR, Resident, residents
from onecard.demo.console import ConsoleClient
from onecard.demo.day import DAY_STARTS_MIN
from onecard.demo.folder import PASSPHRASE_VARIABLE, Folder
from onecard.demo.people import People
from onecard.demo.programs import Program, ProgramFailed, run_to_end, wait_for_port
from onecard.demo.script import ROLES
from onecard.demo.stories import Hands
from onecard.demo.wood import DoorOfWood
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.roles import Role
from server.services.users import tokens
from server.services.work import SYSTEM, Transactions

SETTING_STARTS_MIN = 180
"""03:00: the cards are issued in the night before the day that is played."""

READY_TIMEOUT_S = 120.0
COMMAND_TIMEOUT_S = 120.0
POLL_S = 0.03
NOON_MIN = 720
CARD_LIFE_MS = 365 * DAY_MS

EXPIRES_AT_NOON = 7
SUSPENDED = 11
LOST = 17
"""Residents whose cards have a story; by index."""

Say = Callable[[str, str], None]
"""(English, 中文): tell the person who watches."""


def real_ms() -> int:
    """Wall time [ms]."""
    return time.time_ns() // 1_000_000


class Stage:
    """All programs, and what was learnt while setting up."""

    curtain_ms = 6_000
    """Real time between writing the day's clock into the files and the first tap: a fast day waits for nobody."""

    def __init__(self, folder: Folder, say: Say) -> None:
        self.folder = folder
        self.cards: list[str] = []
        """The card id of each resident, by index."""
        self.holders: list[str] = []
        """The same of the people."""
        self.password = ""
        self.night: PlayedDay | None = None
        """The clock of the set-up."""
        self._say = say
        secret = {PASSPHRASE_VARIABLE: secrets.token_hex(16)}
        self._environment = {**os.environ, **folder.places.hall.environment, **secret}
        self._today = datetime.now(LOCAL_TIME).date()
        at = ["--port", str(folder.places.broker_port), "--folder", str(folder.broker)]
        self.broker = Program("broker", ["onecard", "broker", *at], folder.path)
        self.joining = Program("joining", [], folder.path)
        self.server = self._program("server", "server", "run")
        self.gateway = self._program("gateway", "gateway", "run")
        self.edge = self._program("edge", "edge", "run")
        self.desk = self._program("desk", "desk", "run")
        self.people = People(folder, len(residents()))
        self.door = DoorOfWood(folder.path) if UNIT_DOOR.id in folder.places.of_wood else None
        self.console: ConsoleClient | None = None

    def _program(self, name: str, *words: str) -> Program:
        return Program(name, ["onecard", *words, "--config", self.folder.config(name)], self.folder.path)

    def set_up(self) -> list[Resident]:
        """From nothing to forty issued cards. ProgramFailed, ConsoleError."""
        folder = self.folder
        night = self.night = PlayedDay(anchor_ms=real_ms(), from_ms=local_ms(self._today, SETTING_STARTS_MIN))
        self.folder.write_server(night)
        self.folder.write_gateway(night)
        self._say("Setting up the server and its keys …", "正在建立服务器与密钥……")
        folder.broker.mkdir()
        self.password = _one_time_password(self._server("init"))
        with ThreadPoolExecutor(2, thread_name_prefix="clerk") as clerks:
            token = clerks.submit(self._server, "api-token", "demo", "--role", "admin")
            desk_token = clerks.submit(self._server, "desk-token", DESK)
            self._start_server()
        self._wait(lambda: folder.broker_configured, self.server, "the broker's files")
        self.broker.start(self._environment)
        console = self.console = ConsoleClient(self.folder.console_url, token.result().strip())
        self._begin_joining(*console.claim())
        console.enter_community()
        self.people.start(self._environment)
        self._finish_joining(console)
        self.folder.write_desk(desk_token.result().strip())
        self.desk.start(self._environment)
        self._wait(console.desk_connected, self.desk, "the desk")
        return self._issue_cards(console)

    def workers(self) -> dict[str, ConsoleClient]:
        """Somebody of each role that works in the stories; and people have signed what they were asked."""
        with self._server_files() as transactions, transactions.work(SYSTEM) as work:
            secrets_of = {role: tokens.add(work, f"demo-{role}", Role(role))[1] for role in ROLES}
            consents.say(work, self.holders[OLD_LADY], Purpose.NOT_SEEN, True)
            for patient in PATIENTS:
                consents.say(work, self.holders[patient], Purpose.CLINIC, True)
            for member in BRANCH:
                consents.say(work, self.holders[member], Purpose.ACTIVITY, True)
        return {role: ConsoleClient(self.folder.console_url, secret) for role, secret in secrets_of.items()}

    @contextlib.contextmanager
    def _server_files(self) -> Iterator[Transactions]:
        """The server's data base, as its own commands open it beside the running server."""
        transactions = opened(load(Path(self.folder.config("server"))))
        try:
            yield transactions
        finally:
            transactions.engine.dispose()

    def hands(self) -> Hands:
        """What the stories do beside the API."""

        def pay_in(resident: int, fen: int) -> None:
            assert self.console is not None
            with self.people.card_on_desk(resident):
                self.console.put_on(self.cards[resident], fen)

        door = self.door
        prop, unprop = (door.prop, door.unprop) if door is not None else (_nothing, _nothing)
        return Hands(self.holders, prop, unprop, pay_in)

    def lay_past(self) -> int:
        """What the box would have seen of the old lady in the weeks before; how many taps."""
        with self._server_files() as transactions, transactions.read() as session:
            lady = holders.get(session, self.holders[OLD_LADY])
        return past.lay(self.folder.box, self.cards[OLD_LADY], lady.pseudonym, self._today)

    def _begin_joining(self, claim: str, fingerprint: str) -> None:
        """The installer at the box: the claim from the paper, the fingerprint from the server's page."""
        config = self.folder.config("gateway")
        words = ["gateway", "enrol", "--config", config, "--claim", claim, "--fingerprint", fingerprint]
        self.joining = Program("joining", ["onecard", *words], self.folder.path)
        self.joining.start({**self._environment, "ONECARD_LANG": "en"})

    def _finish_joining(self, console: ConsoleClient) -> None:
        """The operator at the page confirms what the box shows, and the box gets its place."""
        self._wait(lambda: _shown_by(self.joining) is not None, self.joining, "the box's fingerprint")
        console.confirm(_shown_by(self.joining) or "")
        if self.joining.wait(READY_TIMEOUT_S) != 0:
            raise ProgramFailed(f"the gateway was not enrolled:\n{self.joining.tail()}")
        wait_for_port(self.folder.places.broker_port, self.broker)

    def _issue_cards(self, console: ConsoleClient) -> list[Resident]:
        people = list(residents())
        for index, person in enumerate(people):
            holder = console.enter_resident(person)  # while the desk still notices that the last card is gone
            self._wait(console.desk_empty, self.desk, "an empty desk")
            until = local_ms(self._today, NOON_MIN) if index == EXPIRES_AT_NOON else self._year_ahead()
            with self.people.card_on_desk(index):
                self.cards.append(console.issue(holder, person.levels, until))
                if person.elderly:
                    console.put_on(self.cards[-1], ON_THE_CARD_FEN)
            self.holders.append(holder)
            if (issued := index + 1) % 10 == 0:
                self._say(f"Cards issued at the desk: {issued}/{len(people)}", f"发卡：{issued}/{len(people)}")
        console.take_step(self.cards[SUSPENDED], "suspend", "on holiday / 外出")
        console.take_step(self.cards[LOST], "lose", "left on the bus / 遗失在公交车上")
        return people

    def _year_ahead(self) -> int:
        return local_ms(self._today) + CARD_LIFE_MS

    def raise_curtain(self, speed: int) -> PlayedDay:
        """Restart on the day's clock; returns when it strikes half past six."""
        self.server.stop()
        day = PlayedDay(
            anchor_ms=real_ms() + self.curtain_ms, from_ms=local_ms(self._today, DAY_STARTS_MIN), speed=speed
        )
        self.folder.write_server(day)
        self.folder.write_gateway(day)
        self.folder.write_edge(day)
        if self.door is not None:
            self.door.enrol(self.folder.box)
        self.edge.start(self._environment)
        self._start_server()
        self.gateway.start(self._environment)
        self._wait(self._policy_applied, self.gateway, "the gateway's policy")
        time.sleep(max(0.0, (day.anchor_ms - real_ms()) / 1000))
        return day

    def _start_server(self) -> None:
        self.server.start(self._environment)
        wait_for_port(self.folder.places.console_port, self.server)

    def _policy_applied(self) -> bool:
        assert self.console is not None
        gateway = self.console.gateway()
        return bool(gateway["online"] and gateway["policy_version"] > 0)

    def check(self) -> None:
        """ProgramFailed when one of them has ended by itself."""
        for program in (self.server, self.gateway, self.edge, self.desk, self.people.program):
            program.check()

    def cut_broker(self) -> None:
        """As a power cut would."""
        self.broker.kill()

    def restore_broker(self) -> None:
        """A broker with an empty memory comes back."""
        self.broker.start(self._environment)
        wait_for_port(self.folder.places.broker_port, self.broker)

    def strike(self) -> None:
        """End everything, in the order in which nobody misses anybody."""
        if self.console is not None:
            self.console.close()
        self.people.stop()
        for program in (self.joining, self.edge, self.desk, self.gateway, self.server, self.broker):
            program.stop()
        if self.door is not None:
            self.door.close()

    def _wait(self, ready: Callable[[], bool], program: Program, what: str) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            program.check()
            if ready():
                return
            time.sleep(POLL_S)
        raise ProgramFailed(f"{what} did not come in {READY_TIMEOUT_S:.0f} s:\n{program.tail()}")

    def _server(self, *words: str) -> str:
        return self._run("server", *words, "--config", self.folder.config("server"))

    def _run(self, *words: str) -> str:
        """One `onecard` command to its end; its output."""
        environment = {**self._environment, "ONECARD_LANG": "en"}
        done = run_to_end(["onecard", *words], environment, COMMAND_TIMEOUT_S)
        if done.returncode != 0:
            raise ProgramFailed(f"onecard {' '.join(words[:2])}: {done.stderr.strip()}")
        return done.stdout


def _nothing() -> None:
    """At a lock that is a line in the log there is no door to prop."""


def _shown_by(joining: Program) -> str | None:
    """The fingerprint that the box shows, as soon as it does."""
    found = re.search(r"Fingerprint of this box: (\S+)", joining.tail())
    return found.group(1) if found else None


def _one_time_password(said: str) -> str:
    found = re.search(r"One-time password: (\S+)", said)
    if found is None:
        raise ProgramFailed("onecard server init printed no password")
    return found.group(1)


@contextlib.contextmanager
def standing(stage: Stage) -> Iterator[Stage]:
    """Whatever happens on it, the stage is struck."""
    try:
        yield stage
    finally:
        stage.strike()
