"""The server assembled, in one place: data base, keystore, API, pages, intake, publisher; and how it runs and ends.

`run` is the whole server. `run_intake` is one more intake worker beside it, on PostgreSQL (docs/scale-out.md).
When one of the threads dies that bring events up and policies down, the program ends and is started again (systemd).
Two doors: one for people and their programs (`listen`), one for gateways and desks (`gateways`), which is always TLS.
"""

import asyncio
import contextlib
import os
import secrets
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from server.api.application import build_api
from server.api.boxes_door import PeerProtocol, StoppableWebSocket, boxes_app
from server.api.gateways import API_PREFIX
from server.config import BrokerConfig, HomeAssistantConfig, ListenConfig, OidcConfig, ServerConfig
from server.intake.mqtt import MqttLink, TopicLink
from server.intake.service import IntakeService, database_file
from server.intake.sole import NotAlone, sole_intake
from server.pages.console import Console, make_console
from server.pages.live.line import LineProtocol
from server.pages.site import build_site
from server.services.care.care_keeper import CareKeeper
from server.services.desk.desks import Desks
from server.services.events.keeping import EventKeeper
from server.services.gateways.identity_watch import IdentityWatch
from server.services.house import House
from server.services.incidents.incident_keeper import IncidentKeeper
from server.services.keys.own_tls import OwnTls, quiet_after_handshake
from server.services.lists.import_keeper import ImportKeeper
from server.services.lookout import Lookout
from server.services.notices.postman import Postman
from server.services.notices.smtp_post import SmtpPost
from server.services.oidc.provider import Client, Provider
from server.services.opening import ServerError, open_keystore, open_transactions, run_name
from server.services.policies.publisher import Publisher
from server.services.privacy.retention import PrivacyKeeper
from server.services.smart_home.ha_bridge import HomeAssistantBridge, names_of
from server.services.smart_home.ha_discovery import Names
from server.services.statistics.kept import AnswerKeeper
from server.services.users.passwords import Passwords
from server.services.visitors.visitor_keeper import VisitorKeeper
from server.services.webhooks.courier import Courier
from server.services.webhooks.http_post import HttpPost
from server.tables.engine import is_sqlite

STOP_TIMEOUT_S = 2
"""What open streams get to end by themselves; with the rest the server is gone within 3 s."""

STOP_POLL_S = 0.1
BACKLOG_CONNECTIONS = 512

_log = structlog.get_logger()


def open_house(config: ServerConfig, environment: Mapping[str, str] = os.environ) -> House:
    """Everything that pages, API and intake stand on. ServerError."""
    keystore = open_keystore(config, environment)
    transactions = open_transactions(config)
    return House(
        community=config.community,
        transactions=transactions,
        keystore=keystore,
        passwords=Passwords(),
        desks=Desks(transactions.feed),
        clock_speed=config.clock.speed if config.clock else 1,
        keystore_file=config.keystore.path,
        provider=_provider(config.oidc, environment),
    )


def _provider(config: OidcConfig | None, environment: Mapping[str, str]) -> Provider | None:
    if config is None:
        return None
    if not (secret := environment.get(config.client_secret_env)):
        raise ServerError(
            f"set {config.client_secret_env} to the secret that the provider gave this server",
            f"请将 {config.client_secret_env} 设为身份提供方给本服务器的密钥",
        )
    return Provider(Client(config.issuer, config.client_id, secret))


def create_app(house: House, *, secure: bool = False, background: "Background | None" = None) -> FastAPI:
    """API and pages as one ASGI application; with `background` its life is the application's."""
    api = build_api(house)
    console = make_console(house, secrets.token_hex(8), secure_cookies=secure, describe=api.openapi)

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        console.board.start()
        if house.transactions.wire is not None:
            house.transactions.wire.start()
        if background is not None:
            background.start()
        try:
            yield
        finally:
            await asyncio.to_thread(_end, console, background)
            await asyncio.to_thread(house.jobs.close)
            if house.transactions.wire is not None:
                house.transactions.wire.stop()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.console = console
    app.mount(API_PREFIX, api)
    app.mount("/", build_site(console))
    return app


