"""A message to another system over HTTPS: the only file of the services that knows httpx."""

from typing import Final

import httpx

from card_protocol.errors import EquipmentFault

TIMEOUT_S: Final = 10.0
"""Connecting and each wait for an answer."""


class HttpPost:
    """One connection pool. Certificates are checked, redirects are not followed, the answer's body is not read."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """The status; EquipmentFault when there is none."""
        try:
            with self._client.stream("POST", url, headers=headers, content=body) as answer:
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EquipmentFault(f"{type(error).__name__}: {error}"[:200]) from error

    def close(self) -> None:
        """End it."""
        self._client.close()
