"""What a story asks the tables: whom it means, and what stands now. Writes only that somebody listened, and the units it begins with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.timescale import Connection, queries


def find(connection: Connection, noun: str, name: str) -> int | None:
    """The number of an alert by 'rule subject', an incident by one of its parts, a report by its external id."""
    ask = {"alert": queries.story_alert_of, "incident": queries.story_incident_of, "report": queries.story_report_of}[noun]
    found: int | None = ask(connection, name=name)
    return found


def open_alerts(connection: Connection) -> dict[str, dict[str, Any]]:
    return {row["name"]: row["shape"] for row in queries.story_alerts(connection)}


def open_incidents(connection: Connection) -> list[dict[str, Any]]:
    return [row["shape"] for row in queries.story_incidents(connection)]


def ended_alerts(connection: Connection) -> dict[str, int]:
    return {row["name"]: row["n"] for row in queries.story_ended(connection)}


def told(connection: Connection) -> dict[str, int]:
    return {row["target"]: row["n"] for row in queries.story_told(connection)}


def one_value(connection: Connection, query: str) -> Any:
    """The one value of a query that the story brings itself. Its database is its own."""
    row = connection.execute(query.encode()).fetchone()
    return next(iter(row.values())) if row else None


def found_unit(connection: Connection, code: str, name: str, area: str, people: Sequence[str]) -> None:
    """A unit and who works there, as they stand when the story begins."""
    queries.story_found_unit(connection, code=code, name=name or code, area=area, people=list(people))


def listen_on(connection: Connection, now: datetime) -> None:
    """Who listens has done so without a break until now."""
    queries.story_listen_on(connection, now=now)
