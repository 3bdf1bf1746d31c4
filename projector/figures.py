"""Counts what a street's figures say from the rows that are open or of the city's day. Drills, tests and proofs of the path count nowhere.

Figures are absolute: counted anew from the rows whenever one of them changes, so that nothing can drift.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from core.day import Day
from projector.devices import DOMAINS, Devices

# The figures of one domain of a street travel as a row of numbers, in this order (docs/live.md).
DOMAIN_FIGURES = (
    *("devices", "online", "silent", "alerts_1", "alerts_2", "alerts_3", "alerts_4", "alerts_5", "unack", "cases_open", "cases_overdue"),
    *("cases_today", "closed_today", "closed_in_time", "due_today", "reports_today", "response_sum_s", "response_n"),
)
NOTICE = 5  # says what is not known, not that something happened: counted by severity, never among what waits for somebody
_VOIDED = frozenset({"voided", "declined"})


@dataclass(frozen=True, slots=True)
class Row:
    """What counting and the risk index need of an alert, case or report."""

    street: str
    severity: int
    stage: str
    hold: str
    rule: str
    opened_at: datetime
    acted_at: datetime | None
    due_at: datetime | None
    overdue: bool
    cell_id: int | None
    lon: float | None
    lat: float | None
    silenced: bool
    was_late: bool = False  # of a case that was opened again: in a round before
    domain: str = ""  # an alert says its own, what else has a class has its class's
    channel: str = ""  # of a report


def _time(shape: Mapping[str, Any], name: str) -> datetime | None:
    text = shape.get(name)
    return datetime.fromisoformat(text) if text else None


_OPENED = {"alert": "raised_at", "case": "opened_at", "report": "received_at"}
_ACTED = {"alert": "acked_at", "case": "closed_at", "report": "ended_at"}


def row_of(noun: str, shape: Mapping[str, Any], domain_of: Mapping[str, str] = {}) -> Row:
    """The row of a shape; `domain_of`: the domain of each class."""
    opened = _time(shape, _OPENED[noun])
    assert opened is not None
    return Row(
        street=shape["street"], severity=shape.get("severity") or 4, stage=shape["stage"],
        hold=shape.get("hold", "none"), rule=shape.get("rule", ""),
        opened_at=opened, acted_at=_time(shape, _ACTED[noun]), due_at=_time(shape, "due_at"), overdue=bool(shape.get("overdue")),
        cell_id=shape.get("cell_id"), lon=shape.get("lon"), lat=shape.get("lat"), silenced=_is_silenced(shape),
        was_late=bool(shape.get("late_rounds")), domain=shape.get("domain") or domain_of.get(shape.get("class_code") or "", ""),
        channel=shape.get("channel") or "",
    )  # fmt: skip


def _is_silenced(shape: Mapping[str, Any]) -> bool:
    return bool(shape.get("drill") or shape.get("history") or shape.get("probe")) or shape.get("verdict") == "test"


@dataclass(slots=True)
class Tally:
    """Rows by noun and key, with an index by street; `dirty` are the streets to be counted again."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {"alert": {}, "case": {}, "report": {}})
    by_street: dict[str, dict[tuple[str, str], Row]] = field(default_factory=lambda: defaultdict(dict))
    dirty: set[str] = field(default_factory=set)
    domain_of: Mapping[str, str] = field(default_factory=dict)  # of each class

    def put(self, noun: str, shape: Mapping[str, Any]) -> None:
        if noun not in self.rows:
            return
        key = str(shape["id"])
        row = row_of(noun, shape, self.domain_of)
        self._drop(noun, key)
        if not row.silenced:
            self.rows[noun][key] = row
            self.by_street[row.street][noun, key] = row
        self.dirty.add(row.street)

    def rows_of(self, street: str, known: Container[str]) -> Mapping[tuple[str, str], Row]:
        """A street's rows; of '' those of no street known."""
        if street:
            return self.by_street.get(street, {})
        strangers = (rows for code, rows in self.by_street.items() if not code or code not in known)
        return {key: row for rows in strangers for key, row in rows.items()}

    def _drop(self, noun: str, key: str) -> None:
        old = self.rows[noun].pop(key, None)
        if old is not None:
            self.by_street[old.street].pop((noun, key), None)
            self.dirty.add(old.street)

    def prune(self, day: Day, reports_since: datetime) -> None:
        """Forget what is neither open nor of the day."""
        for noun, rows in self.rows.items():
            for key in [key for key, row in rows.items() if not _counts(noun, row, day, reports_since)]:
                self._drop(noun, key)


def _counts(noun: str, row: Row, day: Day, reports_since: datetime) -> bool:
    if noun == "report":
        return day.holds(row.opened_at) or (row.stage in ("open", "confirmed") and row.opened_at >= reports_since)
    if noun == "alert":
        return row.stage != "normal" or day.holds(row.acted_at)
    return row.acted_at is None or any(day.holds(at) for at in (row.opened_at, row.acted_at, row.due_at))


