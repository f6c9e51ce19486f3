"""How the gateway is: what is measured, what is wrong with it, and the same for Prometheus. Pure.

Text exposition format 0.0.4: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from card_protocol.wire.identity import ALARM_LEFT_MS

POLICY_OLD_MS = 86_400_000
"""A policy that expires within a day should have been renewed long ago."""

KEYS_ENDING_MS = 14 * 86_400_000
"""A lease of 90 days is renewed when half of it is over: one that is this short was not."""

STUCK_MS = 60_000
LINK_DOWN_MS = 60_000


class Trouble(StrEnum):
    """What may be wrong, gravest first. None of it stops the gate; a person should look."""

    POLICY_MISSING = "policy_missing"
    POLICY_EXPIRED = "policy_expired"
    CERTIFICATE_EXPIRED = "certificate_expired"
    SERVER_STRANGE = "server_strange"
    DISK_LOW = "disk_low"
    SYNC_STUCK = "sync_stuck"
    LINK_DOWN = "link_down"
    KEYS_OVER = "keys_over"
    KEYS_ENDING = "keys_ending"
    CLOCK_UNSURE = "clock_unsure"
    POLICY_OLD = "policy_old"
    CERTIFICATE_OLD = "certificate_old"


class Vitals(BaseModel):
    """What is measured. `*_ms` are spans of real time, or wall times (`at_ms`, `heard_ms`, `policy_expires_ms`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gateway: str
    at_ms: int
    mono_ms: int
    uptime_ms: int
    online: bool
    offline_ms: int
    phase: str
    head_seq: int
    acked_seq: int
    stuck_ms: int
    """How long events have waited without any being acknowledged."""
    policy_version: int
    policy_expires_ms: int
    rev_seq: int
    keys_oldest: int
    keys_newest: int
    keys_until_ms: int
    """The card key versions that the points accept, and when their lease ends."""
    certificate_left_ms: int | None = None
    """Real time until our certificate ends; None without one."""
    server_strange: bool = False
    """Whether the server shows a certificate of an authority that this box does not know."""
    clock: str
    disk_level: str
    disk_used: float
    disk_free_bytes: int
    old_journals: int
    heard_ms: int = 0
    """Wall time at which the link was last up, kept over restarts; 0 for never."""

    @property
    def waiting(self) -> int:
        """Events that the server has not acknowledged."""
        return max(0, self.head_seq - self.acked_seq)


def troubles(vitals: Vitals) -> list[Trouble]:
    """What is wrong, gravest first."""
    keys_left_ms = vitals.keys_until_ms - vitals.at_ms
    left_ms = vitals.policy_expires_ms - vitals.at_ms
    certificate_ms = ALARM_LEFT_MS if vitals.certificate_left_ms is None else vitals.certificate_left_ms
    found = {
        Trouble.POLICY_MISSING: vitals.policy_version == 0,
        Trouble.POLICY_EXPIRED: vitals.policy_version > 0 and left_ms <= 0,
        Trouble.SERVER_STRANGE: vitals.server_strange,
        Trouble.DISK_LOW: vitals.disk_level != "ok",
        Trouble.SYNC_STUCK: vitals.online and vitals.stuck_ms >= STUCK_MS,
        Trouble.LINK_DOWN: not vitals.online and not vitals.server_strange and vitals.offline_ms >= LINK_DOWN_MS,
        Trouble.KEYS_OVER: keys_left_ms <= 0 < vitals.keys_newest,
        Trouble.KEYS_ENDING: 0 < keys_left_ms < KEYS_ENDING_MS,
        Trouble.CLOCK_UNSURE: vitals.clock in {"unknown", "floor"},
        Trouble.CERTIFICATE_EXPIRED: certificate_ms <= 0,
        Trouble.CERTIFICATE_OLD: 0 < certificate_ms < ALARM_LEFT_MS,
        Trouble.POLICY_OLD: vitals.policy_version > 0 and 0 < left_ms < POLICY_OLD_MS,
    }
    return [trouble for trouble in Trouble if found[trouble]]


def exposition(vitals: Vitals) -> str:
    """The vitals as Prometheus reads them."""
    wrong = troubles(vitals)
    gauges: list[tuple[str, str, float]] = [
        ("uptime_seconds", "Time since the daemon started.", vitals.uptime_ms / 1000),
        ("online", "Whether the broker has us.", vitals.online),
        ("journal_head", "Newest event of the journal.", vitals.head_seq),
        ("journal_acked", "Newest event that the server has acknowledged.", vitals.acked_seq),
        ("journal_waiting", "Events that wait for the server.", vitals.waiting),
        ("sync_stuck_seconds", "How long events have waited without progress.", vitals.stuck_ms / 1000),
        ("policy_version", "Policy in force.", vitals.policy_version),
        ("policy_expires_seconds", "Time until the policy expires.", (vitals.policy_expires_ms - vitals.at_ms) / 1000),
        ("revocation_seq", "Newest revocation applied.", vitals.rev_seq),
        ("certificate_left_seconds", "Time until the certificate ends.", (vitals.certificate_left_ms or 0) / 1000),
        ("card_keys_newest", "Newest card key version held.", vitals.keys_newest),
        ("card_keys_expire_seconds", "Time until the keys' lease ends.", (vitals.keys_until_ms - vitals.at_ms) / 1000),
        ("disk_used_ratio", "Share of the file system that is used.", vitals.disk_used),
        ("disk_free_bytes", "Bytes left on the file system.", vitals.disk_free_bytes),
        ("old_journals", "Journal files that were set aside and are not yet with the server.", vitals.old_journals),
    ]
    lines = []
    for name, text, value in gauges:
        lines += _metric(name, text, [("", float(value))])
    lines += _metric("clock", "Where the time comes from.", [(f'source="{vitals.clock}"', 1.0)])
    lines += _metric("trouble", "What is wrong.", [(f'kind="{t}"', float(t in wrong)) for t in Trouble])
    return "\n".join(lines) + "\n"


def _metric(name: str, text: str, values: list[tuple[str, float]]) -> list[str]:
    full = f"onecard_gateway_{name}"
    samples = [f"{full}{{{labels}}} {value:g}" if labels else f"{full} {value:.17g}" for labels, value in values]
    return [f"# HELP {full} {text}", f"# TYPE {full} gauge", *samples]
