"""Open311 over a real database and pipeline: posted, committed, listed within the reader's areas, never who reported."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from starlette.applications import Starlette

from alerts.rules import arrange
from api.collector import Collector
from api.gate import Gate
from api.open311 import GeoReport
from core.config import Config
from core.model import Frame, Position, Taken
from geodata.locate import Locator
from geodata.model import Located
from pipeline import Deps, process
from store.accounts import create_token
from store.registry import Registry
from store.timescale import Store

FORM = "service_code=0503&lat=31.78&long=119.95&description=%3Cb%3E+%26&last_name=%E5%BC%A0&phone=13800000000"


class Nobody:
    def hint(self, device_ids: Sequence[int]) -> None:
        self.last = device_ids


def nowhere(position: Position | None) -> tuple[Located, float | None, float | None]:
    return Locator([], [], "", None).place(position)


class Door:
    """The endpoints on a real pipeline; each question runs the application once."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.config, self.store, self.now = config, store, now
        with store.connection() as connection:
            self.tokens = {name: create_token(connection, name, [name], ["320404"], now) for name in ("feed", "read")}
            self.tokens["south"] = create_token(connection, "south", ["read"], ["320404002"], now)

    def ask(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        return asyncio.run(self._ask(calls))

    async def _ask(self, calls: Sequence[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        async with self._client() as client:
            return [await client.request(method, f"/open311/v2/{path}", **more) for method, path, more in calls]

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        deps = Deps(self.config, self.store, Registry(self.config, nowhere), nowhere, arrange(self.config), Nobody())

        def write(frames: Sequence[Frame]) -> list[Taken]:
            return process(frames, self.now, deps).taken

        gate, collector = Gate(self.store, lambda: self.now), Collector(write)
        app = Starlette(routes=GeoReport(collector, gate, self.config, lambda: self.now).routes())
        task = asyncio.ensure_future(collector.run())
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
                yield client
        finally:
            task.cancel()
            collector.close()
            gate.close()

    def get(self, path: str, token: str = "read") -> httpx.Response:
        return self.ask(("GET", path, self.as_(token)))[0]

    def post(self, body: str = FORM, form: str = "json", token: str = "feed", **headers: str) -> httpx.Response:
        more = self.as_(token)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(("POST", f"requests.{form}", {"content": body, "headers": kind | more["headers"] | headers}))[0]

    def as_(self, token: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}}

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))


@pytest.fixture
def door(config: Config, database_url: str, now: datetime) -> Iterator[Door]:
    store = Store(database_url)
    yield Door(config, store, now)
    store.close()


Sample = Callable[[str, str], str]


def test_what_is_posted_is_listed_and_who_posted_it_is_not(door: Door) -> None:
    answer = door.post(form="xml")
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/xml; charset=utf-8")
    number = fromstring(answer.content).findtext("request/service_request_id")
    (request,) = json.loads(door.get(f"requests/{number}.json").content)
    assert (request["service_request_id"], request["status"], request["service_code"], request["service_name"]) == (
        int(number or 0),
        "open",
        "0503",
        "井盖缺损",
    )
    assert (request["description"], request["requested_datetime"]) == ("<b> &", "2026-11-21T12:00:00+08:00")
    listed = door.get("requests.xml")
    assert fromstring(listed.content).findtext("request/description") == "<b> &"
    assert not any(secret in listed.text for secret in ("13800000000", "张"))
    assert door.rows("select name, phone from persons") == [{"name": "张", "phone": "13800000000"}]
    assert door.rows("select channel, source from reports") == [{"channel": "public", "source": "open311"}]


def test_the_key_may_stand_in_the_form_and_must_be_one(door: Door) -> None:
    assert door.post(f"{FORM}&api_key={door.tokens['feed']}", token="").status_code == 201
    for body, token in ((FORM, ""), (FORM, "read"), (f"{FORM}&api_key=wrong", "")):
        refused = door.post(body, "xml", token)
        assert (refused.status_code, fromstring(refused.content).findtext("error/code")) == (403, "403")
    assert door.get("requests.json", "feed").status_code == 403
    assert door.get("services.json", "").status_code == 403
    assert door.get("services.json", "feed").status_code == 200


