"""What every answer of the site says about itself."""

from server.pages.headers import ALWAYS, CONTENT_SECURITY_POLICY


def test_the_policy_allows_our_own_files_and_nothing_else():
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_every_answer_has_them_also_an_error_and_a_file(house):
    browser = house.browser()
    for path in ("/login", "/no-such-page", "/live", "/static/x"):
        answer = browser.get(path)
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value, (path, name)
        assert answer.headers["cache-control"] == "no-store"
