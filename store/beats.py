"""The beat of a screen: what it shows is noted, and what it is to show is said. Decides neither: `core.showing` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.showing import Showing, showing
from core.view_address import lies_under
from core.wall_config import WallControlConfig
from store import casts, scenes, screens
from store.accounts import Token
from store.acts import Act
from store.timescale import Connection, queries


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answer to a beat. `reload_at`: pages loaded before it load anew."""

    screen_id: int
    name: str
    showing: Showing
    reload_at: datetime | None


def take_beat(connection: Connection, token: Token, told: Mapping[str, Any], act: Act, config: WallControlConfig) -> Wanted:
    """A token nobody registered becomes a screen by its first beat. `told` is kept as it is."""
    row = _note(connection, token, told, act)
    if row is None:
        screens.adopt(connection, token, act)
        row = _note(connection, token, told, act)
        assert row is not None  # adopted in this transaction
    standing = casts.follow(connection, row, act.now, config.takeover)
    slots = scenes.slots_of(connection, row["playlist_id"]) if row["playlist_id"] else []
    fitting = [slot for slot in slots if lies_under(slot.address, row["view"])]
    return Wanted(row["screen_id"], row["name"], showing(act.now, row["home"], fitting, standing), row["reload_at"])


def _note(connection: Connection, token: Token, told: Mapping[str, Any], act: Act) -> dict[str, Any] | None:
    row: dict[str, Any] | None = queries.screens_beat(connection, token_id=token.token_id, now=act.now, shown=Jsonb(dict(told)))
    return row
