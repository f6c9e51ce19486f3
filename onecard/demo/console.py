"""The demo as a user of the API: it enters the community, issues the cards and revokes one, as a script would."""

from typing import Any

import httpx

from onecard.demo.community import (
    AREAS,
    CARE,
    DESK,
    GATEWAY,
    LEVELS,
    MEAL_FEN,
    MEALS_A_DAY,
    ORG_UNITS,
    POINTS,
    SCHEDULES,
    Resident,
)

REQUEST_TIMEOUT_S = 30.0
ISSUE_TIMEOUT_S = 60.0
CARD_WAIT_MS = 15_000


class ConsoleError(RuntimeError):
    """The server said no, and the message is its own (RFC 9457); or it did not answer."""


class ConsoleClient:
    """A client of `/api/v1` with an admin's token."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=REQUEST_TIMEOUT_S,
            trust_env=False,
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def enter_community(self) -> None:
        """Org units, areas, points, schedules, access levels."""
        for code, zh, en in ORG_UNITS:
            self._put(f"/org-units/{code}", {"code": code, "name_zh": zh, "name_en": en})
        for name, zh, en in AREAS:
            self._put(f"/areas/{name}", {"id": name, "name_zh": zh, "name_en": en})
        for point in POINTS:
            entry = point.model_dump(mode="json", exclude_defaults=True)
            priced = {"price_fen": MEAL_FEN, "day_limit_fen": MEALS_A_DAY * MEAL_FEN} if point is CARE else {}
            self._put(f"/points/{point.id}", {**entry, **priced, "gateway_id": GATEWAY})
        for schedule in SCHEDULES:
            self._put(f"/schedules/{schedule.id}", schedule.model_dump(mode="json"))
        for level in LEVELS:
            names = {"id": level.id, "name_zh": level.name_zh, "name_en": level.name_en}
            self._put(f"/levels/{level.id}", {**names, "points": level.points, "schedule": level.schedule})

    def claim(self) -> tuple[str, str]:
        """A one-time claim for the gateway, and the fingerprint by which the box knows the server."""
        made = self._call("POST", f"/gateways/{GATEWAY}/claim", {})
        return str(made["claim"]), str(made["fingerprint"])

    def confirm(self, fingerprint: str) -> None:
        """The operator has seen this fingerprint on the box."""
        self._call("POST", f"/gateways/{GATEWAY}/confirm", {"fingerprint": fingerprint})

    def enter_resident(self, person: Resident) -> str:
        """The new holder's id."""
        data = {"name": person.name, "house": person.house, "phone_tail": person.phone[-4:]}
        return str(self._call("POST", "/holders", data)["id"])

    def issue(self, holder_id: str, levels: tuple[str, ...], valid_to_ms: int) -> str:
        """Issue the card that is put on the desk's reader; its id."""
        order = {
            "holder_id": holder_id,
            "desk": DESK,
            "levels": levels,
            "valid_to_ms": valid_to_ms,
            "wait_ms": CARD_WAIT_MS,
        }
        return str(self._call("POST", "/cards", order, ISSUE_TIMEOUT_S)["id"])

    def take_step(self, card_id: str, step: str, why: str) -> None:
        """revoke, suspend, lose …"""
        self._call("POST", f"/cards/{card_id}/{step}", {"why": why})

    def gateway(self) -> dict[str, Any]:
        """The gateway as the server knows it."""
        return self._call("GET", f"/gateways/{GATEWAY}", None)

    def desk_connected(self) -> bool:
        """Whether the desk agent has dialled in."""
        return self._desk() is not None

    def desk_empty(self) -> bool:
        """Whether no card lies on the desk's reader."""
        desk = self._desk()
        return desk is not None and desk["uid"] is None

    def _desk(self) -> dict[str, Any] | None:
        desks: list[dict[str, Any]] = self.ask("GET", "/desks", None)["items"]
        return next((desk for desk in desks if desk["name"] == DESK and desk["connected"]), None)

    def put_on(self, card_id: str, fen: int) -> None:
        """Money onto the card that lies on the desk's reader."""
        self._call("POST", "/purses/top-up", {"desk": DESK, "amount": fen, "card_id": card_id}, ISSUE_TIMEOUT_S)

    def _put(self, path: str, body: object) -> None:
        """Whatever stands there already, the demo's own word counts."""
        status = self._request("GET", path, None).status_code
        self.ask("PUT", path, body, headers={"If-Match": "*"} if status == httpx.codes.OK else {})

    def _call(
        self, method: str, path: str, body: object | None, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(method, path, body, timeout_s)
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: object | None,
        timeout_s: float = REQUEST_TIMEOUT_S,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """One request and its answer; None where there is nothing to say. ConsoleError."""
        answer = self._request(method, path, body, timeout_s, headers)
        if answer.is_error:
            raise ConsoleError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def _request(
        self,
        method: str,
        path: str,
        body: object | None,
        timeout_s: float = REQUEST_TIMEOUT_S,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        try:
            return self._http.request(method, path, json=body, timeout=timeout_s, headers=headers)
        except httpx.HTTPError as error:
            raise ConsoleError(f"{method} {path}: {type(error).__name__}: {error}") from error
