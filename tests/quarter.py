"""A small living quarter for whole-system tests: three streets, a few hundred real cells, some sixty devices, an account per role.

Made by the product's own functions within seconds; the demo's district takes longer and more than a test needs.
"""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion
from psycopg.rows import dict_row
from shapely.geometry import box

from api.auth import CSRF_COOKIE, SESSION_COOKIE, derive_csrf
from core.config import Config
from geodata.boundary import Division, Names
from geodata.model import City, GridCell, Layer, LayerKind
from geodata.partition import partition_district
from store import simulation
from store.accounts import Account, create_account, create_token, open_session
from store.geography import load_city, save_city, save_layer
from store.timescale import Connection, Store
from tests import web
from tests.patience import PATIENCE_S, until
from tests.stack import Stack

ROLES = ("worker", "jobs", "web", "edge")
CENTRE = (119.945, 31.785)
PASSWORD = "Yiping-2026-" + secrets.token_hex(4)
PEOPLE = {
    "duty1": ("duty", "值班员 01"), "duty2": ("duty", "值班员 02"), "super1": ("supervisor", "督查员 01"),
    "leader1": ("leader", "区领导"), "audit1": ("auditor", "审计员"), "admin1": ("admin", "系统管理员"),
}  # fmt: skip
NAMES = Names(
    "320404",
    "钟楼区",
    tuple(
        (
            Division(f"32040400{n}", street),
            (Division(f"32040400{n}001", f"{street[:2]}东社区"), Division(f"32040400{n}002", f"{street[:2]}西社区")),
        )
        for n, street in ((1, "五星街道"), (2, "永红街道"), (3, "北港街道"))
    ),
)
# device prefix, domain, metrics; every cell near the middle gets the next of them
KINDS = (
    ("smoke", "emergency", ("smoke",)), ("gas", "emergency", ("gas",)), ("air", "environment", ("pm25", "noise")),
    ("pond", "water", ("water_depth", "rain")), ("river", "water", ("water_level",)), ("cover", "urban", ("manhole_tilt",)),
)  # fmt: skip
DEVICES = 78
CALM = {"smoke": 0, "gas": 2, "pm25": 31, "noise": 52, "water_depth": 1, "rain": 0, "water_level": 3.6, "manhole_tilt": 1}
DOMAIN_OF: dict[str, str] = {prefix: domain for prefix, domain, _ in KINDS}


class Quarter:
    """The quarter on a stack's database: its accounts, its wire, and questions to its database."""

    def __init__(self, stack: Stack, config: Config) -> None:
        self.stack = stack
        url = stack.environment["YIPING_DATABASE_URL"]
        store = Store(url)
        with store.connection() as connection:
            self.workers = _build(connection, config, datetime.now(UTC))
        with store.connection() as connection:
            now = datetime.now(UTC)
            self.token = create_token(connection, "reader", ["read"], ["320404"], now)
            self.screen = create_token(connection, "screen", ["screen"], ["320404"], now, view="wall")
        store.close()
        self.database = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self.devices = {row["device"]: row for row in self.rows("select * from devices")}
        self.client: paho.Client | None = None

    def start(self) -> None:
        """All roles, until the stack is ready and its wire is open, and every device has spoken once."""
        self.stack.start(*ROLES)
        self.stack.ready(90)
        until(lambda: "slot_taken" in self.stack.log("worker"), what="the worker's place at the broker")
        broker = self.stack.feed_mqtt
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"quarter-{secrets.token_hex(4)}", protocol=paho.MQTTv311)
        self.client.username_pw_set(broker.username, broker.password)
        self.client.connect(broker.hostname or "127.0.0.1", broker.port or 1883)
        self.client.loop_start()
        for device in self.devices:
            kind = device.partition("-")[0]
            self.publish(device, **{metric: CALM[metric] for prefix, _, metrics in KINDS if prefix == kind for metric in metrics})
        until(lambda: self.one("select count(distinct device_id) from device_states") == len(self.devices), what="all devices spoke")

    def revive(self) -> None:
        """Starts again what a test killed."""
        dead = [name for name in ROLES if not self._lives(name)]
        if dead:
            self.stack.start(*dead)
            self.stack.ready(90)

    def _lives(self, name: str) -> bool:
        try:
            return self.stack.pid(name) > 0
        except AssertionError:
            return False

    def stop(self) -> None:
        if self.client is not None:
            self.client.disconnect()
            self.client.loop_stop()
        self.database.close()

    def publish(self, device: str, **values: float) -> float:
        """A reading over MQTT, stamped now; the moment it was handed over (epoch ms)."""
        assert self.client is not None
        now = time.time() * 1000
        topic = f"city/320404/{DOMAIN_OF[device.partition('-')[0]]}/{device}/telemetry"
        self.client.publish(topic, json.dumps({"ts": int(now), "values": values}), qos=1).wait_for_publish(PATIENCE_S)
        return now

    def report(self, **fields: Any) -> None:
        """A report over MQTT: a citizen's call unless `channel` is another."""
        assert self.client is not None
        body = {
            "source": "12345",
            "external_id": secrets.token_hex(6),
            "channel": "hotline",
            "observed_at": datetime.now(UTC).isoformat(),
            **fields,
        }
        self.client.publish(f"city/320404/report/{body['channel']}", json.dumps(body), qos=1).wait_for_publish(PATIENCE_S)

    def session(self, login: str) -> tuple[str, str]:
        """The secret of a fresh session and its proof, without the form and its costly password check."""
        row = self.rows("select * from accounts where login = %s", login)[0]
        account = Account(row["account_id"], login, row["role"], tuple(row["areas"]), row["title"])
        store = Store(self.stack.environment["YIPING_DATABASE_URL"])
        try:
            with store.connection() as connection:
                secret = open_session(connection, account, datetime.now(UTC))
        finally:
            store.close()
        return secret, derive_csrf(secret)

    def ask(self, login: str, method: str, path: str, body: Any = None) -> Any:
        """The answer of the API to a person; what is refused fails the test."""
        secret, proof = self.session(login)
        cookies, headers = {SESSION_COOKIE: secret, CSRF_COOKIE: proof}, {"X-Yiping-Csrf": proof}
        answer = web.request(method, f"{self.stack.url}/api/v1{path}", json=body, cookies=cookies, headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return self.database.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))

    def attend(self) -> None:
        """What rang is over and acknowledged: a wall has six rows, and the grave that waits stands above all that is milder."""
        ringing = "select subject from alerts where stage in ('unack', 'acked') and subject similar to '(smoke|cover)-%%/%%'"
        for device, metric in (row["subject"].split("/") for row in self.rows(ringing)):
            self.publish(device, **{metric: CALM[metric]})
        until(lambda: not self.rows(ringing), what="smoke and covers are calm")
        if ids := [
            row["alert_id"] for row in self.rows("select alert_id from alerts where stage in ('unack', 'rtn_unack') and severity <= 3")
        ]:
            self.ask("duty2", "POST", "/alerts/acts", {"ids": ids, "act": "acknowledge"})

    def worker_of(self, device: str) -> str:
        """The login of the grid worker whose duty grid a device stands in."""
        return str(self.one("select a.login from devices d join cells c using (cell_id) join duty_grids g on g.code = c.duty_grid"
                            " join accounts a on a.account_id = g.worker_id where d.device = %s", device))  # fmt: skip


