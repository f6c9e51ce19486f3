"""Open payments, a small JSON file each under `payments/`: a few at a time, gone when their cards have told."""

import json
from dataclasses import astuple
from pathlib import Path
from typing import Final

import structlog

from card_protocol.profiles.card_records import PurseEntry
from edge.ports.payments import OpenPayment
from gateway.drivers.linked_file import write_atomically

OPEN_MAX_PAYMENTS: Final = 4096
"""Beyond it something is badly wrong, and no further payment begins."""

_log = structlog.get_logger()


class PaymentFiles:
    """See the port. `folder`/{card id}.json, made on the first payment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_of(self, card_id: str) -> OpenPayment | None:
        """See the port. A file that cannot be read tells nothing: the server's records will."""
        try:
            kept = json.loads(self._path(card_id).read_bytes())
            return OpenPayment(PurseEntry(*map(int, kept["record"])), int(kept["counter"]), int(kept["tap_seq"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.error("payment_unreadable", card=card_id, why=str(error))
            return None

    def begin(self, card_id: str, payment: OpenPayment) -> bool:
        """See the port."""
        kept = {"record": astuple(payment.record), "counter": payment.counter, "tap_seq": payment.tap_seq}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sum(1 for _ in self._folder.iterdir()) >= OPEN_MAX_PAYMENTS:
                _log.error("too_many_open_payments", folder=str(self._folder))
                return False
            write_atomically(self._path(card_id), json.dumps(kept).encode())
        except OSError as error:
            _log.error("payment_unwritten", card=card_id, why=str(error))
            return False
        return True

    def end(self, card_id: str) -> None:
        """See the port. One that cannot be removed is settled once more at the next tap, which harms nobody."""
        try:
            self._path(card_id).unlink(missing_ok=True)
        except OSError as error:
            _log.error("payment_not_ended", card=card_id, why=str(error))

    def _path(self, card_id: str) -> Path:
        return self._folder / f"{card_id}.json"
