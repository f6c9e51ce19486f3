"""Marks between pieces of a line, and names of those who did something."""

import pytest

from server.pages import marks
from server.pages.i18n import Language
from server.pages.live import orders
from server.pages.visitors import gate_house
from server.services.party.members import Ending
from server.services.visitors import visitor_keeper


@pytest.mark.parametrize(
    ("actor", "en", "zh"),
    [
        ("user:wang", "wang", "wang"),
        ("system", "the system", "系统"),
        ("intake", "the system", "系统"),
        ("nobody", "nobody who was signed in", "未登录者"),
        ("token:parking-lot", "program parking-lot", "程序 parking-lot"),
        ("desk:desk-1", "card desk desk-1", "发卡台 desk-1"),
        ("gateway:g-1", "gateway g-1", "网关 g-1"),
        ("terminal:root", "root, at the server's terminal", "root（服务器终端）"),
        ("", "", ""),
    ],
)
def test_who_did_it_is_told_in_words(actor, en, zh):
    assert marks.who(actor, Language.EN) == en
    assert marks.who(actor, Language.ZH) == zh


def test_each_language_has_its_own_marks():
    assert (marks.COMMA[Language.ZH], marks.COLON[Language.ZH]) == ("、", "：")
    assert (marks.COMMA[Language.EN], marks.COLON[Language.EN]) == (", ", ": ")
    assert marks.brackets(3, Language.ZH) == "（3）"
    assert marks.brackets(3, Language.EN) == " (3)"


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("used up", "it has let in as often as it may", "可进入次数已用完"),
        ("request 12", "request no. 12", "12号请求"),
        ("incident 12", "Incident no. 12", "12号事件"),
        ("import:01J", "a list from Excel", "Excel 名单"),
        ("consent withdrawn: care", "consent taken back: Elderly care", "已撤回同意：养老服务"),
        ("买菜时丢失", "买菜时丢失", "买菜时丢失"),
        ("requested by phone", "requested by phone", "requested by phone"),
    ],
)
def test_reasons_that_the_server_gave_by_itself_are_told_in_words(text, en, zh):
    assert marks.why(text, Language.EN) == en
    assert marks.why(text, Language.ZH) == zh


def test_what_the_services_say_is_in_the_table():
    assert {visitor_keeper.OVER, visitor_keeper.USED_UP, *Ending} <= set(marks._BY_ITSELF)
    assert {gate_house.WHY, orders.LOG_WHY} <= set(marks._BY_ITSELF), "orders that a page gives a reason of its own"
