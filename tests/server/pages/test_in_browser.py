"""The pages in real Chromium: for everybody's hands and eyes, and live in any number of tabs."""

import pytest
from playwright.sync_api import expect

from card_protocol.words.reason import Reason
from server.services.activities import attendance
from server.services.activities.asked import InviteIn
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.people import holders, watching
from server.services.roles import Role
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM, Actor
from tests.server.build import ADMIN
from tests.server.pages.conftest import OWN_PASSWORD, press_while_an_alarm_comes, untouched
from tests.server.pages.serving import serving
from tests.server.pages.test_every_page import addresses, owner_of

OWN_PAGES = {
    Role.GUARD: ["/live", "/points/south-gate-in/orders"],
    Role.NURSE: ["/live", "/holders", "/events"],
    Role.CARE: ["/live", "/incidents"],
    Role.CLERK: ["/desk", "/cards"],
    Role.PROPERTY: ["/tickets"],
    Role.OFFICIAL: ["/incidents", "/access"],
    Role.AUDITOR: ["/audit", "/events"],
    Role.INSTALLER: ["/live", "/gateways/g-1"],
}
"""Where each role begins, and what others see too but not like this."""

MANY_TABS = 8
"""More than the six connections that a browser opens to one server."""


@pytest.fixture
def site(lived):
    with serving(lived.house.site) as address:
        yield address
        lived.house.console.hub.close()


@pytest.fixture
def signed_in(lived, site, open_page):
    """A page of an admin, or of another role."""

    def sign_in(role=Role.ADMIN, **options):
        lived.house.signed_in(role)
        page = open_page(**{"locale": "en", "base_url": site} | options)
        page.goto("/login")
        page.locator("#name").fill(role.value)
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda address: not address.endswith("/login"))
        return page

    return sign_in


LOOKS = [("en", "light", 1280), ("zh-CN", "dark", 820), ("zh-CN", "light", 1280), ("en", "dark", 820)]
WIDTHS = (820, 1280)


def pages_of(lived):
    """Role -> addresses: what an administrator sees, and the rest by whose it is."""
    theirs = {Role.ADMIN: [], **OWN_PAGES}
    for address in addresses(lived):
        theirs[owner_of(address)] = [*theirs.get(owner_of(address), []), address]
    return theirs


def look_at(theirs, signed_in, axe, page_complaints, look):
    """What axe finds on these pages in this look, and which of them are wider than a window."""
    locale, theme, width = look
    found, wide = {}, []
    for role, some in theirs.items():
        page = signed_in(role, locale=locale, viewport={"width": width, "height": 900})
        page.context.add_cookies([{"name": "onecard_theme", "value": theme, "url": page.url}])
        for address in some:
            page.goto(address)
            if not page.locator("h1").count():
                continue
            if findings := axe(page):
                found[role, address] = findings
            for pixels in sorted(WIDTHS, key=lambda one: one == width):  # and back to its own
                page.set_viewport_size({"width": pixels, "height": 900})
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    wide.append((role, address, pixels))
        page.close()
    page_complaints.clear()  # the browser reports the pages that are meant to be 404
    return found, wide


@pytest.mark.parametrize(("turn", "look"), list(enumerate(LOOKS)))
def test_on_every_page_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    lived, signed_in, axe, page_complaints, turn, look
):
    """Every page in one of the looks, neighbours in different ones; of the other roles each has a look."""
    theirs = pages_of(lived)
    mine = {Role.ADMIN: theirs.pop(Role.ADMIN)[turn :: len(LOOKS)]}
    mine |= {role: theirs[role] for role in list(theirs)[turn :: len(LOOKS)]}
    assert look_at(mine, signed_in, axe, page_complaints, look) == ({}, [])


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("look", LOOKS)
def test_the_same_of_every_page_in_every_look(lived, signed_in, axe, page_complaints, look):
    assert look_at(pages_of(lived), signed_in, axe, page_complaints, look) == ({}, [])


def test_axe_finds_nothing_before_the_sign_in(site, open_page, axe):
    for locale in ("en", "zh-CN"):
        page = open_page(locale=locale)
        page.goto(site + "/login")
        assert axe(page) == []


def test_by_keyboard_alone_from_the_skip_link_to_a_person(lived, signed_in):
    page = signed_in()
    page.goto("/holders")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("秀英")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="王秀英")).to_be_visible()


def test_a_menu_opens_and_closes_by_keyboard_and_gives_the_focus_back(signed_in):
    page = signed_in()
    summary = page.locator(".console-side details.menu summary")
    summary.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_many_tabs_share_one_stream_and_all_see_the_tap(lived, signed_in):
    page = signed_in()
    tabs = [page] + [page.context.new_page() for _ in range(MANY_TABS - 1)]
    for tab in tabs:
        tab.goto(page.url)
        expect(tab.locator("body")).to_have_attribute("data-live-state", "on")
    assert lived.house.console.hub.listeners() == 1
    number = lived.house.tap(lived.lost, Reason.LOST)
    for tab in tabs:
        expect(tab.locator(f"#tap-{number}")).to_contain_text("Card was reported lost")
        expect(tab.locator("#feed > li").first).to_have_id(f"tap-{number}")


