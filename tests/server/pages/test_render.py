"""Templates to HTML."""

import pytest
from jinja2 import UndefinedError

from server.pages.i18n import Language
from server.pages.live.live_views import Tile
from server.pages.render import environment, icon, macro, render


def test_an_icon_is_decoration_and_escapes_what_it_is_given():
    html = str(icon("door", '"><script>'))
    assert 'aria-hidden="true"' in html
    assert "#door" in html
    assert "<script>" not in html


def test_everything_is_escaped():
    tile = Tile("p", "door", "<b>南门</b>", "none", "", 0, None, False, held=False, lockdown=0, hidden=False)
    html = macro("parts/live.html", "tile", Language.ZH, tile)
    assert "&lt;b&gt;南门&lt;/b&gt;" in html
    assert html.startswith("<li")
    assert html.endswith("</li>")


def test_a_name_that_is_not_given_is_an_error_and_not_a_gap():
    with pytest.raises(UndefinedError):
        render("desk_readers.html", Language.EN, chosen="")


def test_each_language_has_an_environment_of_its_own():
    assert environment(Language.ZH) is environment(Language.ZH)
    assert environment(Language.ZH) is not environment(Language.EN)
