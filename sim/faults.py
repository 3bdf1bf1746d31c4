"""Everyday faults of sensors and gateways: stuck values, spikes, wrong clocks, gaps, a broken packet now and then.

Decides what of a healthy message is spoilt. Which devices are faulty is fixed for a day; the rest is chance at a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.chance import trait
from sim.model import Site

STUCK = 0.0006
FAST_CLOCK = 0.0003
SLOW_CLOCK = 0.0006
UNDER_REPAIR = 0.0008
SPIKE = 1 / 15_000
GAP = 1 / 4_000
BROKEN_PACKET = 1 / 6_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a device says: its values, their quality letters, and how far its clock is off (s)."""

    values: Mapping[str, float | None]
    quality: Mapping[str, str]
    clock_off: float


@dataclass(slots=True)
class Faults:
    """Remembers the values that stuck sensors are stuck at."""

    stuck: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def spoil(self, site: Site, values: Mapping[str, float], t: float, highest: Mapping[str, float]) -> Told:
        """A device's healthy `values` as it tells them at `t`; `highest` is the plausible maximum of each metric."""
        day = f"{int(t // 86400)}"
        if trait(site.device, "stuck" + day) < STUCK:
            values = self.stuck.setdefault(site.device + day, dict(values))
        told: dict[str, float | None] = dict(values)
        dice = trait(site.device, f"moment{int(t)}")
        first = next(iter(told))
        if dice < SPIKE:
            told[first] = round(highest.get(first, 1000.0) * 1.7 + 1, 1)
        elif dice < SPIKE + GAP:
            told[first] = None
        repair = trait(site.device, "repair" + day) < UNDER_REPAIR
        return Told(told, dict.fromkeys(told, "M") if repair else {}, clock_off(site.device, day))


def clock_off(device: str, day: str) -> float:
    """Seconds a device's clock is ahead: a few are an hour fast (refused), a few half an hour slow (late, not refused)."""
    dice = trait(device, "clock" + day)
    if dice < FAST_CLOCK:
        return 3600.0
    return -1800.0 if dice < FAST_CLOCK + SLOW_CLOCK else 0.0


def break_packet(payload: bytes, key: str, t: float) -> bytes:
    """Now and then a gateway's message is cut off in the middle."""
    return payload[: len(payload) // 2] if trait(key, f"cut{int(t)}") < BROKEN_PACKET else payload