def test_a_tab_opened_later_misses_nothing_and_doubles_nothing(lived, signed_in):
    page = signed_in()
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    first = lived.house.tap(lived.active)
    expect(page.locator(f"#tap-{first}")).to_be_visible()
    later = page.context.new_page()
    later.goto(page.url)
    second = lived.house.tap(lived.lost, Reason.LOST)
    expect(later.locator(f"#tap-{second}")).to_be_visible()
    expect(later.locator(f"#tap-{first}")).to_have_count(1)


def test_signing_out_in_one_tab_takes_the_live_page_away_in_the_other(lived, signed_in):
    page = signed_in()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("body")).to_have_attribute("data-live-state", "on")
    page.locator(".console-side details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_another_language_in_the_same_browser_is_another_stream(lived, signed_in):
    page = signed_in()
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="实时门禁")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    number = lived.house.tap(lived.lost, Reason.LOST)
    expect(page.locator(f"#tap-{number}")).to_contain_text("卡片已挂失")


def test_a_page_that_missed_frames_asks_for_the_whole_panel(lived, signed_in):
    page = signed_in()
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    page.evaluate("document.querySelector('#feed').replaceChildren()")
    expect(page.get_by_text("No taps yet.")).to_be_visible()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:refresh'))")
    expect(page.locator(f"#tap-{lived.refused}")).to_be_visible()


def test_a_lost_stream_is_told_in_red_with_its_time_and_comes_back(lived, open_page, page_complaints):
    house = lived.house
    house.signed_in(Role.ADMIN)
    with serving(house.site, pages_stay=True) as address:
        port = int(address.rsplit(":", 1)[1])
        page = open_page(locale="en")
        page.goto(address + "/login")
        page.locator("#name").fill("admin")
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        expect(page.locator("body")).to_have_attribute("data-live-state", "on")
        for listeners in list(house.console.hub._groups.values()):
            for listener in list(listeners.listeners):
                listener.end()
    bar = page.locator("[data-live-bar]")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("Not live since ")
    expect(page.get_by_text("Not live", exact=True)).to_be_visible()
    missed = house.tap(lived.lost, Reason.LOST)
    with serving(house.site, port):
        expect(bar).to_be_hidden(timeout=20_000)
        expect(page.locator(f"#tap-{missed}")).to_be_visible()
        house.console.hub.close()
    page_complaints.clear()


def test_a_claim_can_be_copied(lived, signed_in):
    page = signed_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/gateways/_new")
    page.get_by_label("Its name").fill("north-gate")
    page.get_by_role("button", name="Make a claim").click()
    claim = page.locator("#claim").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == claim


def test_a_sheet_is_printed_once(lived, signed_in):
    page = signed_in()
    page.goto(f"/incidents/{lived.incident}/file")
    page.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; 0")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1


def test_a_form_is_sent_once_however_often_it_is_clicked(lived, signed_in):
    page = signed_in()
    page.goto("/holders/new")
    page.get_by_label("Name").fill("赵一")
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.evaluate("const b = document.querySelector('main form button'); b.click(); b.click(); b.click()")
    expect(page.get_by_role("heading", name="赵一")).to_be_visible()
    assert len(posts) == 1


