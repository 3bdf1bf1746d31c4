"""A camera's picture on its way: posted to the edge with its alert, shown by the web to who may see it, gone for others."""

import io
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from PIL import Image

from store.accounts import create_token
from store.timescale import Store
from tests import web
from tests.patience import until
from tests.stack import Stack
from tests.unit.ingest.test_hikvision import alert, multipart


@pytest.fixture
def tokens(stack: Stack) -> dict[str, str]:
    store = Store(stack.environment["YIPING_DATABASE_URL"])
    now = datetime.now(UTC)
    with store.connection() as connection:
        made = {word: create_token(connection, word, [word], ["320404"], now) for word in ("feed", "read")}
        made["other"] = create_token(connection, "other", ["read"], ["320404001"], now)
    store.close()
    stack.start("web", "edge")
    return made


def ask(stack: Stack, token: str, path: str, body: bytes | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=boundary"}
    return web.request("POST" if body else "GET", f"{stack.url}/api/v1{path}", content=body, headers=headers, timeout=60)


def is_up(stack: Stack, token: str) -> bool:
    try:
        return ask(stack, token, "/reports").status_code == 200
    except httpx.HTTPError:
        return False


def test_a_snapshot_comes_with_its_alert_and_is_served_once_in_its_area(stack: Stack, tokens: dict[str, str]) -> None:
    until(lambda: is_up(stack, tokens["read"]), 90, stack.log("web"))
    picture = io.BytesIO()
    Image.new("RGB", (1920, 1080), (200, 30, 30)).save(picture, "JPEG")
    said = alert("fielddetection", "active", datetime.now(UTC).isoformat(timespec="seconds")).encode()
    body = multipart(("a.xml", "application/xml", said), ("intrusionImage", "image/jpeg", picture.getvalue()))
    answers: list[Any] = [ask(stack, tokens["feed"], "/feeds/hikvision", body).json() for _ in range(2)]
    assert [(one["accepted"], one["duplicates"], one["rejected"]) for one in answers] == [(1, 0, []), (0, 1, [])]
    [row] = ask(stack, tokens["read"], "/reports?channel=video").json()["reports"]
    shape = ask(stack, tokens["read"], f"/reports/{row['id']}").json()
    [shown] = shape["pictures"]
    assert shape["media"] == [shown["url"]]
    path = shown["url"].removeprefix("/api/v1")
    kept = ask(stack, tokens["read"], path)
    assert Image.open(io.BytesIO(kept.content)).size == (1600, 900)
    assert ask(stack, tokens["other"], path).status_code == 404
