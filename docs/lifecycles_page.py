"""Writes `docs/lifecycles.md` from the tables of the life cycles: run `python -m docs.lifecycles_page` after changing one."""

from collections.abc import Mapping
from pathlib import Path

from alerts import lifecycle as alerts
from dispatch import approvals, cases, incidents, reports, shifts

PAGE = "docs/lifecycles.md"
_INTRODUCTION = """# Life cycles 生命周期

Made from the tables in `alerts/lifecycle.py` and `dispatch/` by `python -m docs.lifecycles_page`; a test keeps them equal.
The buttons of every screen come from the same tables. Acts without a role are the machine's.
"""
_PERSONS = """
Rules about persons beside the table: who checks or closes a case is never who handled it; a dispatched case is handled by the
worker it was dispatched to (by any of the area while nobody is named), and always by a person, never by a system's token.
Nobody approves or refuses what they asked for; only who asked takes it back; who approves may do the act itself. A shift is offered, ended
and taken back by whose it is, accepted and declined by the successor it names; offering and accepting take the own password.
A verdict (`judge`) of `false_alarm` or `test` needs a note. It acknowledges too, and ends what came of a report or is over already.
"""

Table = Mapping[str, Mapping[str, str]]


def write_page() -> str:
    """The whole page as Markdown with Mermaid diagrams."""
    parts = [
        _INTRODUCTION,
        _section("Alert 告警 (ISA-18.2)", alerts.TABLE, alerts.ROLES, "unack", alerts.NEEDS_NOTE),
        _section("Hold of an alert 搁置 / 抑制 / 停用", alerts.HOLDS, alerts.ROLES, "none", alerts.NEEDS_NOTE),
        _beside("Beside the stage of an alert 协作与研判", alerts.SIDE, alerts.ROLES, alerts.NEEDS_NOTE),
        _section("Report 上报", reports.TABLE, reports.ROLES, "open", reports.NEEDS_NOTE),
        _section("Incident 事件", incidents.TABLE, incidents.ROLES, "open", incidents.NEEDS_NOTE),
        _beside("Beside the stage of an incident 协作", incidents.SIDE, incidents.ROLES, incidents.NEEDS_NOTE),
        _section("Approval 双人复核", approvals.TABLE, approvals.ROLES, "pending", approvals.NEEDS_NOTE),
        _section("Shift 班次", shifts.TABLE, shifts.ROLES, "on", shifts.NEEDS_NOTE),
        _section("Case 案件", cases.TABLE, cases.ROLES, "reported", cases.NEEDS_NOTE, cases.NEEDS_PHOTO),
        _PERSONS,
    ]
    return "\n".join(parts)


def _section(
    title: str,
    table: Table,
    roles: Mapping[str, frozenset[str]],
    first: str,
    needs_note: frozenset[str],
    needs_photo: frozenset[str] = frozenset(),
) -> str:
    moves = [(stage, act, after) for stage, acts in table.items() for act, after in acts.items()]
    arrows = [f"    {stage} --> {after}: {act}" for stage, act, after in moves]
    ends = [f"    {stage} --> [*]" for stage, acts in table.items() if not acts]
    rows = [
        f"| `{act}` | {', '.join(sorted(roles.get(act, ()))) or '—'} | {_evidence(act, needs_note, needs_photo)} |"
        for act in dict.fromkeys(act for _, act, _ in moves)
    ]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```"])
    return "\n".join([f"## {title}", "", diagram, "", "| act | roles | needs |", "|---|---|---|", *rows, ""])


def _beside(title: str, table: Table, roles: Mapping[str, frozenset[str]], needs_note: frozenset[str]) -> str:
    """Acts that leave the stage as it is: no arrows, but where each is possible."""
    rows = [
        f"| `{act}` | {', '.join(stage for stage, acts in table.items() if act in acts)} | {', '.join(sorted(roles.get(act, ()))) or '—'} "
        f"| {_evidence(act, needs_note, frozenset())} |"
        for act in dict.fromkeys(act for acts in table.values() for act in acts)
    ]
    return "\n".join([f"## {title}", "", "| act | in the stages | roles | needs |", "|---|---|---|---|", *rows, ""])


def _evidence(act: str, needs_note: frozenset[str], needs_photo: frozenset[str]) -> str:
    return "a note" if act in needs_note else "a photo of the result" if act in needs_photo else ""


if __name__ == "__main__":
    Path(PAGE).write_text(write_page(), encoding="utf-8")
