"""`yiping import readings` into a running city: a district with few sensors starts with a sheet."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from click.testing import CliRunner, Result

from cli.import_ import import_
from store.accounts import create_token
from store.timescale import Store
from tests import web
from tests.patience import until
from tests.stack import Stack

HEAD = "设备编号,监测项目,监测值,监测时间\n"
STORED = (
    "select device, metric, value from readings join devices using (device_id) join metrics using (metric_id) order by observed_at, metric"
)


def test_a_sheet_of_readings_is_stored_once_and_what_the_city_refuses_is_told_by_row(
    stack: Stack, database_url: str, tmp_path: Path
) -> None:
    store = Store(database_url)
    with store.connection() as connection:
        token = create_token(connection, "sheet", ["feed"], ["320404"], datetime.now(UTC))
    store.close()
    stack.start("edge")
    until(lambda: _answers(stack), what="the edge")

    def bring(text: str, *options: str) -> Result:
        (tmp_path / "r.csv").write_text(text, encoding="utf-8")
        arguments = ["readings", str(tmp_path / "r.csv"), "--url", stack.url, "--token", token, "--access", "none", *options]
        return CliRunner().invoke(import_, arguments)

    def stored() -> list[tuple[str, str, float]]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(STORED).fetchall()

    day = datetime.now(UTC).strftime("%Y/%m/%d")
    faulty = f"{HEAD}河-1,water_level,3.21,{day} 00:00\n河-1,water_level,3.2,\n"
    run = bring(faulty)
    assert (run.exit_code, "nothing was sent" in run.output, stored()) == (1, True, [])
    good = f"{HEAD}河-1,water_level,3.21,{day} 00:00\n河-1,ammonia,0.5,{day} 00:00\n河-1,water_level,5000,{day} 00:05\n"
    run = bring(good, "--report", str(tmp_path / "report.csv"))
    assert (run.exit_code, "2 accepted, 0 already known, 1 refused (range 1)" in run.output) == (1, True), run.output
    assert stored() == [("河-1", "ammonia", 0.5), ("河-1", "water_level", 3.21)]
    verdicts = [line.split(",") for line in (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert [(row[0], row[4]) for row in verdicts] == [("2", "taken"), ("3", "taken"), ("4", "refused")]
    assert "0 accepted, 2 already known" in bring(good).output
    assert "3 can be sent" in bring(good, "--dry-run").output
    assert "answered 401" in str(
        CliRunner().invoke(import_, ["readings", str(tmp_path / "r.csv"), "--url", stack.url, "--token", "x"]).exception
    )


def _answers(stack: Stack) -> bool:
    try:
        return web.get(f"{stack.url}/healthz", timeout=20).status_code == 200
    except httpx.HTTPError:
        return False
