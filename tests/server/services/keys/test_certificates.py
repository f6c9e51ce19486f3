"""What is issued: by OpenSSL's own judgement, and field by field where nobody else would notice."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from card_protocol.crypto.certificates import Certificate, certificate_in
from card_protocol.words.moment import DAY_MS
from server.services.keys.certificates import (
    AUTHORITY_LIFE_MS,
    SERVER_LIFE_MS,
    PrivateKey,
    Use,
    issue,
    new_authority,
    revocation_list,
    server_renewal_due,
)
from tests.support.identity import now_ms

NOW_MS = now_ms()
AUTHORITY = new_authority("330105008001", 1, NOW_MS, os.urandom)
KEY = PrivateKey.new()


def leaf(use: Use = Use.CLIENT, life_ms: int = DAY_MS) -> str:
    return issue(AUTHORITY, "g-1", KEY.public_der, use, life_ms, NOW_MS, os.urandom, ("10.0.0.7", "host.example"))


def openssl(folder: Path, *words: str, **files: str) -> "subprocess.CompletedProcess[str]":
    for name, text in files.items():
        (folder / name).write_text(text)
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("use", "good", "bad"), [(Use.CLIENT, "sslclient", "sslserver"), (Use.SERVER, "sslserver", "sslclient")]
)
def test_openssl_finds_a_leaf_good_for_its_use_and_no_other(tmp_path: Path, use: Use, good: str, bad: str) -> None:
    files = {"ca": AUTHORITY.certificate, "leaf": leaf(use)}
    words = ["verify", "-x509_strict", "-CAfile", "ca", "-purpose"]
    assert openssl(tmp_path, *words, good, "leaf", **files).returncode == 0
    assert openssl(tmp_path, *words, bad, "leaf").returncode != 0


def test_openssl_turns_away_what_is_on_the_list_and_nothing_else(tmp_path: Path) -> None:
    revoked, good = leaf(), leaf()
    crl = revocation_list(AUTHORITY, {certificate_in(revoked).serial: NOW_MS}, 7, NOW_MS)
    files = {"ca": AUTHORITY.certificate, "good": good, "bad": revoked, "crl": crl}
    words = ["verify", "-crl_check", "-CAfile", "ca", "-CRLfile", "crl"]
    assert openssl(tmp_path, *words, "good", **files).returncode == 0
    told = openssl(tmp_path, *words, "bad")
    assert told.returncode != 0
    assert "certificate revoked" in told.stderr
    parsed = x509.load_pem_x509_crl(crl.encode())
    assert parsed.next_update_utc == AUTHORITY.parsed.not_valid_after_utc, "a list that runs out would shut every door"


def test_a_leaf_never_outlives_its_authority_and_signs_nothing() -> None:
    late = leaf(life_ms=2 * AUTHORITY_LIFE_MS)
    parsed = x509.load_pem_x509_certificate(late.encode())
    assert parsed.not_valid_after_utc == AUTHORITY.parsed.not_valid_after_utc
    assert parsed.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value.ca is False  # type: ignore[attr-defined]
    assert AUTHORITY.parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    uses = parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["g-1", "host.example"]


@pytest.mark.parametrize(("use", "good"), [(Use.SERVER, True), (Use.BOTH, True), (Use.CLIENT, False)])
def test_what_a_server_shows_is_valid_for_a_clock_that_stood_still_for_months(
    tmp_path: Path, use: Use, good: bool
) -> None:
    """A box that wakes with a saved clock (fake-hwclock) could not learn the time from anybody else."""
    leaf = issue(AUTHORITY, "g-1", KEY.public_der, use, SERVER_LIFE_MS, NOW_MS + 300 * DAY_MS, os.urandom)
    words = ["verify", "-attime", str((NOW_MS + DAY_MS) // 1000), "-CAfile", "ca", "leaf"]
    told = openssl(tmp_path, *words, ca=AUTHORITY.certificate, leaf=leaf)
    assert (told.returncode == 0, "not yet valid" in told.stderr) == (good, not good)


def test_a_server_whose_clock_was_set_back_still_gets_a_certificate() -> None:
    """The authority was made with a clock in the future."""
    told = certificate_in(issue(AUTHORITY, "s", KEY.public_der, Use.BOTH, DAY_MS, NOW_MS - 9 * DAY_MS, os.urandom))
    assert told.from_ms < NOW_MS - 9 * DAY_MS < told.until_ms < AUTHORITY.from_ms


def test_a_servers_is_due_after_a_third_of_its_life_and_not_for_ever_at_the_end_of_its_authoritys() -> None:
    def made(at_ms: int) -> Certificate:
        return certificate_in(issue(AUTHORITY, "s", KEY.public_der, Use.BOTH, SERVER_LIFE_MS, at_ms, os.urandom))

    later_ms, third = NOW_MS + 900 * DAY_MS, SERVER_LIFE_MS // 3
    assert not server_renewal_due(made(later_ms), AUTHORITY, later_ms + third - DAY_MS)
    assert server_renewal_due(made(later_ms), AUTHORITY, later_ms + third)
    late_ms = AUTHORITY.until_ms - SERVER_LIFE_MS - DAY_MS
    assert server_renewal_due(made(late_ms), AUTHORITY, late_ms + third)
    assert not server_renewal_due(made(late_ms + third), AUTHORITY, AUTHORITY.until_ms), "no other would last longer"
    young = replace(made(later_ms), from_ms=later_ms)
    assert server_renewal_due(young, AUTHORITY, later_ms), "as they were made before: it keeps out who stands behind"


def test_keys_do_not_print_and_come_back() -> None:
    assert repr(KEY) == "<PrivateKey>"
    assert KEY.reveal_der().hex() not in repr(AUTHORITY)
    assert PrivateKey.from_der(KEY.reveal_der()).public_der == KEY.public_der
    assert PrivateKey.from_pem(KEY.reveal_pem()).public_der == KEY.public_der
    for wrong in (b"", b"rubbish"):
        with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
            PrivateKey.from_pem(wrong)
        with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
            PrivateKey.from_der(wrong)
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
        issue(AUTHORITY, "g-1", b"no key", Use.CLIENT, DAY_MS, NOW_MS, os.urandom)
