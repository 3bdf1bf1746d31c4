"""A city's class standards and working time over HTTP; both are changed by `yiping import`, never here."""

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid
from dispatch import work_calendar
from dispatch.standards import COMPONENT, EVENT
from store import standards, work_days

STANDARDS_PARAMS = (
    Param("kind", f"{EVENT} or {COMPONENT}"), Param("class_code", "4 digits"),
    Param("ended", "also what the city's table has no more", "boolean"),
)  # fmt: skip
_AHEAD = 2  # years


def list_standards(call: Call) -> Answer:
    """Class × condition with limit, units and closing condition; `lead_unit` is a unit's code, null where none of those named is known."""
    wanted = read_params(STANDARDS_PARAMS, call.query)
    kind = wanted.get("kind")
    if kind not in (None, EVENT, COMPONENT):
        raise Invalid(f"kind: {EVENT} or {COMPONENT}")
    found = standards.list_standards(call.connection, kind, wanted.get("class_code"), bool(wanted.get("ended")))
    return Answer({"standards": found})


def get_work_time(call: Call) -> Answer:
    """Office hours, the city's own days, and the years from this one on of which only weekends are known."""
    own, work, year = work_days.own_days(call.connection), call.config.work, call.now.astimezone(call.config.area.zone).year
    return Answer({
        **work.model_dump(mode="json", include={"hours", "seasons", "holidays"}),
        "day_s": work.day_for.total_seconds(),
        "own_days": [{"day": day.isoformat(), "works": works} for day, works in own],
        "unknown_years": work_calendar.unknown_years(work.holidays, own, year, year + _AHEAD),
    })  # fmt: skip
