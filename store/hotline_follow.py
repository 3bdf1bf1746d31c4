"""Tickets come to be and move by themselves: with their reports, their cases and the platform's word; and what they promised passes.

What changed is noted by the database itself (`hotline_news`), in the transaction that changed it; the leader looks at it again here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.config import Config
from core.hotline_config import HotlineConfig
from core.model import EVERYWHERE
from core.revisit import SATISFACTION, Revisit
from dispatch import hotline as lifecycle
from store import audit, revisits
from store.acts import Act
from store.hotline import change, lock, tell
from store.timescale import Connection, queries

_AT_ONCE = 500
_WORD = 200


def follow(connection: Connection, config: Config, now: datetime) -> int:
    """Bring tickets up to date with their reports and cases; returns how many reports were looked at. Safe to repeat."""
    news = list(queries.hotline_news(connection, most=_AT_ONCE))
    if not news:
        return 0
    facts = queries.hotline_facts(connection, ids=sorted({row["report_id"] for row in news})) if config.hotline.sources else ()
    for fact in list(facts):
        if fact["source"] in config.hotline.sources:
            _follow_one(connection, fact, config.hotline, now)
    queries.hotline_heard(connection, ids=[row["news_id"] for row in news])
    return len(news)


def _follow_one(connection: Connection, fact: Mapping[str, Any], config: HotlineConfig, now: datetime) -> None:
    if fact["ticket_id"] is None:
        _add(connection, fact, now)
    row = lock(connection, EVERYWHERE, report_id=fact["report_id"])
    after = _told(row, fact)
    stage = lifecycle.next_stage(after, fact, config)
    if stage != row["stage"] and stage in {"closed", "returned"}:
        after |= _ending(after, stage, fact, config)
    change(connection, row, after, stage, config, Act("follow", EVERYWHERE, now))
    if stage != row["stage"] and stage in {"supervised", "disputed"}:
        tell(connection, after, f"hotline_{stage}", row["version"] + 1, now)
    if (found := _judged(fact)) is not None:
        revisits.take(connection, EVERYWHERE, [found], (fact["source"],), config, fact["area"], now)


def _add(connection: Connection, fact: Mapping[str, Any], now: datetime) -> None:
    extra = fact["extra"]
    told = {name: str(extra.get(name, ""))[:_WORD] for name in ("upper_no", "appeal_type", "via")}
    queries.hotline_add(
        connection, source=fact["source"], ticket_no=fact["ticket_no"], report_id=fact["report_id"], area=fact["area"],
        confidential=extra.get("confidential") is True, opened_at=fact["observed_at"], due_at=_moment(extra.get("due_at")),
        drill=fact["drill"], simulated=fact["simulated"], now=now, **told,
    )  # fmt: skip


def _told(row: Mapping[str, Any], fact: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket with what its report and case say now; what they leave out stays. Once confidential it stays so."""
    extra = fact["extra"]
    return {
        **row, "area": fact["area"], "case_number": fact["case_number"] or row["case_number"], "unit": fact["unit"],
        "due_at": _moment(extra.get("due_at")) or row["due_at"], "appeal_type": str(extra.get("appeal_type") or row["appeal_type"])[:_WORD],
        "confidential": row["confidential"] or extra.get("confidential") is True,
    }  # fmt: skip


def _ending(ticket: Mapping[str, Any], stage: str, fact: Mapping[str, Any], config: HotlineConfig) -> dict[str, Any]:
    """What is said of the end: the reason of a return; the result, and the answer where nobody wrote one."""
    said = fact["result"] or ticket["result"]
    if stage == "returned":
        return {"why": said}
    if ticket["reply"]:
        return {"result": said}
    if fact["case_number"] is None:
        return {"reply": said}  # the desk's own words to an enquiry
    unit = "" if ticket["confidential"] else fact["unit"]
    return {"result": said, "reply": lifecycle.write_reply(config, fact["title"], lifecycle.masked(said), unit)}


def _judged(fact: Mapping[str, Any]) -> Revisit | None:
    """What the ticket itself says of its revisit."""
    extra = fact["extra"]
    contacted, solved = (extra[name] if isinstance(extra.get(name), bool) else None for name in ("reached", "solved"))
    satisfaction = extra["satisfaction"] if extra.get("satisfaction") in SATISFACTION else None
    at = _moment(extra.get("revisited_at"))
    if at is None or (contacted is None and solved is None and satisfaction is None):
        return None
    return Revisit(
        ticket_no=fact["ticket_no"], revisit_at=at, external_id=f"{fact['ticket_no']}@ticket",
        unit=str(extra.get("unit", "")), channel="ticket",
        contacted=contacted, solved=solved, satisfaction=satisfaction,
    )  # fmt: skip


def sweep(connection: Connection, now: datetime) -> int:
    """Tickets whose promise has passed: marked once, told once. Returns how many."""
    rows = list(queries.hotline_overdue(connection, now=now, limit=_AT_ONCE))
    for row in rows:
        audit.append(connection, Act("overdue", EVERYWHERE, now), "ticket", row["ticket_id"], row["area"])
        tell(connection, row, "hotline_overdue", 0, now)
    return len(rows)


def _moment(text: object) -> datetime | None:
    """A moment of a report's own words: a feed may write there what it likes, and what is no moment says nothing."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and 2000 <= at.year <= 2200 else None