def count_rows(rows: Mapping[tuple[str, str], Row], day: Day) -> dict[str, Any]:
    """The figures of alerts, cases and reports of one street (docs/live.md)."""
    alerts = [row for (noun, _), row in rows.items() if noun == "alert"]
    cases = [row for (noun, _), row in rows.items() if noun == "case"]
    # 按期结案率 as `core.evaluation_config` ships it, without what is undecided: of the cases whose deadline falls in the day and that are
    # closed or late, those closed in time; by force does not count, nor what was late before it was opened again
    # (tests/laws/test_evaluation.py holds the two together).
    due = [case for case in cases if case.stage not in _VOIDED and day.holds(case.due_at) and (case.acted_at is not None or _is_late(case))]
    severities = {str(severity): 0 for severity in range(1, 6)}
    for alert in alerts:
        if alert.stage != "normal":
            severities[str(alert.severity)] += 1
    answered = [(a.acted_at - a.opened_at).total_seconds() for a in alerts if a.acted_at is not None and day.holds(a.acted_at)]
    return {
        "alerts": severities,
        "unack": sum(alert.stage in ("unack", "rtn_unack") and alert.hold == "none" and alert.severity < NOTICE for alert in alerts),
        "cases_open": sum(case.acted_at is None for case in cases),
        "cases_overdue": sum(case.acted_at is None and case.overdue for case in cases),
        "cases_today": sum(case.stage not in _VOIDED and day.holds(case.opened_at) for case in cases),
        "closed_today": sum(case.stage not in _VOIDED and day.holds(case.acted_at) for case in cases),
        "closed_in_time": sum(not _is_late(case) and case.stage != "force_closed" for case in due),
        "due_today": len(due),
        "reports_today": sum(noun == "report" and day.holds(row.opened_at) for (noun, _), row in rows.items()),
        "response_s": [round(sum(answered), 1), len(answered)],
    }


def count_domains(rows: Mapping[tuple[str, str], Row], day: Day) -> dict[str, list[float]]:
    """The same figures of each domain alone, in the order of `DOMAIN_FIGURES` behind those of devices."""
    found: dict[str, list[float]] = {}
    for domain in DOMAINS:
        told = count_rows({key: row for key, row in rows.items() if row.domain == domain}, day)
        found[domain] = [
            *told.pop("alerts").values(),
            *(part for value in told.values() for part in (value if isinstance(value, list) else [value])),
        ]
    return found


def with_domains(devices: Mapping[str, Any], counts: Mapping[str, Any]) -> dict[str, Any]:
    """A street's figures: those of its devices and those of its rows, of each domain in one row of numbers."""
    domains = {name: [*devices["domains"][name], *counts["domains"][name]] for name in counts["domains"]}
    return {**devices, **counts, "domains": domains}


def _is_late(case: Row) -> bool:
    return case.overdue or case.was_late


def count_devices(devices: Devices, streets: int, vitals: Iterable[tuple[str, int | None]], second: int) -> list[dict[str, Any]]:
    """The figures of devices and values, per street. Online: heard of within its patience, not silent, and not signed off."""
    street = devices.street
    total = np.bincount(street, minlength=streets)
    silent = np.bincount(street[devices.silent], minlength=streets)
    present = devices.online
    online = np.bincount(street[present], minlength=streets)
    heard = devices.heard(second)
    place, width = street * len(DOMAINS) + devices.domain, streets * len(DOMAINS)
    domains = np.array([np.bincount(place[chosen], minlength=width) for chosen in (slice(None), present, devices.silent)])
    domains = domains.T.reshape(streets, len(DOMAINS), 3)
    found: list[dict[str, Any]] = [
        {
            "devices": int(total[k]),
            "online": int(online[k]),
            "silent": int(silent[k]),
            "readings_minute": int(heard[k]),
            "vitals": {},
            "domains": {name: row.tolist() for name, row in zip(DOMAINS, domains[k], strict=True)},
        }
        for k in range(streets)
    ]
    for name, metric in vitals:
        for k, sign in enumerate(_vital(devices, metric, streets)):
            found[k]["vitals"][name] = sign
    return found


def _vital(devices: Devices, metric: int | None, streets: int) -> list[list[float | int | None]]:
    """[sum, n, least, greatest, newest epoch second, of] per street: `of` devices that ever told it n are known."""
    if metric is None or metric not in devices.values:
        return [[0, 0, None, None, None, 0] for _ in range(streets)]
    told = np.bincount(devices.street[np.isfinite(devices.observed[metric])], minlength=streets)
    values = devices.known(metric)
    known = np.flatnonzero(np.isfinite(values))
    street, value, observed = devices.street[known], values[known], devices.observed[metric][known]
    count = np.bincount(street, minlength=streets)
    total = np.bincount(street, weights=value, minlength=streets)
    least, greatest, newest = np.full(streets, np.inf), np.full(streets, -np.inf), np.zeros(streets)
    np.minimum.at(least, street, value)
    np.maximum.at(greatest, street, value)
    np.maximum.at(newest, street, observed)
    nothing: list[float | int | None] = [0, 0, None, None, None]
    return [
        [
            *([round(float(total[k]), 3), int(count[k]), float(least[k]), float(greatest[k]), int(newest[k])] if count[k] else nothing),
            int(told[k]),
        ]
        for k in range(streets)
    ]
