"""The dispatch desk over HTTP: pages of its queue, however many cases are open, and whom a case could be given to."""

from typing import Any

from api.call import AREA, PAGE, Answer, Call, Param, read_cursor, read_params, read_time, write_cursor
from core.errors import Invalid
from dispatch.desk_tabs import LIGHTS, TABS
from store import candidates, case_queue
from store.lists import MOST

_FITS = (
    AREA, Param("class", "class code"), Param("source", "as in GET /cases"), Param("light", ", ".join(LIGHTS)),
    Param("unit", "number of the unit that leads; those below it too", "integer"), Param("q", "part of number, title or address"),
)  # fmt: skip
QUEUE_PARAMS = (Param("tab", f"{', '.join(TABS)}; all unless given"), *_FITS, *PAGE)
COUNT_PARAMS = _FITS
CANDIDATE_PARAMS = (
    Param("unit", "number of a unit: those of it alone", "integer"), Param("q", "part of a name; of the unit's name too"),
    Param("limit", f"at most {MOST}, 100 unless given", "integer"),
)  # fmt: skip
_MOST_LETTERS = 200
_LARGEST = 2**31


def list_queue(call: Call) -> Answer:
    """Open cases of a tab, the most urgent first; `next` goes on where the page ended."""
    asked = _asked(read_params(QUEUE_PARAMS, call.query))
    rows = case_queue.read_page(call.connection, call.scope, call.now, asked)
    last = rows[-1] if rows else None
    more = write_cursor(last["rank"], last["due"].isoformat(), last["shape"]["number"]) if last and len(rows) >= asked.limit else None
    return Answer({"cases": [row["shape"] for row in rows], "next": more, "at": call.now})


def count_queue(call: Call) -> Answer:
    """How many open cases each tab and each light holds."""
    asked = _asked(read_params(COUNT_PARAMS, call.query))
    return Answer({**case_queue.count(call.connection, call.scope, call.now, asked), "at": call.now})


def _asked(wanted: dict[str, Any]) -> case_queue.Asked:
    tab, light = wanted.get("tab", "all"), wanted.get("light")
    if tab not in TABS:
        raise Invalid(f"tab: one of {', '.join(TABS)}")
    if light not in (None, *LIGHTS):
        raise Invalid(f"light: one of {', '.join(LIGHTS)}")
    after = read_cursor(wanted.get("next"), *case_queue.CURSOR)
    return case_queue.Asked(
        tab, wanted.get("area", ""), wanted.get("class"), wanted.get("source"), light, _unit(wanted), _words(wanted),
        after and [after[0], read_time("next", after[1]), after[2]], _limit(wanted),
    )  # fmt: skip


def _limit(wanted: dict[str, Any]) -> int:
    limit: int = wanted.get("limit", 100)
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    return limit


def _unit(wanted: dict[str, Any]) -> int | None:
    unit: int | None = wanted.get("unit")
    if unit is not None and not 0 < unit < _LARGEST:
        raise Invalid("unit: the number of one")
    return unit


def _words(wanted: dict[str, Any]) -> str | None:
    words = wanted.get("q", "").strip().lower()
    if len(words) > _MOST_LETTERS:
        raise Invalid(f"q: at most {_MOST_LETTERS} letters")
    return words or None


def list_candidates(call: Call) -> Answer:
    """People who could get a case, those on shift first: load, how far they were last seen from it, and whether they sent it back."""
    wanted = read_params(CANDIDATE_PARAMS, call.query)
    asked = candidates.Asked(_unit(wanted), _words(wanted), _limit(wanted))
    found, more = candidates.list_candidates(call.connection, call.scope, call.path["number"], asked, call.now)
    return Answer({"candidates": found, "more": more})
