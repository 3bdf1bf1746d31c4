"""Writes `docs/lifecycles.md` from the tables of the life cycles: run `python -m docs.lifecycles_page` after changing one."""

from collections.abc import Mapping
from pathlib import Path

from alerts import lifecycle as alerts
from dispatch import adjustments, approvals, cases, emergency, hazards, incidents, orders, patrol, reports, shifts

PAGE = "docs/lifecycles.md"
_INTRODUCTION = """# Life cycles 生命周期

Made from the tables in `alerts/lifecycle.py` and `dispatch/` by `python -m docs.lifecycles_page`; a test keeps them equal.
The buttons of every screen come from the same tables. Acts without a role are the machine's.
"""
_PERSONS = """
Rules about persons beside the table: who checks or closes a case is never who handled it; a dispatched case is handled by the
worker it was dispatched to (by any of its unit, or of the area, while nobody is named), and always by a person, never by a system's
token. Who handles inside a unit may send back for it and hand its task on. An extension or a suspension is asked for in time, agreed to by
the unit that leads the case (where none does: a handler of the area or a supervisor), then by the dispatcher: three persons.
Nobody approves or refuses what they asked for; only who asked takes it back; who approves may do the act itself. A shift is offered, ended
and taken back by whose it is, accepted and declined by the successor it names; offering and accepting take the own password.
An order is answered by whoever handles its case or belongs to the unit that leads it. Nobody verifies, returns or closes a hazard they
rectified; a major one is a supervisor's to close; a photo of the result is newer than the last assignment or return.
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
        _section("Emergency 应急响应", emergency.TABLE, emergency.ROLES, "responding", emergency.NEEDS_NOTE),
        _section("Task of an emergency 应急任务", emergency.TASKS, emergency.TASK_ROLES, "issued", emergency.TASK_NEEDS_NOTE),
        _section("Approval 双人复核", approvals.TABLE, approvals.ROLES, "pending", approvals.NEEDS_NOTE),
        _section("Shift 班次", shifts.TABLE, shifts.ROLES, "on", shifts.NEEDS_NOTE),
        _section("Case 案件", _case_moves(), cases.ROLES, "reported", cases.NEEDS_NOTE, cases.NEEDS_PHOTO),
        _elsewhere(),
        _beside("Beside the stage of a case 督办、催办、协办、延期与挂账", cases.SIDE, cases.ROLES, cases.NEEDS_NOTE),
        _section("Extension and suspension 延期 / 挂账", adjustments.TABLE, adjustments.ROLES, "asked", cases.NEEDS_NOTE),
        _section("Expedite order 督办", orders.TABLE, orders.ROLES, "issued", orders.NEEDS_NOTE),
        _section("Hazard 隐患", hazards.TABLE, hazards.ROLES, "found", hazards.NEEDS_NOTE, hazards.NEEDS_PHOTO),
        _section("Patrol 巡查任务", patrol.TABLE, patrol.ROLES, "planned", patrol.NEEDS_NOTE),
        _PERSONS,
    ]
    return "\n".join(parts)


def _case_moves() -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
    """The table, with every stage that a suspended case goes on in."""
    return {**cases.TABLE, "suspended": {**cases.TABLE["suspended"], "resume": cases.KEPT}}


def _elsewhere() -> str:
    """Where a case's act is another role's than elsewhere, and what leaves out stages."""
    roles = [f"- `{act}` in `{stage}`: {', '.join(sorted(who))}" for (stage, act), who in cases.ROLES_IN.items()]
    left_out = [
        f"- `{act}` in `{stage}` leaves out {', '.join(f'`{one}`' for one in skipped)}"
        for stage, acts in cases.TABLE.items()
        for act, after in acts.items()
        if (skipped := cases.skipped(stage, after))
    ]
    return "\n".join(
        ["Roles of one stage only:", "", *roles, "", "Leaves out stages, so it takes a note and the audit says which:", "", *left_out, ""]
    )


def _section(
    title: str,
    table: Mapping[str, Mapping[str, str | tuple[str, ...]]],
    roles: Mapping[str, frozenset[str]],
    first: str,
    needs_note: frozenset[str],
    needs_photo: frozenset[str] = frozenset(),
) -> str:
    moves = [(stage, act, (after,) if isinstance(after, str) else after) for stage, acts in table.items() for act, after in acts.items()]
    arrows = [f"    {stage} --> {one}: {act}" for stage, act, after in moves for one in after]
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
