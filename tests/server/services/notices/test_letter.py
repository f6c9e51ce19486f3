"""A notice as a mail."""

from email import message_from_bytes, policy

import pytest

from server.services.notices.letter import letter
from tests.server.build import NOW_MS


@pytest.mark.parametrize("withdrawn", [False, True])
def test_both_languages_one_reader_and_no_answer(withdrawn: bool) -> None:
    made = letter(
        7, "明日停水", "No water tomorrow", (NOW_MS, NOW_MS + 3_600_000), sender="notice@example.org",
        to="wang@example.org", mail_id="01ARZ3NDEKTSV4RRFFQ69G5FAV", at_ms=NOW_MS, withdrawn=withdrawn,
    )  # fmt: skip
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    body = read.get_body().get_content()  # type: ignore[union-attr]
    for said in ("明日停水", "No water tomorrow", "2026-03-01 08:00 – 2026-03-01 09:00"):
        assert said in body
    assert ("已撤回" in body) == ("已撤回" in read["Subject"]) == withdrawn
    assert (read["To"], read["From"]) == ("wang@example.org", "notice@example.org")
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == "<01ARZ3NDEKTSV4RRFFQ69G5FAV@example.org>"
    assert "7" in read["Subject"]
