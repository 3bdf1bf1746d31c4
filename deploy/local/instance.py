"""What one demo instance is: its ports, its district and its folder. Two instances share nothing but programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import SetupError
from deploy.local.ports import Ports, demo_ports


@dataclass(frozen=True)
class Instance:
    """A demo as asked for on the command line of `make demo`. `run` holds its data, logs and passwords."""

    ports: Ports
    host: str
    area: str
    devices: int
    speed: float
    scenario: str
    run: Path
    drill: bool = False  # the scenario is an exercise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.public}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Addresses the public port is opened on."""
        return ("127.0.0.1", "::1") if self.host == "127.0.0.1" else (self.host,)


def read_instance(environment: Mapping[str, str], *, default_area: str, top: Path) -> Instance:
    """The instance that PORT, AREA, DEVICES, SPEED, SCENARIO, DRILL and HOST ask for; raises SetupError on nonsense."""
    ports = demo_ports(environment.get("PORT"))
    area = environment.get("AREA") or default_area
    if not re.fullmatch(r"\d{4}|\d{6}|\d{9}|\d{12}", area):
        raise SetupError(f"AREA={area!r} is not an area code", mend="AREA has 4, 6, 9 or 12 digits, such as 320404")
    drill, played = environment.get("DRILL", "") not in {"", "0"}, environment.get("SCENARIO", "")
    if drill and played in {"", "none"}:
        raise SetupError("DRILL=1 without a scenario", mend="such as SCENARIO=rainstorm DRILL=1")
    return Instance(
        ports=ports,
        host=environment.get("HOST") or "127.0.0.1",
        area=area,
        devices=int(_number(environment, "DEVICES", "5000", 0, 1_000_000)),
        speed=_number(environment, "SPEED", "1", 0, 10_000),
        scenario=played,
        run=top / f"{ports.public}-{area}",
        drill=drill,
    )


def _number(environment: Mapping[str, str], name: str, default: str, least: float, most: float) -> float:
    text = environment.get(name) or default
    try:
        value = float(text)
    except ValueError:
        raise SetupError(f"{name}={text!r} is not a number", mend=f"such as {name}={default}") from None
    if not least <= value <= most:
        raise SetupError(f"{name}={text} is out of range", mend=f"{name} is a number from {least:g} to {most:g}")
    return value
