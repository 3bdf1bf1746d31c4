"""The situation brief of an incident as a paper, from facts that were read and kept. Pure: the same facts are the same words.

It says what is known and since when; what is not known it says too. Names of people never stand in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.text import Text
from dispatch.paper import Block, Paper, facts, heading, note, table, text

_PARTS, _LINES, _READINGS = 30, 60, 20
_ROMAN = ("I", "II", "III", "IV")
Facts = Mapping[str, Any]


def write_brief(known: Facts, say: Text, zone: ZoneInfo, number: int) -> Paper:
    """The brief of `store.brief.read_facts`; `number` counts the briefs of this incident from 1."""
    incident, at = known["incident"], _clock(known["at"], zone)
    blocks = [
        *_basic(known, say, zone), *_measured(known, say, zone), *_response(known, say, zone), *_cases(known, say, zone),
        *_resources(known, say), *_weather(known, say, zone), *_chronicle(known, say, zone),
    ]  # fmt: skip
    marks = tuple(say(f"brief.mark.{mark}") for mark in ("drill", "simulated") if incident[mark])
    subtitle = say("brief.subtitle", number=number, at=at, area=known["area_name"])
    return Paper(
        incident["title"], subtitle, say.language, tuple(blocks), marks, say("brief.foot", at=at, by=known["by"], id=incident["id"])
    )


def _clock(value: str | None, zone: ZoneInfo, short: bool = False) -> str:
    if not value:
        return "—"
    return f"{datetime.fromisoformat(value).astimezone(zone):{'%H:%M' if short else '%Y-%m-%d %H:%M'}}"


def _basic(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    incident, emergency, parts = known["incident"], known["emergency"], known["parts"]
    level = say("brief.level", level=_ROMAN[emergency["level"] - 1]) if emergency else say("brief.no_level")
    by_channel = "、".join(f"{say(f'brief.channel.{channel}')} {count}" for channel, count in sorted(known["channels"].items()))
    return [
        heading(say("brief.basic")),
        facts(
            (say("brief.severity"), say(f"severity.{incident['severity']}")),
            (say("brief.response"), level, _clock(emergency["declared_at"], zone) if emergency else ""),
            (say("brief.opened"), _clock(incident["opened_at"], zone)),
            (say("brief.parts"), str(len(parts)), by_channel),
        ),
        text(say("brief.where", place=known["place"] or say("brief.unknown"), kind=known["class_name"])),
        *([text(say("brief.command", name=emergency["commander"] or say("brief.nobody"), plan=known["plan_name"] or say("brief.no_plan")))]
          if emergency else []),
    ]  # fmt: skip


def _measured(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    rows = [
        (one["name"], one["metric"], say("brief.no_value") if one["value"] is None else f"{one['value']:g} {one['unit']}".strip(),
         _clock(one["at"], zone, short=True), f"{one['distance_m']:.0f} m")
        for one in known["readings"][:_READINGS]
    ]  # fmt: skip
    heads = [say(f"brief.{name}") for name in ("device", "metric", "value", "at", "distance")]
    return [heading(say("brief.measured")), table(heads, rows, (2, 4)) if rows else note(say("brief.no_readings"))]


def _response(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    tasks: Sequence[Facts] = known["tasks"]
    if not tasks:
        return [heading(say("brief.tasks")), note(say("brief.no_tasks"))]
    done, late = sum(one["stage"] == "done" for one in tasks), sum(bool(one["overdue"]) for one in tasks)
    rows = [
        (_step(one["title"], known), _who(one, say), say(f"brief.task.{one['stage']}"),
         _clock(one["due_at"], zone, short=True), one["feedback"])
        for one in tasks
    ]  # fmt: skip
    heads = [say(f"brief.{name}") for name in ("task", "team", "state", "due", "feedback")]
    return [heading(say("brief.tasks")), text(say("brief.tasks_sum", n=len(tasks), done=done, late=late)), table(heads, rows)]


def _who(task: Facts, say: Text) -> str:
    """The team or unit that has a task, by its name in this language where it has one."""
    english = (task.get("resource_en") or task.get("unit_en")) if say.language == "en" else None
    return str(english or task["resource"] or task["unit"] or say("brief.nobody"))


def _step(title: str, known: Facts) -> str:
    """What a task asks for, as its plan says it in this language; one that was given by hand says it in its own words."""
    return str(known["steps"].get(title, title))


def _cases(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    rows = [(one["number"], one["title"], say(f"desk.stage.{one['stage']}"), _clock(one["due_at"], zone)) for one in known["cases"]]
    heads = [say(f"brief.{name}") for name in ("number", "title", "state", "due")]
    return [heading(say("brief.cases")), table(heads, rows)] if rows else []


def _resources(known: Facts, say: Text) -> list[Block]:
    rows = [
        (say(f"brief.kind.{one['kind']}"), str(one["count"]), one["nearest"], f"{one['distance_m']:.0f} m") for one in known["resources"]
    ]
    heads = [say(f"brief.{name}") for name in ("kind", "count", "nearest", "distance")]
    within = say("brief.resources", km=f"{known['radius_m'] / 1000:g}")
    return [heading(within), table(heads, rows, (1, 3)) if rows else note(say("brief.no_resources"))]


def _weather(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    rows = [(one["title"], say(f"severity.{one['severity']}"), _clock(one["observed_at"], zone)) for one in known["warnings"]]
    heads = [say(f"brief.{name}") for name in ("warning", "severity", "since")]
    return [heading(say("brief.weather")), table(heads, rows)] if rows else []


def _chronicle(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    lines = sorted([*_of_parts(known, say), *_of_log(known, say)])
    rows = [(_clock(at, zone), words) for at, words in lines[-_LINES:]]
    left_out = [note(say("brief.left_out", n=len(lines) - _LINES))] if len(lines) > _LINES else []
    return [heading(say("brief.chronicle")), table([say("brief.at"), say("brief.what")], rows), *left_out]


def _of_parts(known: Facts, say: Text) -> list[tuple[str, str]]:
    said = {channel: say(f"brief.channel.{channel}") for channel in known["channels"]}
    return [(one["at"], f"{said[one['channel']]} · {one['title']}") for one in known["parts"][:_PARTS]]


def _of_log(known: Facts, say: Text) -> list[tuple[str, str]]:
    return [(one["at"], f"{_logged(one, known, say)} {one['text']}".strip()) for one in known["log"]]


def _logged(one: Facts, known: Facts, say: Text) -> str:
    detail = one["detail"]
    if one["kind"] == "task":
        return say(
            "brief.log.task", task=_step(detail["title"], known), act=say(f"brief.act.{detail['act']}"), team=detail.get("resource") or ""
        )
    level = _ROMAN[detail["level"] - 1] if detail.get("level") else ""
    return say(f"brief.log.{one['kind']}", level=level, plan=known["plan_names"].get(detail.get("plan"), ""))
