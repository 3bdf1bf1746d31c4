"""An exercise: stand-ins of the devices that a scenario would strike, registered as drills, so that no real one says what is not.

Stand-ins speak only of the scenario; all that comes of them is a drill, from alert to case, and in no figure, vital sign or cell.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.config import Config
from sim.kinds import KIND_OF
from sim.model import Plan, Site, Trouble
from sim.register import register
from sim.scenario import EYE_M, Scenario, troubles
from store.timescale import Connection

_SKY = "weather"


def stand_ins(plan: Plan, played: Scenario, struck: Sequence[Trouble]) -> tuple[Plan, list[Trouble]]:
    """A plan of stand-ins alone (nobody else calls there) and the same troubles at them.

    Beside what is struck: the nearest camera that sees it, and where it storms the weather stations.
    """
    site_of = {site.device: site for site in plan.sites}
    hurt = {trouble.device: site_of[trouble.device] for trouble in struck if trouble.device in site_of}
    cameras = [site for site in plan.sites if site.kind == "camera"]
    eyes = (min(cameras, key=lambda camera: _metres(camera, site), default=None) for site in hurt.values())
    seeing = {eye.device: eye for eye, site in zip(eyes, hurt.values(), strict=True) if eye and _metres(eye, site) <= EYE_M}
    sky = {site.device: site for site in plan.sites if site.kind == _SKY and played.storm}
    chosen = sorted({**hurt, **seeing, **sky}.values(), key=lambda site: site.device)
    stages = [replace(trouble, device=name_of(site_of[trouble.device])) for trouble in struck if trouble.device in hurt]
    return replace(plan, sites=tuple(map(_stand_in, chosen)), spots=(), routes=()), stages


def enrol(connection: Connection, config: Config, plan: Plan, played: Scenario, now: datetime) -> int:
    """Registers the stand-ins of a scenario as drills; how many. Once it is over they are silent, and told so as drills."""
    there, _ = stand_ins(plan, played, troubles(played, plan.sites, plan.seed, now.timestamp(), 1.0))
    register(connection, config, there, now, drill=True)
    return len(there.sites)


def _stand_in(site: Site) -> Site:
    gateway = f"gw-{site.gateway.split('-')[1]}-drill" if site.gateway else ""
    return replace(site, device=name_of(site), name=f"{site.name}（演练）", gateway=gateway)


def name_of(site: Site) -> str:
    """What the stand-in of a device is called; a station's MN has 24 characters and no room for a word."""
    return f"Y{site.device[1:]}" if KIND_OF[site.kind].wire == "hj212" else f"drill-{site.device}"


def _metres(one: Site, other: Site) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
