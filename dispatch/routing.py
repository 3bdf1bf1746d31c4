"""Who gets a case: the person named, else the active worker of the duty grid its cell belongs to. Reads and sends nothing."""

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid

HANDLES = frozenset({"handler", "grid_worker"})


def choose_worker(wanted: object, named: Mapping[str, Any] | None, on_duty: Mapping[str, Any] | None, area: str) -> int | None:
    """The account a case goes to; None: nobody is named and nobody is on duty, so it is offered to all of the area.

    `wanted` is the login or number somebody gave, `named` the active account found for it, `on_duty` the duty grid's.
    Raises `Invalid` for a named one who does not handle, or not there.
    """
    if not wanted:
        return int(on_duty["account_id"]) if on_duty else None
    if named is None or named["role"] not in HANDLES:
        raise Invalid(f"'{wanted}' is no active handler or grid worker")
    if not any(area.startswith(prefix) for prefix in named["areas"]):
        raise Invalid(f"'{wanted}' does not work in {area}")
    return int(named["account_id"])
