"""Reports with an address and no place: which wait, what a geocoder once said of their addresses, and placing one that was found.

Decides nothing of where: that is `geodata.gazetteer`'s and the geocoder's. What a person placed is never touched.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.model import EVERYWHERE
from geodata.address import fold
from geodata.geocoder import Geocoded
from store import audit
from store.acts import Act, logged
from store.timescale import Connection, queries


def read_waiting(connection: Connection, version: str, limit: int) -> list[dict[str, Any]]:
    """Open reports not yet tried with what is known by `version`: report_id, address, area, version; newest first."""
    return list(queries.gazetteer_waiting(connection, version=version, limit=limit))


def remember_tried(connection: Connection, report_ids: Sequence[int], version: str, now: datetime) -> None:
    """They wait until something else is known."""
    if report_ids:
        queries.gazetteer_tried(connection, ids=list(report_ids), version=version, now=now)


def place_report(
    connection: Connection, report: Mapping[str, Any], spot: Mapping[str, Any], told: Mapping[str, Any], now: datetime
) -> bool:
    """Give a waiting report the place found (area, cell_id, lon, lat), with what `placed_by` tells; audited. False: somebody was faster."""
    report_id = report["report_id"]
    with logged(connection, "report", [report_id], now):
        rows = queries.gazetteer_place_report(
            connection, report_id=report_id, version=report["version"], placed=Jsonb(dict(told)),
            **{name: spot[name] for name in ("area", "cell_id", "lon", "lat")},
        )  # fmt: skip
    if rows:
        audit.append(connection, Act("place", EVERYWHERE, now), "report", report_id, spot["area"], detail=dict(told))
    return bool(rows)


def recall_geocoded(connection: Connection, addresses: Sequence[str], since: datetime) -> dict[str, Geocoded]:
    """What a geocoder said since then, by the folded address."""
    rows = queries.gazetteer_geocoded(connection, addresses=sorted({fold(address) for address in addresses}), since=since)
    return {row["address"]: Geocoded(row["address"], row["lon"], row["lat"], row["confidence"] or 0.0) for row in rows}


def keep_geocoded(connection: Connection, answer: Geocoded, keep: timedelta, now: datetime) -> None:
    """Also that it knew nothing: the same question need not be asked tomorrow."""
    address = fold(answer.address)
    queries.gazetteer_keep_geocoded(connection, address=address, lon=answer.lon, lat=answer.lat, confidence=answer.confidence, now=now)
    queries.gazetteer_forget_geocoded(connection, before=now - keep)
