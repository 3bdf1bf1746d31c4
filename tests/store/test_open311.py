"""Open311 over a real database and pipeline: posted, committed, listed within the reader's areas, never who reported."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import fromstring

import httpx
import psycopg
import pytest
from starlette.applications import Starlette

from api.collector import Collector
from api.gate import Gate
from api.open311 import GeoReport
from api.open311_requests import list_requests
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Frame, Scope, Taken
from pipeline import process
from store.accounts import create_token
from store.timescale import Store
from tests.patience import PATIENCE_S, Stopwatch
from tests.pipes import deps_of

FORM = "service_code=0503&lat=31.78&long=119.95&description=%3Cb%3E+%26&last_name=%E5%BC%A0&phone=13800000000"


class Door:
    """The endpoints on a real pipeline; each question runs the application once."""

    url = ""

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
        deps = deps_of(self.config, self.store)

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

    def at_once(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """All of them under way at the same time, over two edges by turns."""
        return asyncio.run(self._at_once(calls))

    async def _at_once(self, calls: Sequence[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        async with self._client() as one, self._client() as other:
            asked = (
                edge.request(method, f"/open311/v2/{path}", **more)
                for edge, (method, path, more) in zip(cycle((one, other)), calls, strict=False)
            )
            return list(await asyncio.gather(*asked))

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))


@pytest.fixture
def door(config: Config, database_url: str, now: datetime) -> Iterator[Door]:
    store = Store(database_url)
    door = Door(config, store, now)
    door.url = database_url
    yield door
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


def keyed(door: Door, key: str, body: str = FORM, form: str = "json") -> tuple[str, str, dict[str, Any]]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key, **door.as_("feed")["headers"]}
    return "POST", f"requests.{form}", {"content": body, "headers": headers}


def test_one_key_at_the_same_time_is_one_report_with_one_number(door: Door) -> None:
    answers = door.at_once(*[keyed(door, "k1")] * 3, keyed(door, "k2"))
    assert [answer.status_code for answer in answers] == [201] * 4
    numbers = [answer.json()[0]["service_request_id"] for answer in answers]
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]
    assert len(door.rows("select report_id from reports")) == 2


def test_a_key_that_was_stored_and_not_remembered_leads_to_the_same_number_later(door: Door) -> None:
    (first,) = door.ask(keyed(door, "k1"))
    door.rows("delete from idempotency returning key")  # the edge died between the two
    door.now += timedelta(minutes=7)
    (again,) = door.ask(keyed(door, "k1"))
    assert (again.status_code, again.json()) == (201, first.json())
    assert door.rows("select count(*) as n, min(version) as version from reports") == [{"n": 1, "version": 1}]


def test_another_request_under_a_forgotten_key_overwrites_nothing(door: Door) -> None:
    door.ask(keyed(door, "k1"))
    door.rows("delete from idempotency returning key")
    door.ask(keyed(door, "k1", FORM.replace("%3Cb%3E", "other")))
    assert [row["text"] for row in door.rows("select text from reports order by report_id")] == ["<b> &", "other &"]


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


@pytest.mark.parametrize("path", ["tokens/%00.json", "tokens/a%09b.xml", "requests/%7F", "services/%C2%85.json", "%00", "nothing.%00"])
def test_a_name_with_control_characters_is_refused(door: Door, path: str) -> None:
    assert door.get(path).status_code == 400


def fill(door: Door, count: int) -> None:
    """`count` requests over ninety days, one in fifty closed by its incident, beside as many candidates of cameras."""
    door.rows(
        "insert into incidents (title, class_code, domain, severity, stage, area, opened_at, updated_at) select 'x', '0101', 'urban', 3, "
        f"case when n % 4 = 1 then 'closed' else 'open' end, '320404', now(), now() from generate_series(1, {count // 100}) n returning 1"
    )
    door.rows(
        "insert into reports (source, external_id, channel, class_code, title, area, placement, observed_at, received_at, processed_at, incident_id) "
        "select 'many', n::text, (array['public', 'video', 'hotline', 'video', 'collector', 'video'])[n % 6 + 1], (array['0101', '0502', '0503'])[n % 3 + 1], "
        "'x', '320404', 'none', at, at, at, case when n % 50 = 0 then (select min(incident_id) from incidents) + n % (select count(*) from incidents) end "
        f"from (select n, timestamptz '{door.now.isoformat()}' - n * interval '90 days' / {2 * count} as at from generate_series(1, {2 * count}) n) s returning 1"
    )
    with psycopg.connect(door.url, autocommit=True) as connection:
        connection.execute("analyze reports, incidents")


def test_a_list_is_one_query_however_deep_it_is_asked(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    fill(door, 40_000)
    door.get("requests.json?page_size=1")
    took, watch = {}, Stopwatch()
    for query in ("", "page=100", "status=closed", "status=open&page=100", "service_code=0101,0502", "service_code=0101,0502,0503&status=closed&page=2",
                  "page_size=1000&page=10", "end_date=2026-10-01T00:00:00Z&status=closed", "service_code=9999"):  # fmt: skip
        since = perf_counter()
        with door.store.connection() as connection:
            asked = dict(parse_qsl(query))
            rows = list_requests(connection, Scope("", ("320404",), None), asked, door.config, door.now)
        took[query] = perf_counter() - since
        assert len(rows) == (0 if "9999" in query else 1000 if "1000" in query else 100), query
        assert all(row["status"] == asked["status"] for row in rows if asked.get("status"))
    with capsys.disabled():
        print("\nOpen311, 40,000 requests:", *(f"{query or '(all)'} {seconds * 1e3:.0f} ms" for query, seconds in took.items()), sep="\n  ")
    watch.within(1.5, "the dearest list", max(took.values()))  # what is printed stays below 300 ms


def test_lists_that_hang_leave_the_door_open(door: Door, database_url: str) -> None:
    """They hang until they are let go, so that only the order counts: who asks for something else is answered before."""
    patient = Store(database_url, connections=8, statement_s=PATIENCE_S)

    async def ask(holder: psycopg.Connection[Any]) -> bool:
        gate = Gate(patient, lambda: door.now, answer_s=PATIENCE_S)
        try:
            hang = "select pg_advisory_xact_lock_shared(1)"
            lists = [asyncio.ensure_future(gate.ask(lambda c: c.execute(hang), lists=True)) for _ in range(9)]
            await gate.ask(lambda c: c.execute("select 1"))
            hung = not any(one.done() for one in lists)
            holder.execute("select pg_advisory_unlock(1)")
            await asyncio.gather(*lists)
            return hung
        finally:
            gate.close()

    with psycopg.connect(database_url, autocommit=True) as holder:
        holder.execute("select pg_advisory_lock(1)")
        assert asyncio.run(ask(holder))
    patient.close()


def test_lists_that_hang_end_by_themselves_and_nobody_waits_for_them_longer_than_told(door: Door, database_url: str) -> None:
    hurried = Store(database_url, connections=8, statement_s=0.4)

    async def ask(answer_s: float, count: int) -> list[object]:
        gate = Gate(hurried, lambda: door.now, answer_s)
        try:
            lists = [gate.ask(lambda c: c.execute("select pg_sleep(60)"), lists=True) for _ in range(count)]
            ends = await asyncio.gather(*lists, return_exceptions=True)
            if count > 1:
                await gate.ask(lambda c: None, lists=True)  # a thread is free again
            return list(ends)
        finally:
            gate.close()

    assert all(isinstance(end, StoreUnavailable) for end in asyncio.run(ask(PATIENCE_S, 4)))
    [end] = asyncio.run(ask(0.1, 1))
    hurried.close()
    assert "did not answer" in str(end)


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
