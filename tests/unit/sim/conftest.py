"""A small district for the simulator's tests: devices of every kind around a centre. No data, no database."""

import pytest

from sim.kinds import KINDS
from sim.model import Plan, Site, Source, Spot


@pytest.fixture
def noon() -> float:
    """2026-11-21, noon in Shanghai: a Saturday."""
    return 1_795_233_600.0


@pytest.fixture
def plan() -> Plan:
    sites = tuple(_site(kind.name, kind.domain, kind.label, kind.interval_s, kind.wire, n) for kind in KINDS for n in range(30))
    spots = tuple(Spot(n + 1, "320404001001", f"G{n % 4}", 119.95 + n / 1000, 31.78, 1.0) for n in range(5))
    sources = (Source(0, 0, 30.0), Source(3000, -2000, 60.0))
    return Plan("320404", 1, "Asia/Shanghai", 119.95, 31.78, 5000.0, sites, sources, spots)


def _site(kind: str, domain: str, label: str, interval_s: float, wire: str, n: int) -> Site:
    x, y = (n % 6 - 2.5) * 900.0, (n // 6 - 2.5) * 900.0
    near = 1 / (1 + abs(x) / 2000 + abs(y) / 2000)
    gateway = f"gw-00{1 + n % 3}-{domain}" if wire == "gateway" else ""
    lon, lat = 119.95 + x / 95_000, 31.78 + y / 111_000
    return Site(
        f"{kind}-{n:04d}", kind, f"东横街{label}{n:03d}", f"32040400{1 + n % 3}001", lon, lat, x, y, interval_s, gateway,
        f"G{n % 4}", n + 1, road=near, centre=near, low=0.3 + 0.02 * n, bustle=1.0 if n < 2 else 0.0,
    )  # fmt: skip