@contextmanager
def living(stack: Stack, config: Config) -> Iterator[Quarter]:
    """A quarter whose roles run."""
    quarter = Quarter(stack, config)
    try:
        quarter.start()
        yield quarter
    finally:
        quarter.stop()


def _build(connection: Connection, config: Config, now: datetime) -> list[str]:
    west, south, east, north = CENTRE[0] - 0.011, CENTRE[1] - 0.007, CENTRE[0] + 0.011, CENTRE[1] + 0.007
    save_city(connection, partition_district(NAMES, box(west, south, east, north), CENTRE), now)
    for name, label, kind, feature in _layers(west, south, east, north):
        save_layer(connection, Layer(name, label, kind, {"type": "FeatureCollection", "features": [feature]}, schematic=True), now)
    city = load_city(connection)
    simulation.save_metrics(connection, config.metrics)
    _add_devices(connection, city, now)
    for login, (role, title) in PEOPLE.items():
        create_account(connection, login, PASSWORD, role, ["320404"], title, now)
    grids = sorted(city.duty_grids, key=lambda grid: grid.code)
    workers = [
        {"login": f"gw{n:02d}", "title": f"网格员 {n:02d}", "name": f"王{n}", "area": grid.area, "duty_grid": grid.code}
        for n, grid in enumerate(grids, 1)
    ]
    simulation.add_workers(connection, workers, PASSWORD, now)
    return [worker["login"] for worker in workers]


def _add_devices(connection: Connection, city: City, now: datetime) -> None:
    step = max(1, len(city.cells) // DEVICES)
    placed = list(zip(range(DEVICES), city.cells[::step], strict=False))
    rows, metrics = [], []
    for n, cell in placed:
        prefix, domain, measured = KINDS[n % len(KINDS)]
        device = f"{prefix}-{n:02d}"
        rows.append(_device(device, domain, cell))
        metrics += [{"device": device, "metric": metric, "name": None} for metric in measured]
    simulation.save_devices(connection, rows, metrics, now)
    connection.execute("update devices set simulated = false")  # the simulator's writer marks all it makes; here they are the city's own


def _device(device: str, domain: str, cell: GridCell) -> dict[str, Any]:
    return {
        "device": device, "name": f"{device.upper()} 号", "domain": domain, "area": cell.area, "cell_id": cell.cell_id,
        "lon": cell.lon, "lat": cell.lat, "interval_s": 3600, "model": device.partition("-")[0], "gateway": None,
    }  # fmt: skip


def _layers(west: float, south: float, east: float, north: float) -> list[tuple[str, str, LayerKind, dict[str, Any]]]:
    x, y = CENTRE

    def feature(shape: Literal["LineString", "Polygon", "Point"], coordinates: Any, **properties: Any) -> dict[str, Any]:
        return {"type": "Feature", "properties": {"schematic": True, **properties}, "geometry": {"type": shape, "coordinates": coordinates}}

    pond = [[x, y], [x + 0.003, y], [x + 0.003, y + 0.002], [x, y + 0.002], [x, y]]
    return [
        ("water", "水系", "polygon", feature("Polygon", [pond], kind="lake", name="荷塘")),
        ("roads", "道路", "line", feature("LineString", [[west, y], [east, y]], **{"class": 2, "name": "怀德路"})),
        ("places", "地点", "point", feature("Point", [x, north - (north - south) / 4], kind="school", name="实验小学")),
    ]
