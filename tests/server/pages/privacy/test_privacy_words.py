"""Every purpose, law, table, rule and state has a word."""

from server.pages.privacy import privacy_words as words
from server.services.privacy.aims import Aim, Basis, Law
from server.services.privacy.assessments import Standing, Verdict
from server.services.privacy.register import REGISTER, End
from server.services.privacy.request_life import Clock, Kind, State, Step, Way
from server.services.privacy.rules import RULES


def test_everything_has_a_word() -> None:
    assert set(words.AIMS) == set(Aim)
    assert set(words.BASES) == set(Basis)
    assert set(words.LAWS) == set(Law)
    assert set(words.TABLES) == set(REGISTER)
    assert set(words.ENDS) == set(End)
    assert set(words.RULES) == {rule.id for rule in RULES}
    assert set(words.KINDS) == set(Kind)
    assert set(words.WAYS) == set(Way)
    assert set(words.STATES) == set(State)
    assert set(words.STEPS) == set(Step)
    assert set(words.CLOCKS) == set(Clock)
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.STANDINGS) == set(Standing)
