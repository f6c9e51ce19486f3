"""Everything that a page, an API route or the intake needs, assembled once in `server.app`."""

from dataclasses import dataclass, field
from pathlib import Path

from server.services.desk.desks import Desks
from server.services.keys.keystore import Keystore
from server.services.live import Feed
from server.services.long_jobs import LongJobs
from server.services.oidc.provider import Provider
from server.services.users.passwords import Passwords
from server.services.work import Transactions


@dataclass(frozen=True)
class House:
    """One community's server. `clock_speed` is above 1 for a played day alone."""

    community: str
    transactions: Transactions
    keystore: Keystore
    passwords: Passwords
    desks: Desks
    clock_speed: int = 1
    keystore_file: Path | None = None
    """Where the keystore sleeps, when it sleeps in a file."""
    provider: Provider | None = None
    """Who else says who somebody is (OpenID Connect), where one is configured."""
    jobs: LongJobs = field(default_factory=LongJobs)

    @property
    def feed(self) -> Feed:
        """The live feed."""
        return self.transactions.feed
