"""Tickets of a 12345 hotline: their life as one table, what they become when their case moves, and what the platform is told. Pure.

A ticket keeps its own stage, clock and answer: ten tickets of one case are answered ten times. What goes back names no person; numbers of
telephones and identity cards in free text are masked.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import IllegalAct, Invalid
from core.hotline_config import HotlineConfig
from core.life_cycle import LifeCycle

# 受理 派单 办理 答复 督办 办结 回访, and 退单, 退单异议, 并单, 撤销. What the case or the platform does stands in `follow`, `take_in`.
TABLE: Mapping[str, Mapping[str, str]] = {
    "new": {"accept": "accepted", "answer": "closed", "return": "returned", "merge": "merged"},
    "accepted": {"answer": "closed", "reply": "replied", "return": "returned", "merge": "merged"},
    "dispatched": {"reply": "replied", "return": "returned", "merge": "merged"},
    "handling": {"reply": "replied", "return": "returned", "merge": "merged"},
    "supervised": {"reply": "replied", "return": "returned", "merge": "merged"},
    "replied": {"reply": "replied", "close": "closed"},
    "disputed": {"accept": "accepted", "answer": "closed", "return": "returned"},
    "closed": {},
    "revisited": {},
    "returned": {},
    "merged": {},
    "cancelled": {},
}
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = dict.fromkeys(("accept", "answer", "reply", "return", "merge", "close"), _DESK)
NEEDS_NOTE = frozenset({"answer", "reply", "return", "merge"})
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance, allowed_acts = _LIFE.open, _LIFE.advance, _LIFE.allowed_acts
_OVER = frozenset({"merged", "cancelled", "returned"})
_ENDED = frozenset({"closed", "revisited"})
_KINDS = {"replied": "reply", "closed": "result", "returned": "return", "merged": "merge"}
_PHONE, _ID_CARD = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)"), re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")


def follow(stage: str, case_stage: str | None, config: HotlineConfig) -> str:
    """What a ticket becomes when its case has moved; the same where the case says nothing new.

    Who was merged, returned or withdrawn follows no more. A case that is reopened reopens its tickets; a ticket under supervision stays
    so until it is answered, one that was answered until it is closed.
    """
    wanted = config.stages.get(case_stage or "")
    if wanted is None or stage in _OVER:
        return stage
    if stage == "revisited" and wanted == "closed":
        return stage
    if stage in {"supervised", "replied"} and wanted not in {"closed", "returned"}:
        return stage
    return wanted


def next_stage(ticket: Mapping[str, Any], fact: Mapping[str, Any], config: HotlineConfig) -> str:
    """What a ticket becomes by its case, its report and the platform's word. A report that the desk dismissed answers a plain enquiry and
    returns anything else: nobody forgets it."""
    stage = ticket["stage"]
    if fact["case_number"]:
        stage = follow(stage, fact["case_stage"], config)
    elif fact["report_stage"] == "dismissed" and stage in {"new", "accepted"}:
        stage = "closed" if ticket["appeal_type"] in config.enquiries else "returned"
    return take_in(stage, str(fact["extra"].get("state", "")), config)


def take_in(stage: str, state: str, config: HotlineConfig) -> str:
    """What a ticket becomes when the platform says something of it: 督办, 退单驳回, 撤单."""
    told = config.incoming.get(state.strip())
    if told == "cancelled":
        return stage if stage in _OVER else told
    if told == "disputed":
        return told if stage == "returned" else stage
    if told == "supervised":
        return stage if stage in _OVER or stage in _ENDED else told
    return stage


def is_answerable(ticket: Mapping[str, Any], config: HotlineConfig) -> bool:
    """Whether an answer alone closes a ticket: a plain enquiry without a case."""
    return ticket["appeal_type"] in config.enquiries and ticket["case_number"] is None


def demand_answerable(act: str, ticket: Mapping[str, Any], config: HotlineConfig) -> None:
    """Raises `IllegalAct` where an answer alone may not close a ticket: it is no plain enquiry, or has a case."""
    if act != "answer" or is_answerable(ticket, config):
        return
    if ticket["appeal_type"] not in config.enquiries:
        kinds = ", ".join(config.enquiries)
        raise IllegalAct(
            act, ticket["stage"], (), f"only a plain enquiry ({kinds}) is closed by its answer; this is '{ticket['appeal_type']}'"
        )
    raise IllegalAct(act, ticket["stage"], (), f"case {ticket['case_number']} is at work on it: its end closes the ticket")


def demand_note(act: str, note: str) -> None:
    """Raises `Invalid` when an act must say something and does not."""
    if act in NEEDS_NOTE and not note.strip():
        raise Invalid(f"'{act}' needs a note: what the caller or the platform is told")


def kind_of(stage: str) -> str:
    """Which kind of exchange a stage is told by."""
    return _KINDS.get(stage, "state")


def write_reply(config: HotlineConfig, title: str, result: str, unit: str) -> str:
    """What a caller is told where nobody wrote an answer."""
    words = {"title": title, "result": result, "unit": unit}
    return re.sub(r"\{(title|result|unit)\}", lambda found: words[found[1]], config.reply).strip()


def masked(text: str) -> str:
    """Free text without numbers of telephones and identity cards."""
    return _ID_CARD.sub(r"\1********\2", _PHONE.sub(r"\1****\2", text))


def warn_of(ticket: Mapping[str, Any], config: HotlineConfig, now: datetime) -> str:
    """正常, 预警 (soon due) or 超期, by the promise the platform was given."""
    due_at = ticket["due_at"]
    at = ticket["closed_at"] or now
    if due_at is None:
        return "正常"
    return "超期" if at > due_at else "预警" if not ticket["closed_at"] and at > due_at - config.warn_before else "正常"


def facts_of(ticket: Mapping[str, Any], config: HotlineConfig, now: datetime) -> dict[str, Any]:
    """What an exchange tells of a ticket, by our words: no name, number or address. Of a confidential one not even who worked on it."""
    secret = ticket["confidential"]
    told = {name: ticket[name] for name in ("ticket_no", "upper_no", "via", "appeal_type", "case_number", "why", "merged_into")}
    times = {name: ticket[name].isoformat() if ticket[name] else None for name in ("dispatched_at", "due_at", "replied_at", "closed_at")}
    texts = {name: masked(ticket[name] or "") for name in ("result", "reply")}
    told |= {"unit": "" if secret else ticket["unit"], "state": config.state_of(ticket["stage"]), "warn": warn_of(ticket, config, now)}
    return {**told, **times, **texts, "stage": ticket["stage"], "kind": kind_of(ticket["stage"])}


def fields_of(facts: Mapping[str, Any], config: HotlineConfig) -> dict[str, Any]:
    """The same by the platform's names, without what is empty."""
    return {theirs: facts[ours] for ours, theirs in config.fields.items() if facts.get(ours) not in (None, "")}
