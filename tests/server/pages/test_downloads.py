"""Lists as files."""

import pytest

from server.pages.downloads import FORMS, list_file
from server.services.lists import sheets
from tests.server.build import NOW_MS


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_a_name_and_can_be_read_again(form):
    answer = list_file("用餐", NOW_MS, form, ["甲", "乙"], [["1", "2"]])
    assert "%202026-03-01." in answer.headers["content-disposition"]
    sheet = sheets.read_file(bytes(answer.body))
    assert [list(row[:2]) for row in sheet.rows] == [["甲", "乙"], ["1", "2"]]
