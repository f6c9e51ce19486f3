"""What the pages stand on."""

from server.pages.console import make_console


def test_the_session_cookie_belongs_to_this_host_where_there_is_https(community):
    plain = make_console(community.house, "b", secure_cookies=False)
    secure = make_console(community.house, "b", secure_cookies=True)
    assert plain.session_cookie == "onecard_session"
    assert secure.session_cookie == "__Host-onecard_session"
    assert plain.hub.boot == "b"
    assert plain.transactions is community.transactions
    assert plain.passwords is community.house.passwords


def test_a_job_that_is_over_pokes_the_desk_pages(community):
    console = make_console(community.house, "b", secure_cookies=False)
    before = console.hub.position()
    console.board.poke("desk")
    assert console.hub.position() != before
