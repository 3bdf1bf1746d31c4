"""Who saves units and rosters in tests, and who serves the first duty grid by turns."""

from dataclasses import replace
from datetime import date
from typing import Any

from store import roster_acts
from store.acts import Act
from tests.desk import Desk

TODAY = date(2026, 11, 21)


def admin(desk: Desk) -> Act:
    return Act("save", desk.scope("admin", "admin"), desk.now)


def replace_note(act: Act, note: str) -> Act:
    return replace(act, act="substitute", note=note)


def rotate(
    desk: Desk, *people: str, pattern: tuple[str, ...] = ("day",), since: date = TODAY, replace: bool = False, **more: Any
) -> list[int]:
    wish = roster_acts.Rotation("g1", people, pattern, since, **more)
    with desk.store.connection() as connection:
        return roster_acts.assign(connection, wish, admin(desk), desk.config.organisation, "Asia/Shanghai", replace=replace)
