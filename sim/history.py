"""The past 36 hours as they would have been: alerts, reports and cases that are over, from the same troubles. Pure.

So that yesterday's curve, today's counts and the closing rate are not empty when the city is first switched on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.config import Config, NoDataRule, ThresholdRule
from core.rule_parts import Level
from sim.chance import trait
from sim.city import City
from sim.model import Call, Outage, Sighting, Site, Trouble
from sim.troubles import outages_at, troubles_of_hour

LASTS_S = 36 * 3600.0
_SETTLED_S = 300.0  # what ended less than this ago is left to the live city
_CASE_SHARE = 0.34
_ONE_IN_TIME = 0.93
LABEL_CLASS = {
    "person": "0404",
    "car": "0403",
    "truck": "0403",
    "dog": "0107",
    "smoke": "0501",
    "fire": "0501",
    "garbage": "0101",
    "flood": "0502",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """Rows for `store.simulation.add_history`; a case still lacks its number and names its day in `day`."""

    alerts: list[Row]
    reports: list[Row]
    cases: list[Row]


def remember(city: City, config: Config, now: float) -> Past:
    """What was over by `now` of what began in the last 36 hours."""
    alerts = list(_alerts(city, config, now))
    reports, cases = [], []
    for hour in range(int((now - LASTS_S) // 3600), int(now // 3600) + 1):
        since, until = max(now - LASTS_S, hour * 3600.0), min(now - _SETTLED_S, (hour + 1) * 3600.0)
        for call in city.calls(since, until):
            reports.append(_call(call, config))
            if trait(call.key, "case") < _CASE_SHARE and call.class_code in config.classes and not call.title.startswith("咨询"):
                cases.append(_case(city, call, config, now))
        reports += [_sighting(city.site_of[seen.camera], seen) for seen in city.sightings(since, until) if seen.score >= 0.5]
    return Past(alerts, reports, [case for case in cases if case])


def _alerts(city: City, config: Config, now: float) -> Iterator[Row]:
    rules = [(name, rule) for name, rule in config.rules.items() if isinstance(rule, ThresholdRule)]
    for trouble in _troubles(city, now):
        for name, rule in rules:
            level = _passed(rule, trouble) if rule.metric == trouble.metric else None
            if level and (row := _alert(city, (name, rule, level), trouble, now)):
                yield row
    silent = next(((name, rule) for name, rule in config.rules.items() if isinstance(rule, NoDataRule)), None)
    if silent:
        for outage in _outages(city, now):
            yield _silence(silent[0], silent[1], city.site_of[outage.device], outage)


def _troubles(city: City, now: float) -> Iterator[Trouble]:
    plan, by_kind = city.plan, city.by_kind
    for hour in range(int((now - LASTS_S) // 3600), int(now // 3600) + 1):
        for trouble in troubles_of_hour(plan.seed, hour, by_kind, len(plan.sites), 1.0, city.offset(hour * 3600.0)):
            if trouble.ends_at < now - _SETTLED_S:
                yield trouble


def _outages(city: City, now: float) -> Iterator[Outage]:
    found = outages_at(city.plan.seed, now - LASTS_S, city.talkers, city.groups, 1.0)
    for hour in range(int((now - LASTS_S) // 3600) + 1, int(now // 3600) + 1):
        begun = outages_at(city.plan.seed, hour * 3600.0, city.talkers, city.groups, 1.0)
        found += [outage for outage in begun if outage.starts_at > hour * 3600.0]
    return (outage for outage in found if outage.starts_at > now - LASTS_S and outage.ends_at < now - _SETTLED_S)


def _passed(rule: ThresholdRule, trouble: Trouble) -> Level | None:
    """The gravest limit that the trouble went beyond."""
    if trouble.metric == "smoke":
        return rule.limits[0]
    passed = [level for level in rule.limits if level.is_beyond(trouble.peak)]
    return passed[-1] if passed else None


def _alert(city: City, of: tuple[str, ThresholdRule, Level], trouble: Trouble, now: float) -> Row | None:
    name, rule, level = of
    site, hold = city.site_of[trouble.device], level.hold or rule.hold
    raised = trouble.starts_at + trouble.grows_for * 0.8 + hold.total_seconds() + site.interval_s / 2
    returned = trouble.starts_at + trouble.grows_for + trouble.lasts_for + trouble.fades_for * 0.4
    if returned <= raised:
        return None
    times = _seen(trouble.key + name, raised, returned)
    return {
        "rule": name, "subject": f"{site.device}/{rule.metric}", "device": site.device, "metric": rule.metric,
        "class_code": rule.class_code, "severity": level.severity, "title": f"{site.name} {level.label or rule.label}",
        "value": round(trouble.peak, 2), "threshold": level.limit, **times,
    }  # fmt: skip


def _silence(name: str, rule: NoDataRule, site: Site, outage: Outage) -> Row:
    raised = outage.starts_at + max(rule.at_least.total_seconds(), rule.intervals * site.interval_s)
    times = _seen(f"{outage.device}{outage.starts_at}", raised, max(outage.ends_at, raised + 60))
    return {
        "rule": name, "subject": site.device, "device": site.device, "metric": None, "class_code": rule.class_code,
        "severity": rule.severity, "title": f"{site.name} {rule.label}", "value": None, "threshold": None, **times,
    }  # fmt: skip


def _seen(key: str, raised: float, returned: float) -> Mapping[str, str]:
    """When it was acknowledged and when it ended: both back to normal and acknowledged."""
    acked = raised + 60 + 840 * trait(key, "ack") ** 2
    by = f"模拟值班员 {1 + int(3 * trait(key, 'who')):02d}"
    ended = max(acked, returned)
    return {"raised_at": _iso(raised), "returned_at": _iso(returned), "acked_at": _iso(acked), "acked_by": by, "ended_at": _iso(ended)}


def _call(call: Call, config: Config) -> Row:
    class_code = call.class_code if call.class_code in config.classes else None
    stage = "confirmed" if trait(call.key, "case") < _CASE_SHARE else "dismissed" if call.title.startswith("咨询") else "merged"
    return {
        "source": "sim-12345", "external_id": call.key, "channel": "hotline", "class_code": class_code, "title": call.title,
        "text": call.text, "area": call.area, "cell_id": call.cell_id or None, "lon": call.lon, "lat": call.lat,
        "address": call.address or None, "observed_at": _iso(call.at), "ended_at": None, "confidence": None, "stage": stage,
    }  # fmt: skip


def _sighting(camera: Site, seen: Sighting) -> Row:
    real = seen.score > 0.75
    return {
        "source": "frigate", "external_id": f"{seen.at:.6f}-{seen.key}", "channel": "video", "class_code": LABEL_CLASS.get(seen.label),
        "title": f"视频识别 {camera.name}", "text": None, "area": camera.area, "cell_id": camera.cell_id or None, "lon": camera.lon,
        "lat": camera.lat, "address": None, "observed_at": _iso(seen.at), "ended_at": _iso(seen.at + seen.lasts), "confidence": seen.score,
        "stage": "confirmed" if real else "dismissed",
    }  # fmt: skip


def _case(city: City, call: Call, config: Config, now: float) -> Row | None:
    """A case of a call, closed before `now`; a few were late. None when it would still be open."""
    rule = config.classes[call.class_code]
    allowed = rule.deadline.total_seconds()
    opened = call.at + 120 + 500 * trait(call.key, "opened")
    part = trait(call.key, "pace")
    needs = min(allowed, 5 * 3600.0) * (0.12 + 0.7 * part) if trait(call.key, "intime") < _ONE_IN_TIME else allowed * (1.05 + 0.4 * part)
    closed = opened + needs + 600 + 1200 * trait(call.key, "check")
    if closed > now - _SETTLED_S:
        return None
    day = datetime.fromtimestamp(opened, UTC).astimezone(city.zone)
    return {
        "day": f"{city.plan.area[:6]}{day:%Y%m%d}", "title": call.title, "text": call.text, "class_code": call.class_code,
        "severity": rule.severity, "area": call.area, "cell_id": call.cell_id or None, "lon": call.lon, "lat": call.lat,
        "address": call.address or None, "source": "sim-12345", "external_id": call.key, "opened_at": _iso(opened),
        "due_at": _iso(opened + allowed), "finished_at": _iso(opened + needs), "closed_at": _iso(closed), **_on_the_way(opened, needs),
    }  # fmt: skip


def _on_the_way(opened: float, needs: float) -> Row:
    """When it was registered, dispatched, taken and reached: early on the way to its end."""
    shares = {"registered_at": 0.03, "dispatched_at": 0.05, "taken_at": 0.12, "arrived_at": 0.4}
    return {name: _iso(opened + share * needs) for name, share in shares.items()}


def _iso(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()
