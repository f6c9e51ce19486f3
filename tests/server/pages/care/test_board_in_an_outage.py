"""The not-seen board right through a gateway's outage: a gap is shown as unknown, never as silence."""

from card_protocol.words.moment import local_ms
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.services.care.test_care_keeper import TODAY, Street


def test_the_board_says_unknown_while_a_gateway_cannot_tell(house):
    street = Street(house.community)
    carer = house.signed_in(Role.CARE)

    def board() -> str:
        whole, part = carer.get("/care"), carer.get("/care", **{"hx-request": "true"})
        assert whole.status_code == part.status_code == 200
        assert words_of(part) in words_of(whole)
        return words_of(part)

    street.look(8)
    assert "Nobody is missed." in board()
    street.look(8.5, online=False)
    for hour in (8.6, 11, 14):  # silent far longer than ever before
        street.look(hour, speaks=False)
        shown = board()
        assert "Unknown: a gateway is offline" in shown, hour
        assert "Call them" not in shown, hour
    street.look(17.5, head_seq=4)
    assert "Unknown: a gateway is offline" in board(), "it is back, and what it saw is still on its way"
    street.tap(local_ms(TODAY, 17 * 60))
    street.look(17.6, head_seq=4, acked_seq=4)
    shown = board()
    assert "Unknown" not in shown
    assert "Nobody is missed." in shown
    street.look(33, head_seq=4, acked_seq=4)
    assert "Call them" in board(), "with every gateway telling, silence is silence again"


def test_a_silence_that_is_shorter_than_the_time_since_says_why(house):
    street = Street(house.community)
    carer = house.signed_in(Role.CARE)
    street.look(8)
    assert "counted since" not in words_of(carer.get("/care"))
    street.look(8.5, online=False)
    street.look(11, boot="b2", head_seq=4, acked_seq=4)
    street.look(13)
    assert "2 h, counted since 11:00:00: an outage ended then" in words_of(carer.get("/care"))


def test_in_chinese_as_well(house):
    street = Street(house.community)
    carer = house.signed_in(Role.CARE, **{"accept-language": "zh-CN"})
    street.look(8)
    street.look(8.5, online=False)
    street.look(14, speaks=False)
    shown = words_of(carer.get("/care"))
    assert "王秀英" in shown
    assert "网关" in shown
