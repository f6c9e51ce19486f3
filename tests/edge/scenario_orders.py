"""What a guard orders in a scenario, as the server would say it and the gateway's daemon would take it."""

from typing import Any

from card_protocol.wire.command import Action, Command
from card_protocol.wire.sealed import seal, unseal
from card_protocol.words.moment import Moment
from gateway.core.commander import Commander
from gateway.core.station_words import KeepOrders, OrdersKept
from gateway.ports.orders import NO_ORDERS, Orders
from tests.edge.box import GATEWAY, SERVER
from tests.edge.scenario_house import AREA

LIVES_MS = 60_000
_ACTIONS = {"holds open": Action.HOLD_OPEN, "ends the hold": Action.RELEASE, "opens once": Action.OPEN_ONCE}


class Guard:
    """Orders by the words of a scenario. `orders` is what the daemon keeps for the points."""

    def __init__(self) -> None:
        self.number = 0
        self._daemon = Commander(GATEWAY, SERVER.sign, NO_ORDERS)

    @property
    def orders(self) -> Orders:
        return self._daemon.orders

    def says(self, what: str, point: str, moment: Moment) -> bool:
        """Whether it is an order; then it is signed, heard, judged and kept."""
        plain = _meaning(what, point)
        if plain is None:
            return False
        self.number += 1
        times = {"issued_ms": moment.wall_ms, "expires_ms": moment.wall_ms + LIVES_MS}
        command = Command(gateway=GATEWAY, number=self.number, **plain, **times)
        heard = unseal("command", seal("command", command, SERVER.sign), Command, SERVER.verifier.verify)
        for effect in self._daemon.heard(heard, moment):
            if isinstance(effect, KeepOrders):
                self._daemon.kept(OrdersKept(*effect), moment)
        return True


def _meaning(what: str, point: str) -> dict[str, Any] | None:
    if what.startswith("locks down to "):
        level = int(what.rpartition(" ")[2])
        more = {"action": Action.LOCK_DOWN, "level": level} if level else {"action": Action.RELEASE}
        return {"area": AREA, **more}
    if what == "forgives":
        return {"action": Action.FORGIVE, "point": point}
    return {"action": _ACTIONS[what], "point": point} if what in _ACTIONS else None