def test_an_alarm_is_answered_by_keyboard_with_a_note(lived, signed_in, page_complaints, monkeypatch):
    page = signed_in()
    monkeypatch.setattr(lived.house.console.board, "_apply", len)  # no frame comes before the next key is pressed
    stack, dialog = page.locator("[data-alarm]"), page.get_by_role("dialog")
    expect(stack).to_contain_text(["A card that was taken out of use was tried", "", ""])  # three
    page.locator("body").press("a")
    expect(dialog.get_by_role("heading", name="Acknowledge")).to_be_visible()
    expect(dialog).to_contain_text("Look at who holds it")
    expect(dialog.get_by_label("What did you see or do?")).to_be_focused()
    page.keyboard.type("a card in hand")
    page.route("**/alarms/answer", lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("the alarm stands")
    page.unroute("**/alarms/answer")
    page_complaints.clear()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(stack).to_have_count(2)
    expect(stack.first).to_be_focused()
    page.locator("body").press("e")
    expect(dialog.get_by_role("heading", name="Forward to the administrator")).to_be_visible()
    monkeypatch.delattr(lived.house.console.board, "_apply")  # frames come again
    page.keyboard.press("Enter")
    expect(page.get_by_text("Forwarded by admin")).to_be_visible()
    page.goto("/alarms?everything=true")
    expect(page.get_by_text("a card in hand").first).to_be_visible()


def test_somebody_whom_the_guard_must_look_at_is_shown_big_until_seen(lived, signed_in):
    house = lived.house
    with house.transactions.work(ADMIN) as work:
        watching.put(work, lived.holder, "gets lost easily: see her home")
        pseudonym = holders.get(work.session, lived.holder).pseudonym
    page = signed_in(Role.GUARD)
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    shown = page.locator("#flagged")
    house.tap(lived.lost, Reason.LOST)
    house.tap(lived.active, holder=pseudonym)
    expect(shown).to_contain_text("gets lost easily: see her home")
    expect(shown).to_contain_text("王秀英")
    expect(shown.locator("li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


def test_whoever_is_about_to_press_a_button_still_is_when_the_stack_changes(lived, signed_in):
    page = signed_in()
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")
    button = page.locator("[data-alarm]").nth(1).get_by_role("button", name="Acknowledge")
    button.focus()
    with lived.house.transactions.work(SYSTEM) as work:
        alarms.sound(work, AlarmKind.FORGED, gateway_id="g-1")
    expect(page.get_by_text("A message was forged")).to_be_visible()
    expect(button).to_be_focused()


def test_what_comes_by_itself_takes_nothing_away_from_whoever_is_at_work(lived, signed_in):
    page = signed_in(Role.PARTY)
    page.goto(f"/activities/{lived.activity}")
    expect(page.locator("body")).to_have_attribute("data-live-state", "on")

    def is_invited(name):
        invited = InviteIn(holders=[lived.house.community.holder(name).id])
        answered = page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true")
        with answered, lived.house.transactions.work(Actor("user:party", Role.PARTY.value)) as work:
            attendance.invite(work, lived.activity, invited)

    row = page.locator(f'[data-person="{lived.holder}"]')
    row.get_by_role("link").focus()
    is_invited("赵一")
    expect(page.get_by_role("link", name="赵一")).to_be_visible()
    expect(row.get_by_role("link")).to_be_focused()
    row.locator("summary").press("Enter")
    is_invited("钱二")
    expect(page.get_by_role("link", name="钱二")).to_be_visible()
    field = row.get_by_label("Why")
    field.fill("in hospital")
    is_invited("孙三")
    expect(field).to_have_value("in hospital")
    expect(field).to_be_focused()
    field.fill("")
    field.press("Shift+Tab")
    expect(page.get_by_role("link", name="孙三")).to_be_visible()
    expect(row.locator("summary")).to_be_focused()


def test_it_sounds_until_nobody_has_to_act_now_and_the_switch_always_says_so(lived, signed_in):
    page = signed_in()
    untouched(page)
    switch = page.locator("#sound")
    expect(switch).to_contain_text("Sound: click here once")
    press_while_an_alarm_comes(page, switch)
    expect(switch).to_contain_text("Sound is on")
    expect(switch).to_have_attribute("data-ringing", "yes")
    switch.click()
    expect(switch).to_contain_text("Sound is off")
    expect(switch).to_have_attribute("data-ringing", "no")
    page.goto(page.url)
    expect(switch).to_contain_text("Sound is off")
    switch.click()
    expect(switch).to_have_attribute("data-ringing", "yes")
    with lived.house.transactions.work(SYSTEM) as work:
        for alarm in alarms.listing(work.session, sight=EVERYTHING).items:
            if alarm.kind is AlarmKind.REVOKED_TAP:
                alarms.acknowledge(work, alarm.id)
    expect(page.get_by_role("heading", name="Alarms (1)")).to_be_visible()
    expect(switch).to_have_attribute("data-ringing", "no")


def test_the_keys_are_listed_and_lead_where_they_say(signed_in):
    page = signed_in()
    page.locator("body").press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Give a card")
    page.keyboard.press("a")  # reading the list answers no alarm
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator("body").press("F2")
    expect(page.get_by_role("heading", name="Who gets a card?")).to_be_visible()
    page.goto("/gateways")
    page.locator("body").press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.press("F2")
    expect(page.get_by_role("heading", name="Who gets a card?")).to_be_visible()


def test_a_list_is_pasted_mended_and_taken_over_by_keyboard_alone(lived, signed_in):
    page = signed_in()
    page.goto("/imports")
    page.get_by_label("Or cells copied from Excel").focus()
    page.keyboard.insert_text("姓名\t房号\t电话\n李小红\t3-1-503\t4711\n李大明\t3-1-504\t12\n")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Check all rows").press("Enter")
    cell = page.get_by_label("Telephone")
    expect(cell).to_have_attribute("aria-invalid", "true")
    cell.press("Control+A")
    page.keyboard.type("4712")
    page.keyboard.press("Enter")
    taking = page.get_by_role("button", name="Take over: 2 new, 0 changed")
    expect(taking).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken over at")).to_be_visible()
    page.goto("/holders?q=lxh")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
