"""Which other complaints a report probably repeats: a few candidates by index, judged by `alerts.duplicates`.

Only what people told is compared: a camera says the same all day. Proposes; a person merges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from math import cos, radians
from typing import Any

from alerts.duplicates import METRES_PER_DEGREE, Complaint, Measure, Proposal, alike
from core.model import Channel, Scope
from store.reports import MAY_SEE_CALLERS
from store.timescale import Connection, prefixes, queries

TOLD_BY_PEOPLE = (Channel.HOTLINE, Channel.COLLECTOR, Channel.PUBLIC, Channel.LEADER, Channel.TRANSFER)
SHOWN = 5
_COMPARED = 60  # the nearest of the neighbourhood: a square with thousands of complaints stays cheap
_FIELDS = tuple(one.name for one in fields(Complaint))


def find_alike(
    connection: Connection, scope: Scope, shape: Mapping[str, Any], families: Sequence[Sequence[str]] = ()
) -> list[dict[str, Any]]:
    """At most five, the most alike first, each with its score (Dice, 0 to 1) and the reason in figures.

    `shape` is the report as screens know it; without class or place, or from a machine, nothing is like it.
    """
    if shape["channel"] not in TOLD_BY_PEOPLE or None in (shape["class_code"], shape["lon"], shape["lat"]):
        return []
    at = datetime.fromisoformat(shape["observed_at"])
    one = Complaint(**{**{name: shape[name] for name in _FIELDS[1:]}, "report_id": shape["id"], "observed_at": at})
    measure = Measure(families=tuple(map(tuple, families)))
    found = []
    for row in _near(connection, scope, one, measure):
        proposals = alike((one, Complaint(**{name: row[name] for name in _FIELDS})), max(at, row["observed_at"]), measure)
        found += [(proposal, row) for proposal in proposals]
    found.sort(key=lambda pair: (-pair[0].similarity, pair[0].distance_m, pair[1]["report_id"]))
    return [_shown(proposal, row) for proposal, row in found[:SHOWN]]


def _near(connection: Connection, scope: Scope, one: Complaint, measure: Measure) -> list[dict[str, Any]]:
    assert one.class_code is not None
    assert one.lon is not None
    assert one.lat is not None
    groups = {one.class_code[:2], *(code[:2] for family in measure.families if one.class_code in family for code in family)}
    north = measure.radius_m / METRES_PER_DEGREE
    east = north / max(cos(radians(one.lat)), 0.01)
    return list(
        queries.reports_near(
            connection, report_id=one.report_id, groups=sorted(groups), since=one.observed_at - measure.within,
            until=one.observed_at + measure.within, lon=one.lon, lat=one.lat, west=one.lon - east, east=one.lon + east,
            south=one.lat - north, north=one.lat + north, channels=list(TOLD_BY_PEOPLE), drill=one.drill, simulated=one.simulated,
            areas=prefixes(scope), secrets=scope.role in MAY_SEE_CALLERS, limit=_COMPARED,
        )
    )  # fmt: skip


def _shown(proposal: Proposal, row: Mapping[str, Any]) -> dict[str, Any]:
    reason = {"same_class": proposal.same_class, "distance_m": proposal.distance_m, "apart_s": proposal.apart.total_seconds()}
    told = {name: row[name] for name in ("class_code", "observed_at", "stage", "incident_id")}
    return {"id": row["report_id"], "title": row["shown"], **told, "score": proposal.similarity, "reason": reason}
