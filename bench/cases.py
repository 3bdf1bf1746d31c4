"""Figures of the closed loop: pages of the queue, over HTTP, and the sweep of deadlines, with a hundred thousand open cases."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
from rich.console import Console

from bench import database
from bench.database import Spread, spread
from bench.stack import Stack
from store import clock_sweep
from store.timescale import Store

OPEN, ENDED = 100_000, 100_000
DUE = 2_000  # fall due at one moment
_PAGES = 150
_BACKLOG = 5_000  # clocks
_DEEP = 40  # pages down the open cases
_FILL = """
with places as (select area, cell_id, lon, lat, duty_grid, row_number() over (order by cell_id) - 1 as place from cells),
     people as (select account_id, row_number() over (order by account_id) - 1 as place from accounts),
     made as (
        insert into cases (case_number, title, text, class_code, severity, stage, area, cell_id, lon, lat, address, duty_grid,
            handler_id, lead_unit, opened_at, updated_at, due_at, yellow_at, closed_at, source)
        select '9' || lpad((%(first)s + n)::text, 18, '0'), '暴露垃圾 ' || n, '沿街店铺门前堆放垃圾，请尽快清理。', '0401', 2 + n %% 3,
               case when %(open)s then (cast(%(stages)s as text[]))[1 + n %% 8] else 'closed' end, p.area, p.cell_id, p.lon, p.lat,
               '某路' || n %% 500 || '号', p.duty_grid, w.account_id, (select min(unit_id) from units) + n %% 40,
               at, at, at + days, at + 0.8 * days, case when not %(open)s then at + interval '1 day' end, 'hotline'
        from (select n, %(now)s - n * (%(span)s::interval / %(count)s::float8) as at, (1 + n %% 90) * interval '1 day' as days
              from generate_series(1, %(count)s) n) t
        join places p on p.place = n %% (select count(*) from places) join people w on w.place = n %% (select count(*) from people)
        returning case_number, stage, opened_at, due_at, yellow_at)
insert into case_clocks (case_number, clock, amount, unit, basis, opened_at, started_at, running_since, due_at, yellow_at)
select case_number, 'total', extract(epoch from due_at - opened_at) / 3600, 'urgent_hours', 'class', opened_at, opened_at,
       case when stage in ('finished', 'checked', 'closed') then null else opened_at end, due_at, yellow_at from made"""
_DESKS = {
    "the duty desk: cases of its queue": "/queue?kind=case&limit=100",
    "the dispatch desk: to be dispatched": "/cases/queue?tab=dispatch&limit=200",
    "the dispatch desk: all": "/cases/queue?limit=200",
    "the dispatch desk: its counters": "/cases/queue/counts",
    "known under an address": "/cases/known?address=某路77号",
    "known under an address and of a class": "/cases/known?class_code=0401&address=常州某路77号门前",
    "known under an address nobody named": "/cases/known?address=无名路8号西侧",
}
_STAGES = ["reported", "accepted", "registered", "dispatched", "handling", "on_site", "finished", "checked"]
_READY_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of page, how many rows it brought, and how long the first took: a connection that is new has to learn the tables first."""

    name: str
    rows: int
    times: Spread
    first_ms: float


def fill(connection: psycopg.Connection[Any], now: datetime, open_cases: int = OPEN, ended: int = ENDED) -> None:
    """Open cases of the last ninety days, and as many more that ended in the last two years."""
    connection.execute("insert into units (code, name, area) select 'bench-' || n, '单位' || n, '320404' from generate_series(1, 40) n")
    for is_open, count, first, days in ((True, open_cases, 0, 90), (False, ended, open_cases, 730)):
        values = {"open": is_open, "count": count, "first": first, "span": f"{days} days", "now": now, "stages": _STAGES}
        connection.execute(_FILL.encode(), values)
    for table in ("cases", "case_clocks"):
        connection.execute(f"vacuum analyze {table}".encode())


def measure(stack: Stack, console: Console, pages: int = _PAGES) -> list[tuple[str, str]]:
    """Fill, ask for pages, sweep; each figure is printed as it comes. Raises `RuntimeError` for an answer that is none."""
    now = datetime.now(UTC)
    with database.connect(stack.urls["database_url"]) as connection:
        fill(connection, now)
        rows = [_told(one, console) for one in _ask(stack, connection, pages)]
        rows += [_printed(row, console) for row in _sweep(stack, connection, now)]
    return rows


