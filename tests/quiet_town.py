"""A town in which something may ring that nobody is to be told of: two streets with a cell each, workers, officers, a leader; time travels."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.changes import AlertAgain, AlertRaised, AlertReturned, Change
from core.config import Config
from core.model import Scope
from core.suppress_config import InhibitionConfig, Matcher, SilencesConfig
from store import rejudge, save
from store.acts import Act
from store.alerts import act_on_alert
from store.silences import Wish, add_silence, end_silence
from store.sweep import sweep
from store.timescale import Store
from tests.desk import NORTH, SOUTH

CITY = Scope("supervisor", ("320404",), None, "supervisor")


class Town:
    """Two streets with a cell each, alerts of all kinds, a leader. Time is in seconds from the beginning."""

    def __init__(self, store: Store, config: Config, begins: datetime) -> None:
        self.store, self.config, self.begins, self.now = store, config, begins, begins
        self.inhibitions: Sequence[InhibitionConfig] = ()
        with store.connection() as connection:
            for code, level in (
                ("320404", "district"),
                (NORTH, "street"),
                (SOUTH, "street"),
                (f"{NORTH}001", "community"),
                (f"{SOUTH}001", "community"),
            ):
                connection.execute(
                    "insert into areas (code, name, level, lon, lat, geometry) values (%s, %s, %s, 0, 0, '{}')", [code, code, level]
                )
            for number, street in ((1, NORTH), (2, SOUTH)):
                connection.execute("insert into duty_grids (code, name, area) values (%s, '', %s)", [f"g{number}", f"{street}001"])
                connection.execute(
                    "insert into cells (cell_id, cell_code, area, duty_grid, lon, lat, geometry, area_m2) values (%s, %s, %s, %s, 0, 0, '{}', 1)",
                    [number, f"{street}00100{number}", f"{street}001", f"g{number}"],
                )

    def at(self, seconds: float) -> "Town":
        self.now = self.begins + timedelta(seconds=seconds)
        return self

    def device(self, device: str, gateway: str | None = None, kind: str | None = None, street: str = NORTH) -> int:
        with self.store.connection() as connection:
            row = connection.execute(
                "insert into devices (device, name, domain, area, gateway, kind) values (%s, %s, 'water', %s, %s, %s) returning device_id",
                [device, device, f"{street}001", gateway, kind],
            ).fetchone()
            assert row is not None
            return int(row["device_id"])

    def ring(self, *subjects: str, **columns: Any) -> list[int]:
        """What workers do: raise in one batch."""
        return self.save([self.raised(subject, **columns) for subject in subjects])

    def raised(self, subject: str, rule: str = "waterlogging", street: str = NORTH, **columns: Any) -> AlertRaised:
        values: dict[str, Any] = {
            "severity": 3, "title": subject, "domain": "water", "class_code": "0502", "area": f"{street}001",
            "cell_id": 1 if street == NORTH else 2, "lon": None, "lat": None, "observed_at": self.now, **columns,
        }  # fmt: skip
        return AlertRaised(rule=rule, subject=subject, **values)

    def save(self, changes: Sequence[Change]) -> list[int]:
        with self.store.connection() as connection:
            return save.save(connection, changes, self.now)

    def back(self, *alert_ids: int) -> None:
        self.save([AlertReturned(alert_id, self.now, None) for alert_id in alert_ids])

    def again(self, *alert_ids: int) -> None:
        self.save([AlertAgain(alert_id, self.now, None) for alert_id in alert_ids])

    def act(self, alert_id: int, act: str, note: str = "x", **extra: Any) -> None:
        with self.store.connection() as connection:
            act_on_alert(connection, alert_id, Act(act, CITY, self.now, note, extra=extra))

    def silence(self, seconds: float = 3600, *, begins: float | None = None, kind: str = "silence", **matcher: Any) -> int:
        since = None if begins is None else self.begins + timedelta(seconds=begins)
        wish = Wish(kind, Matcher(**matcher), (since or self.now) + timedelta(seconds=seconds), since)
        with self.store.connection() as connection:
            return add_silence(connection, wish, Act("silence", CITY, self.now, "检修"), SilencesConfig())

    def end(self, silence_id: int) -> None:
        with self.store.connection() as connection:
            end_silence(connection, silence_id, Act("end", CITY, self.now, "修好了"))

    def lead(self) -> int:
        """A turn of whoever leads; how many portions it took."""
        with self.store.connection() as connection:
            sweep(connection, self.now, self.config)
        with self.store.connection() as connection:
            rejudge.prepare(connection, self.inhibitions, self.now)
        for portions in range(50):
            with self.store.connection() as connection:
                if not rejudge.judge_next(connection, self.now):
                    return portions
        raise AssertionError("the leader never comes to an end")

    def holds(self, *alert_ids: int) -> list[str]:
        """What holds each alert: the reference of its suppression, or the word of its hold."""
        rows = {
            row["alert_id"]: row["hold_ref"] if row["hold"] == "suppressed" else row["hold"] for row in self.rows("select * from alerts")
        }
        return [rows[alert_id] for alert_id in alert_ids]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))
