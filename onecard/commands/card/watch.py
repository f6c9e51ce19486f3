"""`onecard card watch`: every card that is held to the reader."""

import secrets
import threading
from typing import Annotated

import typer

from card_protocol.profiles.card_keys import DoorKeys
from edge.drivers.registry import open_reader
from edge.ports.reader import Reader
from onecard.card_seen import see, sentence
from onecard.commands.card._common import AsJson, OptionalConfigFile, ReaderSpec, emit, reading_keys, told_errors
from onecard.language import say
from onecard.logs import set_up_logs
from onecard.stopping import stop_on_signal

HELP = say("Tell of every card that is held to the reader, until Ctrl-C.", "显示每张靠近读卡器的卡片，按 Ctrl-C 结束。")
SLICE_MS = 200


def watch(
    reader: ReaderSpec,
    config: OptionalConfigFile = None,
    count: Annotated[int, typer.Option(help=say("End after so many cards (0: never).", "看到几张后结束。"), min=0)] = 0,
    json: AsJson = False,
) -> None:
    """Print a line per card."""
    set_up_logs("card", "error")
    stop = stop_on_signal()
    with told_errors(as_json=json):
        keys = reading_keys(config) if config else None
        device = open_reader(reader)
        try:
            _watch(device, keys, stop, count, as_json=json)
        finally:
            device.close()


def _watch(device: Reader, keys: DoorKeys | None, stop: threading.Event, count: int, *, as_json: bool) -> None:
    seen_cards = 0
    while not stop.is_set() and (count == 0 or seen_cards < count):
        card = device.wait_for_card(SLICE_MS)
        if card is None:
            continue
        seen = see(card, keys, secrets.token_bytes)
        if seen is None:
            typer.echo(say(f"{card.uid}  was taken away too early", f"{card.uid}  移开过早"), err=True)
            continue
        seen_cards += 1
        if as_json:
            emit(seen)
        else:
            typer.echo(sentence(seen))
        while not stop.is_set() and seen_cards != count and not card.wait_for_removal(SLICE_MS):
            pass