def _told(one: Measured, console: Console) -> tuple[str, str]:
    name = f"queue page among {OPEN:,} open cases: {one.name}"
    return _printed((name, f"{one.times} ({one.rows} rows, {one.times.count} pages, the first {one.first_ms:.0f} ms)"), console)


def _printed(row: tuple[str, str], console: Console) -> tuple[str, str]:
    console.print(f"  {row[0]}: {row[1]}")
    return row


def _ask(stack: Stack, connection: psycopg.Connection[Any], pages: int) -> Sequence[Measured]:
    of = connection.execute("select handler_id, lead_unit from cases where closed_at is null limit 1").fetchone() or (0, 0)
    wanted = {
        "open, newest first": "stage=open",
        "to be dispatched": "stage=registered",
        "red": "stage=open&light=red",
        "yellow": "stage=open&light=yellow",
        "of a unit": f"stage=open&unit={of[1]}",
        "of a worker": f"stage=open&worker={of[0]}",
        "with a word in it": "stage=open&q=某路77号",
    }
    headers = {"Authorization": f"Bearer {stack.token('read')}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=60) as client:
        _wait(client)
        found = [_pages(client, name, f"/cases?limit=100&{query}", pages) for name, query in wanted.items()]
        found.append(_deep(client, pages))
        found += [_pages(client, name, path, pages) for name, path in _DESKS.items()]
    return found


def _wait(client: httpx.Client) -> None:
    """Until the API answers; `/readyz` would wait for roles that are not wanted here. Raises `TimeoutError`."""
    until = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if client.get("/classes").status_code == 200:
                return
        time.sleep(0.2)
    raise TimeoutError("the web role does not answer")


def _pages(client: httpx.Client, name: str, path: str, pages: int) -> Measured:
    times, rows = [], 0
    for _ in range(pages):
        took, body = _get(client, path)
        times.append(took)
        rows = len(next((value for value in body.values() if isinstance(value, list)), ()))
    return Measured(name, rows, spread(times), times[0])


def _deep(client: httpx.Client, pages: int) -> Measured:
    """Page after page by the cursor, from the newest on."""
    times, rows, cursor = [], 0, ""
    for page in range(pages):
        if page % _DEEP == 0:
            cursor = ""
        took, body = _get(client, f"/cases?limit=100&stage=open{cursor}")
        times.append(took)
        rows, cursor = len(body["cases"]), f"&next={body['next']}"
    return Measured(f"open, {_DEEP} pages down", rows, spread(times), times[0])


def _get(client: httpx.Client, path: str) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    body: dict[str, Any] = answer.json()
    return took, body


def _sweep(stack: Stack, connection: psycopg.Connection[Any], now: datetime) -> list[tuple[str, str]]:
    """A part of what is late; then, the rest marked, with nothing due; then with so many due at one moment."""
    store = Store(stack.urls["database_url"], connections=1)
    try:
        backlog, took = _swept(store, now, _BACKLOG)
        connection.execute("update case_clocks set overdue_at = %s, warned_at = %s where yellow_at <= %s", [now, now, now])
        idle = spread([_timed(store, now)[1] * 1000 for _ in range(50)])
        connection.execute(
            "update case_clocks set due_at = %s, yellow_at = %s, overdue_at = null, warned_at = null where case_number in "
            "(select case_number from case_clocks where running_since is not null limit %s)", [now, now, DUE],
        )  # fmt: skip
        burst, burst_took = _swept(store, now, OPEN)
    finally:
        store.close()
    return [
        ("sweep of deadlines, a backlog", f"{backlog:,} clocks marked and told in {took:.1f} s ({backlog / max(took, 1e-9):,.0f}/s)"),
        (f"sweep among {OPEN:,} open cases, nothing due", str(idle)),
        (f"sweep, {DUE:,} due at one moment", f"{burst:,} marked and told in {burst_took:.2f} s"),
    ]


def _swept(store: Store, now: datetime, most: int) -> tuple[int, float]:
    """How many clocks were marked in how many seconds, until none is left or `most` are done."""
    marked, seconds, found = 0, 0.0, 1
    while found and marked < most:
        found, took = _timed(store, now)
        marked, seconds = marked + found, seconds + took
    return marked, seconds


def _timed(store: Store, now: datetime) -> tuple[int, float]:
    began = time.perf_counter()
    with store.connection() as connection:
        found = clock_sweep.sweep(connection, now)
    return found, time.perf_counter() - began
