"""What a later message changes in a report that stands already. Pure: two rows in, the columns that differ out.

Laws: an older message overwrites nothing, what only tells an end touches nothing else, what a message leaves out stays as it
was, what a person placed or classified stays so, an end is never taken back, and an exercise ends nothing real.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]

PLACE = ("area", "cell_id", "lon", "lat", "placement", "datum")
SILENT = frozenset({"said_at", "revised_at"})  # what is remembered of a repetition: nobody needs to be told
# A video message tells the whole event again: what is missing in it (a mark as mere candidate) is no longer so.
WHOLE = frozenset({"video"})


def revised(stored: Row, told: Row) -> dict[str, Any]:
    """The columns of `stored` that `told` changes, with their new values; `{}`: it says nothing new.

    Both have the columns of `reports`; `told["only_ends"]`: it names the report only to say that it is over.
    """
    wanted = {"ended_at": stored["ended_at"] or told["ended_at"]}
    if told["only_ends"] and told["drill"] and not stored["drill"]:
        return {}
    if told["only_ends"]:
        wanted["extra"] = {**told["extra"], **stored["extra"]}
    elif stored["said_at"] is None:  # its end came before itself
        wanted |= {name: told[name] for name in (*PLACE, "observed_at", "history", "simulated", "drill")}
        wanted |= _words(stored, told) | _stamps(stored, told)
    elif not is_older(stored, told):
        wanted |= _words(stored, told) | _place(stored, told) | _stamps(stored, told)
    return {name: value for name, value in wanted.items() if value != stored[name]}


def is_older(stored: Row, told: Row) -> bool:
    """By the time its source says it was changed, where both say so; else by the time of occurrence."""
    if stored["revised_at"] is not None and told["revised_at"] is not None:
        return bool(told["revised_at"] < stored["revised_at"])
    return stored["said_at"] is not None and bool(told["said_at"] < stored["said_at"])


def _words(stored: Row, told: Row) -> dict[str, Any]:
    """Everything but place and time. A title that only repeats the number was made up for want of one."""
    names = ("text", "address", "severity", "confidence", "ends_at")
    wanted = {name: told[name] if told[name] is not None else stored[name] for name in names}
    nameless = told["text"] is None and told["title"].endswith(f" {stored['external_id']}")
    wanted["title"] = stored["title"] if nameless else told["title"]
    wanted["media"] = told["media"] or stored["media"]
    wanted["extra"] = told["extra"] if told["channel"] in WHOLE else {**stored["extra"], **told["extra"]}
    if told["class_code"] is not None and "classify" not in stored["by_hand"]:
        wanted["class_code"] = told["class_code"]
    return wanted


def _place(stored: Row, told: Row) -> dict[str, Any]:
    """A position told again wins; what is placed by a cell code or a camera fills a gap."""
    carried = told["datum"] is not None and told["placement"] in ("inside", "outside")
    fills = stored["lon"] is None and told["lon"] is not None
    if "place" in stored["by_hand"] or not (carried or fills):
        return {}
    return {name: told[name] for name in PLACE}


def _stamps(stored: Row, told: Row) -> dict[str, Any]:
    latest = max(filter(None, (stored["said_at"], told["said_at"])), default=None)
    return {"said_at": latest, "revised_at": told["revised_at"] or stored["revised_at"]}
