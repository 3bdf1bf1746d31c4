"""Makes the demo district in an empty database: map, metrics, devices, people, tokens and a closed past. All marked simulated.

Safe to repeat: what is there stays, the same secrets come back. Reads the clock: it runs as part of starting the demo.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core.config import Config
from core.errors import Invalid
from core.model import EVERYWHERE
from geodata.boundary import district_boundary, urban_centre
from geodata.gazetteer_layers import SOURCE as SCHEMATIC
from geodata.gazetteer_layers import schematic_places
from geodata.layers import demo_layers
from geodata.locate import Locator
from geodata.model import City as Map
from geodata.partition import demo_city
from sim import history, keep
from sim.city import City
from sim.kinds import HJ212_CODES, KIND_OF, RIVER_LEVELS, RIVER_LEVELS_SOURCE
from sim.layout import lay_out
from sim.ledgers import make_enterprises
from sim.model import Plan, Site
from sim.organise import organise
from sim.resources import make_resources
from sim.staff import DEMO, STAFF, Worker, human_grid, new_password, person_name, workers_of
from store import enterprises, resources, simulation
from store.accounts import create_account, create_token, find_token
from store.acts import Act
from store.gazetteer import save_places
from store.geography import load_city, save_city, save_layer
from store.timescale import Connection, Store

TOKENS: dict[str, tuple[str, ...]] = {
    "feed": ("feed",), "read": ("read",), "act": ("read", "act"), "admin": ("read", "act", "admin"), "screen": ("screen",),
}  # fmt: skip
_VIEW = "wall"
_STEPS = 5

Secrets = dict[str, dict[str, Any]]


def seed(config: Config, database_url: str, *, area: str, devices: int, run_dir: Path) -> Secrets:
    """The demo's tokens and users: `{"tokens": {name: secret}, "users": {role: {"name", "password"}}}`.

    The first call fills the database and writes `seed.json`, `sim-plan.json` and `sim-staff.json` into `run_dir`; a later one
    returns the same at once. Raises `NotFound` for a district without data, `StoreUnavailable`.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    store = Store(database_url, name="yiping-seed", connections=2)
    now = datetime.now(UTC)
    try:
        with store.connection() as connection:
            known = _known(connection, run_dir, area, devices, now)
        return known or _make(store, config, area, devices, run_dir, now)
    finally:
        store.close()


def _known(connection: Connection, run_dir: Path, area: str, devices: int, now: datetime) -> Secrets | None:
    """What an earlier call made, if it still opens this database's doors."""
    kept = keep.read_json(run_dir / keep.SEED)
    token = kept.get("tokens", {}).get("feed")
    if not token or (kept.get("area"), kept.get("devices")) != (area, devices) or not (run_dir / keep.PLAN).exists():
        return None
    return {"tokens": kept["tokens"], "users": kept["users"]} if find_token(connection, token, now) else None


def _make(store: Store, config: Config, area: str, devices: int, run_dir: Path, now: datetime) -> Secrets:
    with _progress() as step:
        step("地图 map")
        centre = urban_centre(area[:6])
        with store.connection() as connection:
            city, plan = _map_and_plan(connection, config, area, devices, centre, now)
        step("设备 devices")
        with store.connection() as connection:
            _save_devices(connection, config, plan, now)
            resources.keep_all(connection, make_resources(city, area), "demo", now)
            for entry, place in make_enterprises(city, config.ledgers.enterprise_kinds, area):
                enterprises.put_enterprise(connection, entry, place, Act("seed", EVERYWHERE, now), simulated=True)
        step("人员 people")
        with store.connection() as connection:
            users, staff = _people(connection, city, plan, area, now)
            staff |= organise(connection, config, city, area, staff, now)
        step("令牌 tokens")
        with store.connection() as connection:
            tokens = {name: _token(connection, name, scopes, area, now) for name, scopes in TOKENS.items()}
        step("历史 history")
        with store.connection() as connection:
            _past(connection, config, plan, now)
        keep.write_plan(run_dir, plan)
        keep.write_json(run_dir / keep.STAFF, staff)
        keep.write_json(run_dir / keep.SEED, {"area": area, "devices": devices, "tokens": tokens, "users": users})
        step("完成 done")
    return {"tokens": tokens, "users": users}


def _map_and_plan(
    connection: Connection, config: Config, area: str, devices: int, centre: tuple[float, float], now: datetime
) -> tuple[Map, Plan]:
    """The map as stored (made where there is none) and the district laid out on it."""
    city = load_city(connection)
    _, boundary = district_boundary(area[:6])
    fresh = not city.cells
    if fresh:
        made = demo_city(area[:6])
        save_city(connection, made, now)
        city = load_city(connection)
    layers = demo_layers(boundary, centre, city.areas)
    if fresh:
        for layer in layers:
            save_layer(connection, layer, now)
        save_places(connection, SCHEMATIC, schematic_places(layers, Locator.of(city.cells, city.areas)), now)
    return city, lay_out(city, layers, centre, devices=devices, timezone=config.area.timezone)


