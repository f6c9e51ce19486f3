"""Forms that only our own pages can send.

A form carries HMAC-SHA-256(key = the browser's secret cookie, "onecard.form"): a foreign site can make a browser
send the cookie, never read it, so it cannot compute the token (OWASP: HMAC-based token pattern, stateless). A
signed-in browser's secret is its session cookie; before that it is a cookie of its own.
"""

import hashlib
import hmac
import secrets

FIELD = "csrf"
HEADER = "X-CSRF-Token"
BROWSER_COOKIE = "onecard_browser"
SECRET_BYTES = 32
_MESSAGE = b"onecard.form"


def new_browser_secret() -> str:
    """A secret for a browser that nobody signed in with."""
    return secrets.token_urlsafe(SECRET_BYTES)


def form_token(secret: str) -> str:
    """The token of a browser's forms, 64 hex digits."""
    return hmac.new(secret.encode(), _MESSAGE, hashlib.sha256).hexdigest()


def is_ours(secret: str | None, token: str | None) -> bool:
    """Whether the token belongs to the cookie; compared in constant time."""
    if not secret or not token:
        return False
    return hmac.compare_digest(form_token(secret).encode(), token.encode())


def same_origin(origin: str | None, fetch_site: str | None, host: str) -> bool:
    """What the browser itself says of where a form came from; a browser that says nothing is judged by the token."""
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    if origin is None:
        return True
    return origin.partition("://")[2] == host
