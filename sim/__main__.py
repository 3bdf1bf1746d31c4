"""`python -m sim`: brings the seeded district to life at the platform's real doors, until SIGTERM. Composition only.

Reads YIPING_* from the environment and the files `sim.seed` left in YIPING_RUN_DIR. Everything it talks to may come and go.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.config import Config, load
from sim import drill, keep, scenario, trucks
from sim.citizens import Hotline, run_cameras, run_platform
from sim.city import City
from sim.gathering import Ordered, ordered
from sim.kinds import KIND_OF
from sim.model import Plan
from sim.mqtt import Fleet
from sim.people import Team
from sim.platform import Door, Platform
from sim.stations import Tally, run_station
from sim.telemetry import Telemetry
from sim.troubles import opening_scene
from sim.video import Video
from sim.weather import Storm

FILL_IN_S = 2 * 3600.0
_GAP_WORTH_FILLING_S = 300.0
_STORM_S = 3600.0
_SOON_S = 20.0
SCENARIOS = scenario.names()


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the platform is, and how to come in."""

    url: str
    mqtt: str
    hj212: str
    feed_token: str
    read_token: str
    run_dir: Path
    speed: float
    scenario: str
    desk: float
    drill: bool = False  # the scenario is an exercise
    hotline: str = ""  # where the demo's own 12345 platform listens; empty: it has none
    hotline_secret: str = ""


def doors_of(environment: dict[str, str]) -> Doors:
    """From the environment, `seed.json` and `access.json`; raises `KeyError` naming what is missing."""
    run_dir = Path(environment.get("YIPING_RUN_DIR", ".run"))
    access, seeded = keep.read_json(run_dir / "access.json"), keep.read_json(run_dir / keep.SEED)
    tokens = seeded.get("tokens") or access.get("tokens") or {}
    port = environment.get("YIPING_HJ212_PORT")
    return Doors(
        url=environment.get("YIPING_URL") or access["url"],
        mqtt=environment.get("YIPING_FEED_MQTT_URL") or access["mqtt"],
        hj212=f"127.0.0.1:{port}" if port else access.get("hj212", "127.0.0.1:9212"),
        feed_token=tokens["feed"],
        read_token=tokens["read"],
        run_dir=run_dir,
        speed=float(environment.get("YIPING_SPEED") or 1),
        scenario=environment.get("YIPING_SCENARIO") or scenario.NONE,
        desk=float(environment.get("YIPING_SIM_DESK") or 0.8),
        drill=environment.get("YIPING_DRILL", "") not in ("", "0"),
        hotline=environment.get("YIPING_HOTLINE_URL", ""),
        hotline_secret=environment.get("YIPING_HOTLINE_SECRET", ""),
    )


async def live(doors: Doors, config: Config) -> None:
    """Run every part until cancelled."""
    plan, state, now = keep.read_plan(doors.run_dir), keep.read_json(doors.run_dir / keep.STATE), time.time()
    began = _began(doors, state, now)
    cities = cities_of(plan, doors, began, now, fresh="alive_at" not in state)
    fleet = Fleet(doors.mqtt, f"{plan.area}-{os.getpid()}")
    highest = {name: metric.max for name, metric in config.metrics.items() if metric.max is not None}
    tellings, tally = [Telemetry(city, fleet, highest) for city in cities], Tally()
    labels = {code: one.label for code, one in config.classes.items()}
    hotlines = [Hotline(city, doors.url, doors.feed_token, labels) for city in cities]
    staff = keep.read_json(doors.run_dir / keep.STAFF)
    team = Team(
        cities, doors.url, doors.read_token, staff, doors.desk, staff.get("human", {}).get("duty_grid", ""), _gathering(plan, doors, began)
    )
    platform = Platform(doors.hotline_secret)
    where = urlsplit(doors.hotline)  # a real city's platform is elsewhere, and none is played
    first = cities[0]
    eyes = {site.device: site for site in plan.sites if site.kind == "camera"}
    video = Video(eyes, plan.timezone, first.silent, lambda site, t: first.read(site, t).get("crowd", 0.0))
    door = Door(platform, where.port, time.time, video.answer) if where.port and where.hostname == "127.0.0.1" else None
    try:
        async with asyncio.TaskGroup() as group:
            for city, telemetry, hotline in zip(cities, tellings, hotlines, strict=True):
                telemetry.connect()
                group.create_task(_send(telemetry, state, now))
                group.create_task(run_cameras(city, fleet))
                group.create_task(hotline.run())
                for site in city.plan.sites:
                    if KIND_OF[site.kind].wire == "hj212":
                        group.create_task(run_station(site, city, doors.hj212, tally))
            group.create_task(team.run())
            group.create_task(trucks.run(plan, fleet))
            if door is not None:
                group.create_task(run_platform(platform, doors.url, doors.feed_token, cities[0].speed))
            group.create_task(_note(doors, state, began, lambda: _words(fleet, tellings, tally, hotlines, team)))
    finally:
        await team.close()
        fleet.close()
        if door is not None:
            door.close()


