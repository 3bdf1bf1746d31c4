"""Three streets and the author of their live stream on a real database; time is told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from api.snapshot import read_picture
from core.config import Config
from projector.project import Projector
from store import change_log
from store.live import Hints, Live
from store.timescale import Store

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=100)
METRICS = ("pm25", "gas", "water_depth", "noise")


class City:
    """Three streets of 5 × 4 cells of 100 m, a device in every fourth; time is told."""

    def __init__(self, url: str, config: Config) -> None:
        self.url, self.config, self.now = url, config, NOON
        self.store = Store(url)
        self.live, self.hints = Live(None), Hints(None)
        with self.store.connection() as c:
            c.execute("insert into areas values ('320404', 'z', 'district', null, 119.9, 31.8, '{}')")
            for street in ("001", "002", "003"):
                c.execute("insert into areas values (%s, 's', 'street', '320404', 119.9, 31.8, '{}')", [f"320404{street}"])
                community = [f"320404{street}001", f"320404{street}"]
                c.execute("insert into areas values (%s, 'c', 'community', %s, 119.9, 31.8, '{}')", community)
            c.execute(
                """insert into cells (cell_code, area, lon, lat, geometry, area_m2) select 'c' || i, '32040400' || 1 + i / 20 || '001',
                   119.9 + 0.00106 * (i % 5) + 0.05 * (i / 20), 31.8 + 0.0009 * (i % 20 / 5), '{}', 10000 from generate_series(0, 59) i"""
            )
            with c.cursor() as cursor:
                cursor.executemany("insert into metrics (metric) values (%s)", [[metric] for metric in METRICS])
            c.execute(
                """insert into devices (device, name, domain, area, lon, lat, placement, cell_id, updated_at)
                   select 'd' || cell_id, 'd', 'urban', area, lon, lat, 'inside', cell_id, %s from cells where cell_id %% 4 = 1""",
                [NOON - timedelta(days=1)],
            )
        self.projector = self.another()

    def another(self) -> Projector:
        return Projector(self.store, self.live, self.hints, self.config)

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += TICK
            self.projector.tick(self.now)

    def read(self, device_id: int, metric: str, value: float | None, quality: int = 0) -> None:
        with self.store.connection() as c:
            c.execute(
                """insert into device_states (device_id, metric_id, quality, value, observed_at, changed_at, updated_at)
                   select %s, metric_id, %s, %s, %s, %s, %s from metrics where metric = %s on conflict (device_id, metric_id)
                   do update set quality = excluded.quality, value = excluded.value, updated_at = excluded.updated_at""",
                [device_id, quality, value, self.now, self.now, self.now, metric],
            )

    def deltas(self, after: int = 0) -> list[tuple[int, str, dict[str, Any]]]:
        with self.store.connection() as c:
            found = c.execute("select sequence, area, payload from live_deltas where sequence > %s order by sequence, area", [after])
            return [(row["sequence"], row["area"], json.loads(row["payload"])) for row in found]

    def snapshot(self) -> dict[str, dict[str, Any]]:
        with self.store.connection() as c:
            return {street: json.loads(part) for street, part in read_picture(c, self.config, self.now).parts.items()}


ALERT = """insert into alerts (rule, subject, device_id, domain, severity, stage, title, area, cell_id, lon, lat,
                               observed_at, raised_at, updated_at)
    select 'gas', %s, d.device_id, 'urban', %s, 'unack', 'gas', d.area, d.cell_id, d.lon, d.lat, %s, %s, %s
    from devices d where device_id = %s returning alert_id"""


def raise_alert(c: Any, now: datetime, device_id: int, severity: int = 1, subject: str = "x") -> int:
    """Raise one and write it down, as a worker does; the transaction stays open."""
    row = c.execute(ALERT, [f"{subject}{device_id}", severity, now, now, now, device_id]).fetchone()
    alert_id = int(row["alert_id"])
    change_log.append(c, "alert", {}, change_log.read(c, "alert", [alert_id]), now)
    return alert_id
