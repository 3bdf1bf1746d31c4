"""Lists of Open311: filtered and in pages, one query however deep, and those that hang leave the door open."""

import asyncio
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import psycopg
import pytest

from api.gate import Gate
from api.open311_requests import list_requests
from core.errors import StoreUnavailable
from core.model import Scope
from store.timescale import Store
from tests.open311_door import FORM, Door
from tests.open311_door import door as door
from tests.patience import PATIENCE_S, Stopwatch


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