class Background:
    """What runs beside the pages: the way up from the gateways and the way down to them."""

    def __init__(
        self, house: House, link: MqttLink, watch: IdentityWatch | None = None, *, intake_here: bool = True
    ) -> None:
        self.link, self.watch = link, watch
        self._started = False
        self.publisher = Publisher(house.transactions, house.keystore, link)
        self._post = HttpPost()
        self.courier = Courier(house.transactions, house.keystore.server.sign, self._post)
        self.intake = IntakeService(
            house.transactions,
            house.keystore,
            link,
            me=run_name(),
            here=intake_here,
            on_state=self.publisher.gateways_said,
            on_broker=self.publisher.broker_back,
        )

    def start(self) -> None:
        """Begin; a broker that is away is waited for."""
        self.publisher.start()
        self.courier.start()
        self.intake.start()
        if self.watch is not None:
            self.watch.start()
        self._started = True

    @property
    def dead(self) -> list[str]:
        """Threads that ought to run and have ended, by the parts that they belong to."""
        if not self._started:
            return []
        return _ended({"intake": self.intake, "link": self.link, "publisher": self.publisher, "identity": self.watch})

    def stop(self) -> None:
        """End what is under way, then everything."""
        if self.watch is not None:
            self.watch.stop()
        self.publisher.stop()
        self.courier.stop()
        self._post.close()
        self.intake.stop()


def run(config: ServerConfig, stop: threading.Event, environment: Mapping[str, str] = os.environ) -> None:
    """Serve until `stop` is set; blocks. ServerError when it cannot begin."""
    listen, gateways = config.listen, config.gateways
    with contextlib.ExitStack() as held:
        people = held.enter_context(_bound("listen", listen.host, listen.port))
        boxes = held.enter_context(_bound("gateways", gateways.host, gateways.port))
        house = open_house(config, environment)
        engine = house.transactions.engine
        held.callback(engine.dispose)
        _be_alone(held, engine)
        tls = OwnTls(house.transactions, house.keystore)
        watch = IdentityWatch(house.transactions, house.keystore, tls, config.broker)
        link = link_of(config.broker, tls, shared=not is_sqlite(engine))
        background = Background(house, link, watch, intake_here=config.intake.here)
        keepers: list[Lookout | Postman] = [
            AnswerKeeper(house.transactions),
            EventKeeper(house.transactions, config.events.keep_months),
            IncidentKeeper(house.transactions, config.community),
            CareKeeper(house.transactions, house.clock_speed),
            PrivacyKeeper(house.transactions),
            VisitorKeeper(house.transactions),
            ImportKeeper(house.transactions),
            *_postman(config, house, environment),
        ]
        for keeper in keepers:
            keeper.start()
            held.callback(keeper.stop)
        if (told := config.home_assistant) is not None:
            names = names_of(house, told.prefix)
            bridge = HomeAssistantBridge(house, _home_assistant(told, names, environment), names, enabled=told.enabled)
            bridge.start()
            held.callback(bridge.stop)
        app = create_app(house, secure=listen.secure, background=background)
        _log.info("server_listens", host=listen.host, port=listen.port, https=listen.secure)
        _log.info("gateways_welcome", host=gateways.host, port=gateways.port)
        doors = _people(app, listen), people, _boxes(boxes_app(house), tls), boxes
        if dead := asyncio.run(_serve(*doors, app.state.console, background, stop)):
            raise _thread_died(dead)


def _postman(config: ServerConfig, house: House, environment: Mapping[str, str]) -> list[Postman]:
    mail = config.mail
    if mail is None:
        return []
    return [Postman(house.transactions, mail.sender, SmtpPost(mail, environment.get(mail.password_env, "")))]


def run_intake(config: ServerConfig, stop: threading.Event, environment: Mapping[str, str] = os.environ) -> None:
    """Be one more intake worker until `stop` is set; blocks. ServerError when it cannot begin."""
    with contextlib.ExitStack() as held:
        house = open_house(config, environment)
        engine = house.transactions.engine
        held.callback(engine.dispose)
        if is_sqlite(engine):
            raise ServerError(
                "SQLite has one intake worker, and that is the server's own: "
                "set database_url to PostgreSQL to run several (docs/scale-out.md)",
                "SQLite 只能有一个接收进程，即服务器自身；"
                "如需多个，请将 database_url 设为 PostgreSQL（docs/scale-out.md）",
            )
        tls = OwnTls(house.transactions, house.keystore)
        # The broker's files are the whole server's business; this program only keeps its own certificate fresh.
        watch = IdentityWatch(
            house.transactions, house.keystore, tls, config.broker.model_copy(update={"folder": None})
        )
        watch.start()
        held.callback(watch.stop)
        link = link_of(config.broker, tls, shared=True)
        publisher = Publisher(house.transactions, house.keystore, link)  # answers gateways; compiles nothing
        me = run_name()
        intake = IntakeService(
            house.transactions,
            house.keystore,
            link,
            me=me,
            here=True,
            on_state=publisher.gateways_said,
            on_broker=lambda: None,
        )
        intake.start()
        held.callback(intake.stop)
        _log.info("intake_worker_runs", worker=me)
        while not stop.wait(STOP_POLL_S):
            if dead := _ended({"intake": intake, "link": link, "identity": watch}):
                raise _thread_died(dead)


