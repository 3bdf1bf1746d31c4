"""Gives the grid worker of a demo something to do, as the duty officer would over the API: a phone without a task shows little."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from api.auth import CSRF_COOKIE, CSRF_HEADER

_TASKS = (
    ("0502", "人行道积水", "人行道上积水约 20 厘米，行人绕行机动车道，请尽快处置。", "公交站台旁"),
    ("0503", "井盖翘起", "井盖松动，车压过有响声，请现场查看。", "小区东门前"),
)


def give_work(url: str, users: dict[str, dict[str, str]]) -> None:
    """Two cases dispatched to the grid worker, unless he has some. Raises `httpx.HTTPStatusError` if one is refused."""
    with _signed_in(url, users["grid_worker"]) as worker, _signed_in(url, users["duty"]) as duty:
        me = worker.get("/me").raise_for_status().json()
        if worker.get("/cases", params={"worker": me["account_id"], "stage": "open", "limit": 1}).raise_for_status().json()["cases"]:
            return
        cells = worker.get("/cells", params={"area": me["areas"][0]}).raise_for_status().json()["cells"]
        for number, (code, title, text, address) in enumerate(_TASKS):
            given = {"class_code": code, "title": title, "text": text, "address": address, "source": "hotline", "dispatch": True}
            cell = cells[number * (len(cells) - 1)]["cell_code"]
            duty.post("/cases", json={**given, "cell_code": cell, "worker": me["account_id"]}).raise_for_status()


@contextmanager
def _signed_in(url: str, user: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        client.post(f"{url}/login", data={"login": user["name"], "password": user["password"]})
        client.headers[CSRF_HEADER] = client.cookies.get(CSRF_COOKIE) or ""
        yield client
