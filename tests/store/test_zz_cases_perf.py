import time
from bench.cases import fill
from tests.desk import Desk
from store.timescale import sql, prefixes
from store.lists import Filter
from store.cases import _FILTERS
from dispatch import cases as L

def test_perf(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.autocommit = True
        connection.execute("set statement_timeout = 0"); connection.execute("alter table cases disable trigger user"); fill(connection, desk.now, 100_000, 20_000)
    scope = desk.scope("duty1", "duty")
    text = sql("cases_list")
    for wanted in ({"stages": sorted(L.OPEN)}, {"stages": ["registered"]}, {"stages": ["suspended"]}, {"stages": sorted(L.OPEN), "text": "某路77号"}):
        cols = Filter(wanted).columns(scope, *_FILTERS) | {"open": True, "after_at": None, "after_number": None, "now": desk.now}
        with desk.web_store.scoped(scope) as c:
            print(wanted)
            for row in c.execute(("explain (analyze, buffers) " + text).encode(), cols):
                print("   ", row["QUERY PLAN"])
