"""Every action that the server records has a word."""

import re
from pathlib import Path

from card_protocol.words.card import CardState
from server.pages.i18n import Language
from server.pages.trail.trail_words import ACTIONS, action_words

SERVER = Path(__file__).parents[4] / "server"
RECORDED = re.compile(r'(?:audit\.record|_changed|_answered)\(\s*(?:work,\s*)?(?:row,\s*)?f?"([a-z_.{}]+)"', re.DOTALL)


def recorded():
    found = set()
    for path in SERVER.rglob("*.py"):
        found |= set(RECORDED.findall(path.read_text(encoding="utf-8")))
    plain = {action for action in found if "{" not in action}
    return plain | ({f"card.{state}" for state in CardState} if "card.{state}" in found else set())


def test_every_recorded_action_has_a_word():
    actions = recorded()
    assert {"card.lost", "user.add", "gateway.claim"} <= actions, "the search finds nothing any more"
    assert actions - set(ACTIONS) == set()


def test_an_unknown_one_keeps_its_name():
    assert action_words("door.paint", Language.EN) == "door.paint"
    assert action_words("card.lost", Language.ZH) == "挂失卡片"
