"""12345 tickets as JSON: one ticket or a list, its fields named by the feed's `columns` (a dotted name steps into an object).

Decides where in a document tickets and their stages stand; what the fields mean is `hotline_fields`. A ticket sent again is
brought up to date: the number is its key.
"""

import math
from collections.abc import Mapping
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.hotline_fields import BEGINNINGS, TEXT_LIMIT, TIMES, columns_of, report_of, time_of_cell
from ingest.decode.source import NAME_LIMIT, Memory, Source, clean, json_bytes, json_of, refuse, time_of

WRAPPERS = ("tickets", "data", "rows", "records", "list", "items", "result")  # what interfaces call the list, or what holds it
STEP_KEYS = ("steps", "step", "step_at", "step_unit", "step_state")  # the list of stages, and the fields of each
STEPS_KEPT = 100
_SECONDS_END = 1e11  # a number below is epoch seconds (until the year 5138), above milliseconds


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every ticket of a document, each a report. Raises `DecodeError` for what holds none, or more than one body may."""
    tickets, most = _tickets(json_of(frame.payload), source), source.config.ingest.max_reports
    if len(tickets) > most:
        raise DecodeError(f"{len(tickets)} tickets in one body, {most} allowed: send them in several", Reason.TOO_LARGE)
    for item, ticket in enumerate(tickets):
        try:
            if not isinstance(ticket, dict):
                raise DecodeError("a ticket is an object", Reason.TYPE)
            out.reports.append((index, report_of(_cells(ticket, source), source, _steps(ticket, source))))
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), json_bytes(ticket), item)


def _tickets(whole: Any, source: Source) -> list[Any]:
    """The list itself, the list in its wrapper, or the one ticket: what has a number is no wrapper."""
    number = columns_of(source).get("external_id", "external_id")
    for _ in range(3):  # {"data": {"rows": […]}}
        if isinstance(whole, list):
            return whole
        if not isinstance(whole, dict):
            break
        inner = next((whole[name] for name in WRAPPERS if isinstance(whole.get(name), list | dict)), None)
        if inner is None or _scalar(_at(whole, number)):
            return [whole]
        whole = inner
    if isinstance(whole, list | dict):
        return whole if isinstance(whole, list) else [whole]
    raise DecodeError("an object or a list of tickets belongs here")


def _at(ticket: Mapping[str, Any], name: str) -> Any:
    """What stands under a name, or under the steps of a dotted one; None where there is nothing."""
    if name in ticket:
        return ticket[name]
    value: Any = ticket
    for step in name.split(".") if "." in name else ():
        value = value.get(step) if isinstance(value, dict) else None
    return value if value is not ticket else None


def _cells(ticket: Mapping[str, Any], source: Source) -> dict[str, str]:
    """Each configured field as one line of text, as a table would hold it; what is absent or null is left out."""
    found = {}
    for key, name in columns_of(source).items():
        if key in STEP_KEYS:
            continue
        value = _at(ticket, name)
        if isinstance(value, list):
            value = "/".join(text for part in value[:20] if (text := _scalar(part)))
        if isinstance(value, int | float) and not isinstance(value, bool) and key in (*BEGINNINGS, *TIMES):
            value = _epoch(value, source)
        if text := _scalar(value):
            found[key] = text
    return found


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else ""
    return clean(str(value).strip()[:TEXT_LIMIT]) if isinstance(value, str | int) else ""


def _epoch(value: float, source: Source) -> str:
    try:
        at = time_of(value if abs(value) >= _SECONDS_END else value * 1000, source.zone)
    except DecodeError:
        return str(value)[:NAME_LIMIT]
    return at.isoformat() if at and not source.feed.lies_about_offset else str(value)


def _steps(ticket: Mapping[str, Any], source: Source) -> list[dict[str, str]]:
    """The stages a ticket went through, oldest first; one without a readable time keeps its place without it."""
    columns = columns_of(source)
    listed = _at(ticket, columns["steps"]) if "steps" in columns else None
    found = []
    for one in listed[-STEPS_KEPT:] if isinstance(listed, list) else []:
        if not isinstance(one, dict):
            continue
        step = {
            key.removeprefix("step_"): text[:NAME_LIMIT]
            for key in STEP_KEYS[1:]
            if key in columns and (text := _scalar(_at(one, columns[key])))
        }
        try:
            if "at" in step:
                step["at"] = time_of_cell(step["at"], source).isoformat()
        except DecodeError:
            step["at_refused"] = step.pop("at")
        found.append(step)
    return found
