"""`yiping simulate`: plays a city at a platform that already runs. The work is in `sim`; this only asks and starts it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from core.config import load
from sim.__main__ import SCENARIOS, doors_of, run
from sim.seed import enrol_drill, seed


@click.command()
@click.option(
    "--devices", type=click.IntRange(0, 1_000_000), help="Seed the district with about so many devices first (needs YIPING_DATABASE_URL)."
)
@click.option("--speed", type=click.FloatRange(0.01, 1000), help="How many times as often things happen; stamps stay the present.")
@click.option("--scenario", type=click.Choice(SCENARIOS), help="A scene by order.")
@click.option(
    "--drill", is_flag=True, default=None, help="The scenario is an exercise, with devices of its own (needs YIPING_DATABASE_URL)."
)
@click.option("--desk", type=click.FloatRange(0, 1), help="Share of the work the simulated desk takes up soon; the rest waits for people.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where seed.json and access.json are. [default: YIPING_RUN_DIR or .run]")
def simulate(
    devices: int | None, speed: float | None, scenario: str | None, drill: bool | None, desk: float | None, run_dir: Path | None
) -> None:
    """Play a city: devices, weather, video, citizens and staff, over the real wires.

    Goes to the platform that YIPING_URL, YIPING_FEED_MQTT_URL and YIPING_HJ212_PORT name, or the one in access.json of the
    run folder. Ctrl-C ends it.
    """
    environment = dict(os.environ)
    if run_dir is not None:
        environment["YIPING_RUN_DIR"] = str(run_dir)
    folder = Path(environment.get("YIPING_RUN_DIR", ".run"))
    config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    database_url = environment.get("YIPING_DATABASE_URL", "")
    if (devices is not None or drill) and not database_url:
        raise click.UsageError("--devices and --drill write the registry: set YIPING_DATABASE_URL")
    if devices is not None:
        seed(config, database_url, area=environment.get("YIPING_AREA", config.area.code), devices=devices, run_dir=folder)
    if drill:
        enrol_drill(config, database_url, scenario or "", folder)
    try:
        doors = doors_of(environment)
    except KeyError as missing:
        words = f"{missing} is neither in the environment nor in {folder}; start `make demo`, or give --run-dir"
        raise click.ClickException(words) from None
    asked = {"speed": speed, "scenario": scenario, "drill": drill, "desk": desk}
    sys.exit(run(replace(doors, **{name: value for name, value in asked.items() if value is not None}), config))  # type: ignore[arg-type]
