"""Commands for the box of `world`."""

from card_protocol.wire.command import Action, Command
from tests.gateway.world import GATEWAY, NOON_MS


def command(number: int = 1, action: Action = Action.OPEN_ONCE, **changed: object) -> Command:
    """Issued a second ago, good for ten; about the gate where it is about a point."""
    aims: dict[str, object] = (
        {} if action in (Action.LOCK_DOWN, Action.READ_LOG) or "area" in changed else {"point": "gate"}
    )
    if action is Action.LOCK_DOWN:
        aims = {"area": "yard", "level": 1}
    times = {"issued_ms": NOON_MS - 1000, "expires_ms": NOON_MS + 10_000}
    return Command.model_validate({"gateway": GATEWAY, "number": number, "action": action, **aims, **times, **changed})
