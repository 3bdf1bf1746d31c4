"""Rosters and substitutions over HTTP: a span of days by duty grid with its gaps, assigning and ending, who stands in for whom."""

from datetime import date, datetime, time, timedelta
from typing import Any

from api.call import AREA, PAGE, Answer, Call, Param, page, read_cursor, read_params, read_time
from core.errors import Invalid
from store import roster_acts, rosters
from store.acts import Act
from store.lists import MOST

ROSTER_PARAMS = (
    AREA, Param("duty_grid", "code of a duty grid"), Param("from", "the first day, 2026-11-23; today unless given"),
    Param("days", "how many, at most 35; 7 unless given", "integer"), *PAGE,
)  # fmt: skip
SUBSTITUTION_PARAMS = (AREA, Param("from", "inclusive, RFC 3339; now unless given", "time"), Param("to", "exclusive, RFC 3339", "time"))
_ROSTER_FIELDS = {
    "duty_grid", "duty_grids", "worker", "people", "shift", "pattern", "step", "from", "until", "anchor", "note", "replace",
}  # fmt: skip
_MOST_DAYS, _MOST_GRIDS, _MOST_PATTERN = 35, 500, 366
_FAR = timedelta(days=366)


def list_rosters(call: Call) -> Answer:
    """Duty grids by code with turns and flaws; times of day are the city's."""
    wanted, zone = read_params(ROSTER_PARAMS, call.query), call.config.area.zone
    days, limit = wanted.get("days", 7), wanted.get("limit", 100)
    if not 1 <= days <= _MOST_DAYS or not 1 <= limit <= MOST:
        raise Invalid(f"days: from 1 to {_MOST_DAYS}; limit: from 1 to {MOST}")
    first = read_day("from", wanted["from"]) if "from" in wanted else call.now.astimezone(zone).date()
    after = read_cursor(wanted.get("next"), str)
    asked = rosters.Asked(first, days, zone, wanted.get("area", ""), wanted.get("duty_grid"), after[0] if after else "", limit)
    grids = rosters.list_week(call.connection, call.scope, asked, call.now)
    answer = page("grids", grids, limit, "duty_grid")
    shifts = {
        name: {"label": one.label, "label_en": one.label_en, "starts": f"{one.starts:%H:%M}", "ends": f"{one.ends:%H:%M}"}
        for name, one in call.config.organisation.shifts.items()
    }
    return Answer({**answer.body, "from": first, "days": days, "timezone": call.config.area.timezone, "shifts": shifts})


def read_day(name: str, value: object) -> date:
    """A day of the calendar. Raises `Invalid`."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = date.min
    if not 1990 <= day.year <= 2200:
        raise Invalid(f"{name}: '{value}' is no day; write 2026-11-23")
    return day


def post_roster(call: Call) -> Answer:
    """201 with the numbers of the rosters made, a row for each duty grid and shift; all or none."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _ROSTER_FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_ROSTER_FIELDS))}")
    grids = fields.get("duty_grids") or [fields.get("duty_grid")]
    if not isinstance(grids, list) or not 0 < len(grids) <= _MOST_GRIDS or not all(isinstance(grid, str) for grid in grids):
        raise Invalid(f"duty_grids: a list of at most {_MOST_GRIDS} codes")
    replace = fields.get("replace", False)
    if not isinstance(replace, bool):
        raise Invalid("replace: true or false")
    act, zone = Act("assign", call.scope, call.now, address=call.address), call.config.area.timezone
    made = []
    for grid in grids:
        wish = _rotation(grid, fields, call)
        made += roster_acts.assign(call.connection, wish, act, call.config.organisation, zone, replace=replace)
    return Answer({"rosters": made}, 201)


def _rotation(grid: str, fields: dict[str, Any], call: Call) -> roster_acts.Rotation:
    """`worker` and `shift`, or `people` and a `pattern` of shifts day by day ('' for none). Raises `Invalid`."""
    people = fields["people"] if "people" in fields else [fields.get("worker")]
    pattern = fields["pattern"] if "pattern" in fields else [fields.get("shift")]
    if not isinstance(people, list) or not 0 < len(people) <= _MOST_PATTERN or not all(isinstance(one, str | int) for one in people):
        raise Invalid("say who: 'worker', or 'people' as a list of accounts")
    if not isinstance(pattern, list) or not 0 < len(pattern) <= _MOST_PATTERN or not all(isinstance(one, str) for one in pattern):
        raise Invalid("say when: 'shift', or 'pattern' as a list of shifts, a day each, '' for a day off")
    step, note = fields.get("step"), fields.get("note") or ""
    if step is not None and (not isinstance(step, int) or isinstance(step, bool) or not 0 < step < _MOST_PATTERN):
        raise Invalid("step: by how many days each begins the pattern after the last")
    if not isinstance(note, str) or len(note) > 500:
        raise Invalid("note: a text of at most 500 letters")
    since = read_day("from", fields.get("from"))
    if since < call.now.astimezone(call.config.area.zone).date() - _FAR:
        raise Invalid("from: more than a year ago")
    until = read_day("until", fields["until"]) if fields.get("until") else None
    anchor = read_day("anchor", fields["anchor"]) if fields.get("anchor") else None
    return roster_acts.Rotation(grid, tuple(people), tuple(pattern), since, until, anchor, step, note.strip())


def act_on_roster(call: Call) -> Answer:
    """`end` a roster: `from` is the first day on which it holds no more, today unless given."""
    fields, roster_id = call.fields(), call.number("id")
    if fields.get("act") != "end" or not fields.keys() <= {"act", "from"}:
        raise Invalid('write {"act": "end", "from": the first day on which it holds no more}')
    today = call.now.astimezone(call.config.area.zone).date()
    last = read_day("from", fields["from"]) if fields.get("from") else today
    roster_acts.end(call.connection, roster_id, last, Act("end", call.scope, call.now, address=call.address))
    return Answer({"roster": roster_id, "until": last})


def list_substitutions(call: Call) -> Answer:
    wanted = read_params(SUBSTITUTION_PARAMS, call.query)
    since = wanted.get("from", call.now)
    until = wanted.get("to", datetime.combine((since + _FAR).date(), time(0), since.tzinfo))
    return Answer(
        {"substitutions": rosters.list_substitutions(call.connection, call.scope, call.now, since, until, wanted.get("area", ""))}
    )


def post_substitution(call: Call) -> Answer:
    """`{for, stand_in, from?, until, why}`: accounts by number or login. 201 with its number."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - {"for", "stand_in", "from", "until", "why"}):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}")
    why = fields.get("why") or ""
    if not isinstance(why, str) or len(why) > 500:
        raise Invalid("why: a text of at most 500 letters")
    since = read_time("from", fields["from"]) if fields.get("from") is not None else call.now
    wish = roster_acts.Substitution(fields.get("for"), fields.get("stand_in"), since, read_time("until", fields.get("until")))
    act = Act("substitute", call.scope, call.now, why.strip(), address=call.address)
    return Answer({"substitution": roster_acts.substitute(call.connection, wish, act)}, 201)


def act_on_substitution(call: Call) -> Answer:
    """`end`: who was away is back."""
    number = call.number("id")
    if call.fields() != {"act": "end"}:
        raise Invalid('write {"act": "end"}')
    roster_acts.end_substitution(call.connection, number, Act("end", call.scope, call.now, address=call.address))
    return Answer({"substitution": number, "ended_at": call.now})