def _save_devices(connection: Connection, config: Config, plan: Plan, now: datetime) -> None:
    simulation.save_metrics(connection, config.metrics)
    rows = [
        {
            "device": site.device, "name": site.name, "domain": KIND_OF[site.kind].domain, "area": site.area, "cell_id": site.cell_id,
            "lon": site.lon, "lat": site.lat, "interval_s": site.interval_s, "kind": KIND_OF[site.kind].label,
            "model": site.kind, "gateway": site.gateway or None, "gb_id": _gb_id(config.area.code, site),
        }
        for site in plan.sites
    ]  # fmt: skip
    metrics = [entry for site in plan.sites for entry in _measures(site)]
    wire_names = {str(entry["metric"]) for entry in metrics} - config.metrics.keys()
    simulation.save_wire_metrics(connection, sorted(wire_names))
    simulation.save_devices(connection, rows, metrics, now)
    simulation.save_levels(connection, _levels(plan), now)
    simulation.watch_devices(connection, now)


def _levels(plan: Plan) -> list[dict[str, Any]]:
    """Every gauge on the district's rivers has those of the canal, which its sluices hold at one level."""
    return [
        {"device": site.device, "metric": "water_level", "level": level, "value": value, "source": RIVER_LEVELS_SOURCE}
        for site in plan.sites if site.kind == "river" for level, value in RIVER_LEVELS.items()
    ]  # fmt: skip


def _gb_id(area: str, site: Site) -> str | None:
    """A camera's number as GB/T 28181 builds it: district, basic unit 01, industry 00 (public), type 132 (IP camera), network 0, serial."""
    return f"{area}01001320{int(site.device.rpartition('-')[2]):06d}" if site.kind == "camera" else None


def _measures(site: Site) -> Iterator[dict[str, str | None]]:
    """What the registry knows of a device's metrics; for an HJ 212 station the wire's name leads to the city's."""
    kind = KIND_OF[site.kind]
    for metric in (*kind.metrics, *(("battery",) if kind.battery else ())):
        if kind.wire == "hj212":
            yield {"device": site.device, "metric": f"{HJ212_CODES[metric]}-rtd".lower(), "name": metric}
        else:
            yield {"device": site.device, "metric": metric, "name": None}


def _people(connection: Connection, city: Map, plan: Plan, area: str, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The demo's accounts, one per role, and the simulator's staff with their passwords."""
    users = {role: _account(connection, login, role, title, area, now) for role, (login, title) in DEMO.items()}
    staff = {login: {**_account(connection, login, role, title, area, now), "role": role} for login, (role, title) in STAFF.items()}
    workers = workers_of(city)
    password = new_password()
    if workers:
        simulation.add_workers(connection, [worker.row() for worker in workers], password, now)
    human = human_grid(plan, workers)
    if human:
        users["grid_worker"] = {"name": human.login, "password": new_password()}
        simulation.set_password(connection, human.login, users["grid_worker"]["password"])
    team = [_worker(worker, password) for worker in workers if human is None or worker.login != human.login]
    return users, {"staff": staff, "workers": team, "human": human.row() if human else {}}


def _worker(worker: Worker, password: str) -> dict[str, str]:
    return {"name": worker.login, "password": password, "duty_grid": worker.duty_grid, "area": worker.area}


def _account(connection: Connection, login: str, role: str, title: str, area: str, now: datetime) -> dict[str, str]:
    password = new_password()
    try:
        create_account(connection, login, password, role, [area], title, now, person_name=person_name(login))
    except Invalid:  # there from an earlier start whose folder is gone
        simulation.set_password(connection, login, password)
    return {"name": login, "password": password}


def _token(connection: Connection, name: str, scopes: tuple[str, ...], area: str, now: datetime) -> str:
    return create_token(connection, f"demo-{name}", scopes, [area], now, view=_VIEW if name == "screen" else None)


def _past(connection: Connection, config: Config, plan: Plan, now: datetime) -> None:
    if simulation.has_history(connection):
        return
    past = history.remember(City(plan), config, now.timestamp())
    by_day: dict[str, list[dict[str, Any]]] = {}
    for case in sorted(past.cases, key=lambda row: row["opened_at"]):
        by_day.setdefault(case["day"], []).append(case)
    cases = [
        {**case, "case_number": number}
        for day, found in by_day.items()
        for case, number in zip(found, simulation.take_numbers(connection, day, len(found)), strict=True)
    ]
    simulation.add_history(connection, past.alerts, past.reports, cases)


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar that is told each step as it begins."""
    columns = (TextColumn("  [cyan]{task.description}"), BarColumn(30), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        task = progress.add_task("", total=_STEPS, completed=-1)
        yield lambda words: progress.update(task, description=words, advance=1)