def _ended(parts: Mapping[str, IntakeService | MqttLink | Publisher | IdentityWatch | None]) -> list[str]:
    return [name for name, part in parts.items() if part is not None and not part.running]


def _thread_died(dead: Sequence[str]) -> ServerError:
    """What was in hand is not lost: gateways send again what nobody acknowledged."""
    names = ", ".join(dead)
    _log.error("thread_died", of=list(dead))
    return ServerError(
        f"a thread has ended ({names}): the program ends too, so that it is started anew; see its log",
        f"有线程已终止（{names}）：程序随之结束，以便重新启动；原因见日志",
    )


def _be_alone(held: contextlib.ExitStack, engine: Engine) -> None:
    """On SQLite: no second program takes in events. ServerError."""
    if (file := database_file(engine)) is not None:
        try:
            held.enter_context(sole_intake(file))
        except NotAlone as error:
            raise ServerError(str(error), error.zh) from error


def link_of(config: BrokerConfig, tls: OwnTls, *, shared: bool = False) -> MqttLink:
    """The link to the broker of the configuration.

    `shared`: other programs of this server have links too, so this one's client id is its own, and it hears nobody
    until it is told whom.
    """
    context = None if config.plain else tls.dialling
    if shared:
        client_id = f"{config.client_id}-{secrets.token_hex(4)}"
        return MqttLink(config.host, config.dial_port, client_id, context, gateways=frozenset())
    return MqttLink(config.host, config.dial_port, config.client_id, context)


def _home_assistant(config: HomeAssistantConfig, names: Names, environment: Mapping[str, str]) -> TopicLink:
    password = environment.get(config.password_env, "")
    will = names.status if config.enabled else None
    return TopicLink(
        config.host, config.port, will, own=names.retained, user=config.user, password=password, tls=config.tls
    )


def _people(app: FastAPI, listen: ListenConfig) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=LineProtocol,
        ws=StoppableWebSocket,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ssl_certfile=listen.tls_certificate,
        ssl_keyfile=listen.tls_key,
        ssl_context_factory=_quiet if listen.tls_certificate else None,
    )


def _quiet(_config: uvicorn.Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    return quiet_after_handshake(default())


def _boxes(app: FastAPI, tls: OwnTls) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PeerProtocol,
        ws=StoppableWebSocket,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ssl_context_factory=lambda _config, _default: tls.listening,
    )


async def _serve(
    people: uvicorn.Config,
    people_socket: socket.socket,
    boxes: uvicorn.Config,
    boxes_socket: socket.socket,
    console: Console,
    background: Background,
    stop: threading.Event,
) -> list[str]:
    """Until `stop` is set or a thread has died; which."""
    servers = [uvicorn.Server(people), uvicorn.Server(boxes)]
    for server in servers:
        # The signals are the command's; here there is only `stop`.
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    dead: list[str] = []
    watching = asyncio.create_task(_watch(console, servers, background, stop, dead))
    try:
        await asyncio.gather(servers[0].serve(sockets=[people_socket]), servers[1].serve(sockets=[boxes_socket]))
    finally:
        watching.cancel()
    return dead


async def _watch(
    console: Console,
    servers: Sequence[uvicorn.Server],
    background: Background,
    stop: threading.Event,
    dead: list[str],
) -> None:
    while not (stop.is_set() or dead):
        await asyncio.sleep(STOP_POLL_S)
        if all(server.started for server in servers):
            dead += background.dead
    console.hub.close()  # uvicorn waits for open streams; nobody else tells them that it is over
    for server in servers:
        server.should_exit = True


def _end(console: Console, background: Background | None) -> None:
    console.board.stop()
    if background is not None:
        background.stop()


def listening_socket(host: str, port: int, backlog: int = BACKLOG_CONNECTIONS) -> socket.socket:
    """A socket at which people or boxes call. OSError.

    What is written goes at once (TCP_NODELAY, which connections inherit): asyncio sees to that only for sockets that it
    made itself. Without it an answer's second packet waits for the caller's delayed acknowledgement, 40 ms on Linux.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=backlog)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def _bound(section: str, host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket, before anything else begins: a taken port is one clear line."""
    try:
        listener = listening_socket(host, port)
    except OSError as error:
        raise ServerError(
            f"port {port} on {host} cannot be used ({section}.port): {error.strerror}",
            f"无法使用 {host} 的端口 {port}（{section}.port）：{error.strerror}",
        ) from error
    with contextlib.closing(listener):
        yield listener
