"""Figures of evaluation over a million cases: counted, compared, frozen, drilled into; as the web's login, under row security."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from rich.console import Console

from bench import database
from bench.stack import Stack
from core.config import Config, load
from core.model import Scope
from core.row_sets import read_row_set
from dispatch import periods
from store import evaluations, indicators
from store.acts import Act
from store.indicators import Behind, Chosen
from store.timescale import Connection, Store

CASES = 1_000_000
_AREA, _NOW = "320404", datetime(2026, 11, 15, tzinfo=UTC)
_SCOPE = Scope("supervisor", (_AREA,), None, "bench")
_CITY = """
    insert into areas (code, name, level, parent, lon, lat, geometry)
    select '320404', '区', 'district', null, 0, 0, '{}'::jsonb
    union all select '320404' || lpad(s::text, 3, '0'), '街道' || s, 'street', '320404', 0, 0, '{}' from generate_series(1, 12) s
    on conflict do nothing;
    insert into units (code, name, area) select 'u' || n, '单位' || n, '320404' from generate_series(1, 60) n;
    insert into accounts (login, password_hash, role, areas, title)
    select 'w' || n, '', 'grid_worker', '{320404}', '员' || n from generate_series(1, 300) n;
    insert into duty_grids (code, name, area)
    select 'g' || n, '网格' || n, '320404' || lpad((1 + n % 12)::text, 3, '0') from generate_series(1, 300) n"""
# Spread evenly over the twelve months before; the shares are invented: late one in nine, open one in eleven, void one in fifty.
_FILL = """
    insert into cases (case_number, title, text, class_code, severity, stage, area, lon, lat, address, duty_grid, handler_id, handled_by,
                       opened_at, registered_at, dispatched_at, taken_at, due_at, overdue_at, finished_at, closed_at, updated_at, source,
                       lead_unit, reworks, send_backs, expedites)
    select '320404' || lpad(n::text, 13, '0'), '暴露垃圾 ' || n, '沿街店铺门前堆放垃圾，请尽快清理。',
           lpad((1 + n % 20)::text, 2, '0') || lpad((1 + n % 7)::text, 2, '0'), 3,
           case when n % 50 = 0 then 'voided' when n % 11 = 0 then 'handling' when n % 97 = 0 then 'force_closed' else 'closed' end,
           '320404' || lpad((1 + n % 12)::text, 3, '0') || lpad((1 + n % 10)::text, 3, '0'), 119.9, 31.7, '某路' || n % 500 || '号',
           'g' || 1 + n % 300, worker, worker, o, o + '10 min', o + '20 min', o + '30 min', o + '24 h',
           case when n % 9 = 0 then o + interval '24 h' end,
           case when n % 11 > 0 then o + case when n % 9 = 0 then interval '30 h' else '5 h' end end,
           case when n % 11 > 0 or n % 50 = 0 then o + case when n % 9 = 0 then interval '32 h' else '7 h' end end,
           o, (array['collector', 'public', 'hotline', 'sensor'])[1 + n % 4], unit,
           (n % 40 = 0)::int, (n % 33 = 0)::int, (n % 200 = 0)::int
    from (select n, %(since)s + n * (%(span)s / %(cases)s::float8) as o, (select min(account_id) from accounts) + n % 300 as worker,
                 (select min(unit_id) from units) + n % 60 as unit from generate_series(%(first)s, %(last)s) n) t"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each question, and how many cases its answer counted."""

    name: str
    rows: int
    seconds: float


def fill(connection: psycopg.Connection[Any], console: Console, cases: int = CASES) -> None:
    """So many cases over the twelve months before, in portions that say how far they are."""
    connection.execute(_CITY)
    span, portion = timedelta(days=365), 100_000
    for first in range(1, cases + 1, portion):
        values = {"since": _NOW - span, "span": span, "cases": cases, "first": first, "last": min(cases, first + portion - 1)}
        connection.execute(_FILL.replace("% ", "%% ").encode(), values)
        console.print(f"  {values['last']:,} cases")
    connection.execute("vacuum analyze cases")


def measure(stack: Stack, console: Console, cases: int = CASES) -> list[Measured]:
    """Fill and ask; each answer is printed as it comes."""
    config = load(stack.config)
    with database.connect(stack.urls["database_url"]) as connection:
        fill(connection, console, cases)
    store = Store(stack.urls["web_database_url"])
    found: list[Measured] = []
    try:
        for name, ask in _questions(config, cases):
            for _ in range(2):  # the second is told: the first also fetches what the disk holds
                began = time.perf_counter()
                with store.scoped(_SCOPE) as scoped:
                    rows = ask(scoped)
                took = time.perf_counter() - began
            found.append(Measured(name, rows, took))
            console.print(f"  {name}: {rows:,} cases in {took:.2f} s")
    finally:
        store.close()
    return found


def _questions(config: Config, cases: int) -> Sequence[tuple[str, Callable[[Connection], int]]]:
    zone, own = config.area.zone, config.evaluation.cases
    month = periods.period_of("month", _NOW.date(), own, zone)
    month = periods.before(month, own, zone)
    year = periods.span(_NOW - timedelta(days=366), _NOW + timedelta(days=2), zone)
    formulas = config.evaluation.of("cases")
    issue = evaluations.Issue("cases", _AREA, month, {"before": periods.before(month, own, zone)}, formulas, {}, "bench")
    whole = evaluations.Issue("cases", _AREA, year, {}, formulas, {}, "bench")

    def figures(period: periods.Period, by: str) -> Callable[[Connection], int]:
        def ask(connection: Connection) -> int:
            found = indicators.tally(connection, _SCOPE, Chosen("cases"), period, by, _NOW)
            evaluations.table(connection, by, found, issue)
            return sum(one.n for group in found.values() for one in group)

        return ask

    def compared(connection: Connection) -> int:
        return sum(figures(one, "unit")(connection) for one in (month, issue.compared["before"], periods.year_before(month, own, zone)))

    def course(connection: Connection) -> int:
        counted, period = 0, month
        for _ in range(12):
            counted, period = counted + figures(period, "total")(connection), periods.before(period, own, zone)
        return counted

    def rows(connection: Connection) -> int:
        behind = Behind([(read_row_set("due & open - in_time", "cases"), 1.0)], limit=100)
        return len(indicators.list_rows(connection, _SCOPE, Chosen("cases"), month, behind, _NOW))

    def frozen(wanted: evaluations.Issue) -> Callable[[Connection], int]:
        def ask(connection: Connection) -> int:
            number = evaluations.issue(connection, wanted, Act("issue", _SCOPE, _NOW, "bench"))
            return int(evaluations.get_evaluation(connection, _SCOPE, number)["row_count"])

        return ask

    return (
        (f"a month that holds all {cases:,}, by unit", figures(year, "unit")),
        (f"a month that holds all {cases:,}, by worker", figures(year, "worker")),
        ("one of twelve months, by unit", figures(month, "unit")),
        ("the same with 同比 and 环比", compared),
        ("twelve months, a total each", course),
        ("rows behind a figure of that month, the first 100", rows),
        ("that month frozen with its rows, eleven dimensions", frozen(issue)),
        (f"a month of all {cases:,} frozen", frozen(whole)),
    )


def rows_of(found: Sequence[Measured]) -> list[tuple[str, str]]:
    """What `make bench` prints."""
    return [(f"evaluation: {one.name}", f"{one.seconds:.2f} s ({one.rows:,} rows)") for one in found]
