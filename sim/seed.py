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
from sim import drill, history, keep, scenario
from sim.census import make_components
from sim.city import City
from sim.command import furnish
from sim.layout import lay_out
from sim.ledgers import make_enterprises
from sim.model import Plan
from sim.organise import organise
from sim.register import register
from sim.resources import make_resources
from sim.staff import DEMO, STAFF, Worker, human_grid, new_password, person_name, workers_of
from sim.works import make_works
from store import components, enterprises, resources, simulation, works
from store.accounts import create_account, create_token, find_token
from store.acts import Act
from store.gazetteer import save_places
from store.geography import load_city, load_locator, save_city, save_layer
from store.timescale import Connection, Store

TOKENS: dict[str, tuple[str, ...]] = {
    "feed": ("feed",), "read": ("read",), "act": ("read", "act"), "admin": ("read", "act", "admin"),
}  # fmt: skip
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


def enrol_drill(config: Config, database_url: str, name: str, run_dir: Path) -> int:
    """Registers the stand-ins of a scenario for a seeded district, as drills; how many. Raises `ValueError` for no scenario."""
    played = scenario.read(name or scenario.NONE)
    if played is None:
        raise ValueError(f"a drill needs a scenario: {', '.join(one for one in scenario.names() if one != scenario.NONE)}")
    store = Store(database_url, name="yiping-seed", connections=1)
    try:
        with store.connection() as connection:
            return drill.enrol(connection, config, keep.read_plan(run_dir), played, datetime.now(UTC))
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
            register(connection, config, plan, now)
            simulation.watch_devices(connection, now)
            resources.keep_all(connection, make_resources(city, area), "demo", now)
            census = make_components(city, area, now.astimezone(config.area.zone).date())
            components.save(connection, census, load_locator(connection), now, lambda _: None, is_whole=True)
            for entry, place in make_enterprises(city, config.ledgers.enterprise_kinds, area):
                enterprises.put_enterprise(connection, entry, place, Act("seed", EVERYWHERE, now), simulated=True)
            locator = load_locator(connection)
            loud = [(site.lon, site.lat) for site in plan.sites if site.kind == "noise"]
            for work in make_works(city, area, now.astimezone(config.area.zone), loud):
                works.put_work(connection, work, locator, Act("seed", EVERYWHERE, now), simulated=True, source="demo")
        step("人员 people")
        with store.connection() as connection:
            users, staff = _people(connection, city, plan, area, now)
            staff |= organise(connection, config, city, area, staff, now)
        step("令牌 tokens")
        with store.connection() as connection:
            tokens = {name: create_token(connection, f"demo-{name}", scopes, [area], now) for name, scopes in TOKENS.items()}
            tokens |= furnish(connection, config, area, now)
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