def cities_of(plan: Plan, doors: Doors, began: float, now: float, *, fresh: bool) -> list[City]:
    """The district, and where a drill was ordered the city of its stand-ins, which alone feels the scenario."""
    played, speed = scenario.read(doors.scenario), max(0.01, doors.speed)
    storm = Storm(began, _STORM_S / max(1.0, speed)) if played and played.storm else None
    struck = scenario.troubles(played, plan.sites, plan.seed, began, speed) if played else []
    real = City(plan, speed=speed, storm=None if doors.drill else storm)
    opening = opening_scene(real.by_kind, plan.seed, now) if fresh else ()
    real.first = (*opening, *(() if doors.drill else struck))
    if played is None or not doors.drill:
        return [real]
    there, stages = drill.stand_ins(plan, played, struck)
    return [real, City(there, speed=speed, storm=storm, first=stages, drill=True)]


def _gathering(plan: Plan, doors: Doors, began: float) -> Ordered | None:
    """What the desk is to take for one thing while a scenario is played."""
    played = scenario.read(doors.scenario)
    place = played and scenario.place_of(played, plan.sites)
    if not played or not place:
        return None
    struck = scenario.troubles(played, plan.sites, plan.seed, began, doors.speed)
    if doors.drill:
        _, struck = drill.stand_ins(plan, played, struck)
    return ordered(played, place, struck, began, drill=doors.drill)


async def _send(telemetry: Telemetry, state: dict[str, object], now: float) -> None:
    """First what was missed (at most two hours), then the present for ever."""
    await asyncio.sleep(2)
    alive_at = state.get("alive_at")
    since = max(float(alive_at) if isinstance(alive_at, (int, float)) else 0.0, now - FILL_IN_S)
    if now - since > _GAP_WORTH_FILLING_S:
        print(f"filled in {await telemetry.fill_in(since, now)} samples of the last {(now - since) / 60:.0f} minutes", flush=True)
    await telemetry.run()


async def _note(doors: Doors, state: dict[str, object], began: float, words: object) -> None:
    """Remember being alive, and say once a minute how it goes."""
    assert callable(words)
    while True:
        kept = {"alive_at": time.time(), "scenario_at": began, "scenario": doors.scenario}
        keep.write_json(doors.run_dir / keep.STATE, {**state, **kept})
        print(words(), flush=True)
        await asyncio.sleep(60)


def _words(fleet: Fleet, tellings: Sequence[Telemetry], tally: Tally, hotlines: Sequence[Hotline], team: Team) -> str:
    devices, calls = sum(one.devices for one in tellings), sum(one.passed_on for one in hotlines)
    return (
        f"mqtt {fleet.connected()} connected, {fleet.sent} sent, {fleet.lost} lost, {devices} device messages; "
        f"hj212 {tally.answered}/{tally.sent} answered, {tally.reconnects} reconnects; calls {calls}; acts {team.done}"
    )


def _began(doors: Doors, state: dict[str, object], now: float) -> float:
    """When the scenario that was ordered began; a restart within it finds it again."""
    began, again = state.get("scenario_at"), state.get("scenario") == doors.scenario
    if again and isinstance(began, (int, float)) and now < float(began) + 3 * _STORM_S / max(1.0, doors.speed):
        return float(began)
    return now + _SOON_S


def main() -> int:
    """The process: runs until SIGTERM or Ctrl-C. Exit code 2 when it was not told where to go."""
    try:
        doors = doors_of(dict(os.environ))
        config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    except KeyError as missing:
        print(f"sim: {missing} is neither in the environment nor in the run folder; start `make demo` first", file=sys.stderr)
        return 2
    return run(doors, config)


def run(doors: Doors, config: Config) -> int:
    """`live` under signals."""
    if doors.scenario not in SCENARIOS:
        print(f"sim: no scenario is called '{doors.scenario}'; there are {', '.join(SCENARIOS)}", file=sys.stderr)
        return 2

    async def until_told() -> None:
        task = asyncio.current_task()
        assert task is not None
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
        await live(doors, config)

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
