"""What the screen at a point shows."""

import pytest

from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from edge.core.screen import showing


@pytest.mark.parametrize("reason", Reason)
def test_yes_looks_good_and_every_no_looks_bad(reason: Reason) -> None:
    assert showing(reason, None)["look"] == ("good" if reason is Reason.GRANTED else "bad")


@pytest.mark.parametrize("service", Service)
def test_what_came_of_a_service_outranks_the_verdict(service: Service) -> None:
    shown = showing(Reason.GRANTED, Answer(service))
    assert shown["look"] == ("good" if service.is_good else "bad")
    assert "more" not in shown


def test_a_muster_point_says_who_is_awaited() -> None:
    assert showing(Reason.GRANTED, Answer(Service.SAFE, missing=3))["more"] == ["还有 3 人未到", "3 still missing"]
    assert "All" in showing(Reason.GRANTED, Answer(Service.SAFE, missing=0))["more"][1]


def test_a_meal() -> None:
    assert showing(Reason.GRANTED, Answer(Service.PAID, 805, 1200)) == {
        "look": "good",
        "zh": "已扣款，请用餐",
        "en": "Paid, enjoy your meal",
        "more": ["扣款 8.05 元，余额 12.00 元", "Paid ¥8.05, balance ¥12.00"],
    }
    assert showing(Reason.GRANTED, Answer(Service.PURSE_EMPTY, left=7))["more"] == ["余额 0.07 元", "Balance ¥0.07"]
