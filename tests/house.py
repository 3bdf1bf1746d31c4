"""A running city seen from the street: the API over the edge with a token of every scope, what is sent to it and what its answers look like."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests import web
from tests.patience import PATIENCE_S
from tests.watched_city import City

SOUTH = "320404002"
PASSWORD = "Yiping-2026"


@dataclass
class House:
    """A running city seen from the street."""

    city: City
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        return self.city.stack.url

    def ask(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {self.tokens[token]}"} if token else {}), **more.pop("headers", {})}
        target = path if path.startswith(("/healthz", "/readyz", "/metrics", "/openapi", "/docs")) else f"/api/v1{path}"
        return web.request(method, self.url + target, headers=headers, timeout=PATIENCE_S, **more)

    def get(self, path: str, token: str = "read", **more: Any) -> Any:
        answer = self.ask("GET", path, token, **more)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    def post(self, path: str, body: Any, token: str, **headers: str) -> httpx.Response:
        return self.ask("POST", path, token, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def problem(answer: httpx.Response, status: int, kind: str = "") -> dict[str, Any]:
    """A body of RFC 9457."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= body.keys()
    assert body["status"] == status
    assert body["type"].startswith("urn:yiping:problem:")
    assert not kind or body["type"] == f"urn:yiping:problem:{kind}"
    assert "Traceback" not in answer.text
    return body


def reading(device: str, value: Any = 1.5, metric: str = "pm25", at: datetime | None = None) -> dict[str, Any]:
    return {"device": device, "metric": metric, "value": value, "observed_at": (at or datetime.now(UTC)).isoformat()}


def report(external_id: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"source": "contract", "external_id": external_id, "channel": "collector", "title": "积水", "observed_at": now, **more}


def leaks(house: House, count: int) -> list[dict[str, Any]]:
    """Alarms of their own, oldest first."""
    subjects = [house.city.leak() for _ in range(count)]
    alerts = house.get("/alerts?limit=1000&stage=unack&rule=gas")["alerts"]
    return [next(alert for alert in alerts if alert["subject"] == subject) for subject in subjects]