def test_a_reader_of_another_area_sees_nothing(door: Door) -> None:
    (number,) = (row["service_request_id"] for row in door.post().json())
    assert door.get("requests.json", "south").json() == []
    assert door.get(f"requests/{number}.json", "south").status_code == 404


def test_the_same_idempotency_key_is_the_same_request(door: Door) -> None:
    first, again = (door.post(**{"Idempotency-Key": "k1"}).json() for _ in range(2))
    assert first == again
    assert door.post(FORM + "&email=x", **{"Idempotency-Key": "k1"}).status_code == 400
    assert len(door.get("requests.json").json()) == 1


def test_a_token_leads_to_its_number(door: Door) -> None:
    (number,) = (row["service_request_id"] for row in door.post().json())
    token = door.rows("select external_id from reports")[0]["external_id"]
    assert door.get(f"tokens/{token}.json", "feed").json() == [{"service_request_id": number, "token": token}]
    assert door.get("tokens/none.xml").status_code == 404


def test_lists_are_filtered_by_code_status_span_and_page(door: Door) -> None:
    numbers = [door.post(FORM.replace("0503", code)).json()[0]["service_request_id"] for code in ("0503", "0101", "0502")]
    door.rows(f"update reports set stage = 'dismissed' where report_id = {numbers[0]} returning report_id")

    def ids(query: str) -> list[int]:
        return [row["service_request_id"] for row in door.get(f"requests.json?{query}").json()]

    assert ids("") == numbers[::-1]
    assert ids("service_code=0101,0502") == [numbers[2], numbers[1]]
    assert (ids("status=closed"), ids("status=open&service_code=0101")) == ([numbers[0]], [numbers[1]])
    assert ids("page=2&page_size=2") == [numbers[0]]
    assert ids("end_date=2026-11-20T00:00:00Z") == []
    assert ids(f"service_request_id={numbers[0]},{numbers[2]}") == [numbers[2], numbers[0]]
    for query in ("status=new", "start_date=yesterday", "page=0", "page_size=x", "page=1000&page_size=1000", "stauts=open"):
        assert door.get(f"requests.json?{query}").status_code == 400, query


def test_what_no_person_said_is_no_request(door: Door) -> None:
    door.rows(
        "insert into reports (source, external_id, channel, title, area, placement, observed_at, received_at, processed_at) "
        "values ('cam', '1', 'video', '火', '320404', 'none', now(), now(), now()) returning report_id"
    )
    (row,) = door.rows("select report_id from reports")
    assert door.get(f"requests/{row['report_id']}.json").status_code == 404
    assert door.get("requests.json").json() == []


def test_strange_calls_are_refused_in_the_form_asked_for(door: Door) -> None:
    multipart = {"files": {"media": ("a.jpg", b"x", "image/jpeg")}, **door.as_("feed")}
    json_body = {"json": {"service_code": "0503", "lat": 31.78, "long": 119.95}, **door.as_("feed")}
    broken = {"content": b"\xff\xfe", "headers": door.as_("feed")["headers"] | {"Content-Type": "application/json"}}
    large = {"content": b"description=" + b"x" * 300_000, **door.as_("feed")}
    answers = door.ask(
        ("POST", "requests.xml", multipart), ("POST", "requests.json", json_body), ("POST", "requests.json", broken),
        ("POST", "requests.json", large), ("POST", "services.json", door.as_("feed")), ("GET", "nothing.xml", door.as_("read")),
        ("GET", "services.csv", door.as_("read")), ("GET", "services/9999.xml", door.as_("read")), ("GET", "services/0101.xml", door.as_("read")),
        ("GET", "discovery.xml", door.as_("read")), ("DELETE", "requests.xml", door.as_("read")),
    )  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 201, 400, 400, 404, 404, 400, 404, 200, 200, 405]
    assert fromstring(answers[5].content).findtext("error/code") == "404"
    assert fromstring(answers[9].content).findtext("endpoints/endpoint/url") == "http://here/open311/v2"


def test_the_form_of_the_page_is_taken(door: Door) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "protocols" / "open311.md").read_text(encoding="utf-8")
    body = page.split("<!-- sample: form -->\n```text\n")[1].split("\n```")[0]
    assert door.post(body).status_code == 201
    assert door.get("requests.json").json()[0]["media_url"] == "https://example.org/1.jpg"
