"""The living city at a moment: what each device measures, which are silent, who calls, what cameras see.

Holds the present sky, troubles and what was mended; everything else is a pure function of the plan, the seed and the time.
Never touches a wire or a clock: every question brings its `t` (epoch seconds).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sim.calls import calls_about, calls_of_hour, sightings_about, sightings_of_hour
from sim.chance import trait
from sim.fields import Air, air_of, measure
from sim.kinds import KIND_OF
from sim.model import Call, Outage, Plan, Sighting, Site, Trouble
from sim.troubles import outages_at, troubles_at
from sim.weather import Storm, sky_at

_LOOK_EVERY_S = 10.0
_ROLL_EVERY_S = 300.0
DECIMALS = {"water_level": 3, "hydrant_pressure": 3, "dissolved_oxygen": 2, "ammonia": 2, "co": 2, "smoke": 0, "battery": 0}


class City:
    """One simulated district. `speed` multiplies how often things happen; `storm` is a rainstorm by order; of a `drill` only what was
    ordered befalls it, and what is told of it says so."""

    def __init__(
        self, plan: Plan, *, speed: float = 1.0, storm: Storm | None = None, first: Sequence[Trouble] = (), drill: bool = False
    ) -> None:
        self.plan, self.speed, self.storm, self.drill = plan, speed, storm, drill
        self.site_of: dict[str, Site] = {site.device: site for site in plan.sites}
        self.zone = ZoneInfo(plan.timezone)
        self.first = tuple(first)
        self.by_kind: dict[str, list[str]] = defaultdict(list)
        self.groups: dict[str, list[str]] = defaultdict(list)
        for site in plan.sites:
            self.by_kind[site.kind].append(site.device)
            if site.gateway:
                self.groups[site.gateway].append(site.device)
        self.talkers = [site.device for site in plan.sites if site.kind != "weather"]
        self._cured: dict[str, float] = {}
        self._air: Air | None = None
        self._past: dict[int, Air] = {}
        self._rolled_at = float("-inf")
        self._troubles: dict[str, list[Trouble]] = {}
        self._outages: dict[str, list[Outage]] = {}

    def air(self, t: float) -> Air:
        """The sky and what it carries, looked at anew every ten seconds."""
        if self._air is None or not 0 <= t - self._air.sky.t < _LOOK_EVERY_S:
            self._air = self._air_at(t)
        return self._air

    def offset(self, t: float) -> float:
        """How far local time is ahead of UTC, seconds."""
        ahead = datetime.fromtimestamp(t, UTC).astimezone(self.zone).utcoffset()
        return ahead.total_seconds() if ahead else 0.0

    def read(self, site: Site, t: float) -> dict[str, float]:
        """What a device measures at `t`, all its metrics."""
        air, kind = self.air(t), KIND_OF[site.kind]
        self._roll(t)
        values = {metric: measure(metric, site, air) for metric in kind.metrics}
        if kind.battery and trait(site.device, f"tell{int(t // 7200)}") < 0.5:
            values["battery"] = measure("battery", site, air)
        for trouble in self._troubles.get(site.device, ()):
            if trouble.metric in values:
                values[trouble.metric] = self._worse(values[trouble.metric], trouble, t)
        return {metric: round(value, DECIMALS.get(metric, 1)) for metric, value in values.items()}

    def read_at_rest(self, site: Site, t: float) -> dict[str, float]:
        """What a device would have measured at an earlier `t` with nothing wrong: for filling in the past."""
        if (moment := int(t)) not in self._past:
            self._past[moment] = self._air_at(t)
        values = {metric: measure(metric, site, self._past[moment]) for metric in KIND_OF[site.kind].metrics}
        return {metric: round(value, DECIMALS.get(metric, 1)) for metric, value in values.items()}

    def _air_at(self, t: float) -> Air:
        sky = sky_at(self.plan.seed, t, self.offset(t), self.plan.radius, self.storm)
        return air_of(sky, self.plan.sources, self.plan.radius)

    def _worse(self, value: float, trouble: Trouble, t: float) -> float:
        strength = trouble.strength(t, self._cured.get(trouble.device))
        if trouble.metric == "smoke":
            return 1.0 if strength > 0.5 else value
        return value + (trouble.peak - value) * strength

    def silent(self, device: str, t: float) -> bool:
        """Whether a device says nothing at `t`."""
        self._roll(t)
        return any(outage.starts_at <= t < outage.ends_at for outage in self._outages.get(device, ()))

    def troubles(self, t: float) -> list[Trouble]:
        """What is under way at `t`."""
        self._roll(t)
        return [each for found in self._troubles.values() for each in found if each.starts_at <= t < each.ends_at]

    def mend(self, device: str, t: float) -> None:
        """Somebody was there and put it right: its trouble fades, and a silent device speaks again."""
        self._cured[device] = t
        self._outages[device] = [outage for outage in self._outages.get(device, ()) if outage.starts_at > t]

    def calls(self, since: float, until: float) -> list[Call]:
        """Who rings 12345 in (since, until]: about what is wrong near by, and about everything else."""
        begun = [(trouble, self.site_of[trouble.device]) for trouble in self._begun(until)]
        about = [call for trouble, site in begun for call in calls_about(trouble, site, self.speed)]
        hours = range(int(since // 3600), int(until // 3600) + 1)
        rest = [call for hour in hours for call in calls_of_hour(self.plan, hour, self.speed, self.offset(until))]
        return sorted((call for call in [*about, *rest] if since < call.at <= until), key=lambda call: call.at)

    def sightings(self, since: float, until: float) -> list[Sighting]:
        """What cameras see in (since, until]."""
        cameras = [self.site_of[device] for device in self.by_kind["camera"]]
        begun = [(trouble, self.site_of[trouble.device]) for trouble in self._begun(until)]
        about = [seen for trouble, site in begun for seen in sightings_about(trouble, site, cameras, self.speed)]
        hours = range(0) if self.drill else range(int(since // 3600), int(until // 3600) + 1)
        rest = [seen for hour in hours for seen in sightings_of_hour(self.plan.seed, cameras, hour, self.speed, self.offset(until))]
        return sorted((seen for seen in [*about, *rest] if since < seen.at <= until), key=lambda seen: seen.at)

    def _begun(self, t: float) -> list[Trouble]:
        self._roll(t)
        return [trouble for found in self._troubles.values() for trouble in found if trouble.starts_at <= t]

    def _roll(self, t: float) -> None:
        """Find out what is wrong around `t`; the same again whenever it is asked."""
        if 0 <= t - self._rolled_at < _ROLL_EVERY_S:
            return
        self._rolled_at = t
        troubles, outages = defaultdict(list), defaultdict(list)
        offset = self.offset(t)
        by_chance = () if self.drill else troubles_at(self.plan.seed, t, self.by_kind, len(self.plan.sites), self.speed, offset)
        for trouble in (*self.first, *by_chance):
            if trouble.device in self.site_of:
                troubles[trouble.device].append(trouble)
        for outage in () if self.drill else outages_at(self.plan.seed, t, self.talkers, self.groups, self.speed):
            if outage.starts_at > self._cured.get(outage.device, float("-inf")):
                outages[outage.device].append(outage)
        self._troubles, self._outages = dict(troubles), dict(outages)
