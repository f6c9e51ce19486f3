"""What the broker needs to know of us, as files: mosquitto's configuration, its ACL, whom to trust, who is shut out.

mosquitto.conf(5), 2.0: `use_identity_as_username` makes the certificate's common name the user, `acl_file` says what
a user may do, `crlfile` whom TLS turns away. Revocation lists work on new connections; the ACL is read again on
SIGHUP and is asked for every message, so that a stolen box which is connected at that moment is deaf and mute too.

Gateways have a listener of their own, on which the user is also the client id: none can take over another's session.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from card_protocol.crypto.certificates import certificate_in
from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from card_protocol.wire.topics import DOWN, ROOT, UP
from server.config import BrokerConfig
from server.services.keys import authorities
from server.services.keys.certificates import SERVER_LIFE_MS, PrivateKey, Use, issue, server_renewal_due
from server.services.keys.keystore import Keystore
from server.services.own_files import read_private, write_file
from server.services.work import Transactions
from server.tables import CertificateRow, GatewayRow

CONFIGURATION, ACL = "onecard.conf", "onecard.acl"
AUTHORITIES, REVOKED = "authorities.pem", "revoked.pem"
CERTIFICATE, KEY = "broker-certificate.pem", "broker-key.pem"
MESSAGE_MAX_BYTES = 128 * 1024
QUEUED_MAX_MESSAGES = 1000
INFLIGHT_MAX_MESSAGES = 200
"""How many messages the server may have without having acknowledged them. A gateway that catches up has 16 under way:
with mosquitto's own 20 a second one would keep alarms and reports of all others waiting at the broker."""


@dataclass(frozen=True)
class Written:
    """Which files are new or other than before; with none the broker need not read them again."""

    names: tuple[str, ...]


def write_broker_files(
    transactions: Transactions, keystore: Keystore, config: BrokerConfig, folder: Path, host: str
) -> Written:
    """Bring the folder up to date; a file that says the same already is left alone. OSError.

    `host` is the address on which gateways reach the broker. The broker's key is made here once and stays here.
    """
    now_ms = transactions.real_clock()
    with transactions.read() as session:
        texts = {
            CONFIGURATION: configuration(config, folder, host),
            ACL: access_list(_revoked_gateways(session)),
            AUTHORITIES: authorities.bundle(session),
        }
        state = _state_of(session, texts[AUTHORITIES])
        if _first_line(folder / REVOKED) != state:
            texts[REVOKED] = f"{state}\n{authorities.revocation_lists(session, keystore, now_ms)}"
        texts |= _certificate(session, keystore, folder, transactions, now_ms)
    # The key before its certificate, whom to trust before who is shut out: a reload in between finds what fits.
    order = (KEY, CERTIFICATE, AUTHORITIES, REVOKED, ACL, CONFIGURATION)
    private = {KEY}
    done = [n for n in order if n in texts and write_file(folder / n, texts[n].encode(), private=n in private)]
    return Written(tuple(done))


def configuration(config: BrokerConfig, folder: Path, host: str) -> str:
    """mosquitto's own file: `include_dir` its folder, or start mosquitto with it (-c)."""
    where = folder.resolve()
    own = [] if config.server_port == config.port else _listener(config.server_port, config.host, where, bound=False)
    lines = [
        "# Written by `onecard server broker-config`; changes by hand are overwritten.",
        "per_listener_settings false",
        "allow_anonymous false",
        f"acl_file {where / ACL}",
        "persistence false",
        "# The broker holds no truth: everything is sent again until the other end says that it is on its disk.",
        "# An order to open a door does not wait for the acknowledgement of the packet before it (40 ms on Linux).",
        "set_tcp_nodelay true",
        f"max_packet_size {MESSAGE_MAX_BYTES}",
        f"max_queued_messages {QUEUED_MAX_MESSAGES}",
        f"max_inflight_messages {INFLIGHT_MAX_MESSAGES}",
        "",
        "# Gateways: the certificate's name is the user and the client id.",
        *_listener(config.port, host, where, bound=bool(own)),
        *(
            ["", "# The server; several of its workers have one certificate and client ids of their own."]
            if own
            else []
        ),
        *own,
    ]
    return "\n".join(lines) + "\n"


def access_list(revoked: list[str]) -> str:
    """mosquitto's ACL (`acl_file`): what the server and any gateway may do, and nothing for those that are revoked."""
    lines = ["# Written by `onecard server broker-config`."]
    for gateway in revoked:
        lines += ["", f"user {gateway}", f"topic deny {ROOT}/#"]
    lines += ["", f"user {SERVER_NAME}"]
    lines += [f"topic read {ROOT}/+/{channel}" for channel in sorted(UP)]
    lines += [f"topic write {ROOT}/+/{channel}" for channel in sorted(DOWN)]
    lines += ["", "# Every gateway in its own branch."]
    lines += [f"pattern write {ROOT}/%u/{channel}" for channel in sorted(UP)]
    lines += [f"pattern read {ROOT}/%u/{channel}" for channel in sorted(DOWN)]
    return "\n".join(lines) + "\n"


def _listener(port: int, host: str, where: Path, *, bound: bool) -> list[str]:
    lines = [
        f"listener {port} {host}",
        f"cafile {where / AUTHORITIES}",
        f"certfile {where / CERTIFICATE}",
        f"keyfile {where / KEY}",
        f"crlfile {where / REVOKED}",
        "tls_version tlsv1.3",
        "require_certificate true",
        "use_identity_as_username true",
    ]
    return [*lines, "use_username_as_clientid true"] if bound else lines


def _certificate(
    session: Session, keystore: Keystore, folder: Path, transactions: Transactions, now_ms: int
) -> Mapping[str, str]:
    """Key and certificate of the broker, where they are missing, old, or of an authority that is shown no more."""
    issuer = authorities.shown(session, keystore, now_ms)
    try:
        key = PrivateKey.from_pem(read_private(folder / KEY))
        told = certificate_in((folder / CERTIFICATE).read_text(encoding="ascii"))
        current = told.key == key.public_der and told.issuer == issuer.identifier
        if current and not server_renewal_due(told, issuer, now_ms):
            return {}
    except (OSError, ValueError):
        key = PrivateKey.new()
    pem = issue(
        issuer, BROKER_NAME, key.public_der, Use.SERVER, SERVER_LIFE_MS, now_ms, transactions.entropy, ("localhost",)
    )
    return {KEY: key.reveal_pem().decode(), CERTIFICATE: pem}


def _revoked_gateways(session: Session) -> list[str]:
    statement = select(GatewayRow.id).where(col(GatewayRow.revoked_ms).is_not(None)).order_by(GatewayRow.id)
    return list(session.exec(statement))


def _state_of(session: Session, bundle: str) -> str:
    """A line that changes when the revocation lists must: they are signed with fresh dice and never twice the same."""
    statement = select(CertificateRow.serial).where(col(CertificateRow.revoked_ms).is_not(None))
    said = bundle + "\n".join(sorted(session.exec(statement)))
    return f"# {hashlib.sha256(said.encode()).hexdigest()}"


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").split("\n", 1)[0]
    except (OSError, ValueError):
        return ""
