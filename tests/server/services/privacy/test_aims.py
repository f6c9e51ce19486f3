"""Purposes: each has a basis, and what rests on consent has a consent that can be taken back."""

from server.services.people.consents import Purpose
from server.services.privacy.aims import BY_CONSENT, MOST_DAYS, PROCESSINGS, Aim, Basis


def test_every_purpose_has_a_basis_with_its_article() -> None:
    assert set(PROCESSINGS) == set(Aim)
    article = {Basis.CONSENT: "1", Basis.CONTRACT: "2", Basis.DUTY: "3", Basis.EMERGENCY: "4"}
    for aim, one in PROCESSINGS.items():
        assert f"PIPL 13({article[one.basis]})" in one.laws, aim
    assert all(one.least_days <= one.keep_days <= MOST_DAYS for one in PROCESSINGS.values())


def test_what_rests_on_consent_and_nothing_else_has_one() -> None:
    for aim, one in PROCESSINGS.items():
        assert (one.basis is Basis.CONSENT) == (one.consent is not None), aim
    assert set(BY_CONSENT) == set(Purpose), "every consent that is asked for is of a purpose in the register"
