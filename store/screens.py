"""Screens with an identity: their token, areas, view and home as an admin keeps them. Keeps no secret: tokens do.

What a screen tells and is told is `store.beats`; what stands on it for a while `store.casts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import Invalid, NotFound
from core.view_address import lies_under, path_of, read_address
from core.wall_config import WallControlConfig
from store import accounts, audit, scenes
from store.acts import Act, demand_fresh
from store.credentials import hash_secret
from store.timescale import Connection, queries

MOST_PX = 32_768


@dataclass(frozen=True, slots=True)
class Words:
    """What an admin says of a screen. `home` None: it stays where it is; `taken`: grave incidents take it by themselves."""

    name: str
    home: str | None = None
    playlist_id: int | None = None
    taken: bool = True
    width: int | None = None
    height: int | None = None


def list_screens(connection: Connection, now: datetime, config: WallControlConfig, screen_id: int | None = None) -> list[dict[str, Any]]:
    """Those whose link is valid and whose areas the reader sees whole, with what they told last and what stands on them."""
    return list(queries.screens_list(connection, now=now, away=now - config.away, screen_id=screen_id))


def get_screen(connection: Connection, screen_id: int, now: datetime, config: WallControlConfig) -> dict[str, Any]:
    """Raises `NotFound`."""
    found = list_screens(connection, now, config, screen_id)
    if not found:
        raise NotFound(f"no screen {screen_id}")
    return found[0]


def add_screen(connection: Connection, words: Words, areas: Sequence[str], view: str, act: Act) -> tuple[int, str]:
    """Its id and the secret of its link, shown once. Raises `Invalid`, also for areas that the author does not see."""
    view = path_of(read_address(view))
    _demand_fit(connection, 0, words, view)
    if not areas or not all(area.isdigit() and act.scope.sees(area) for area in areas):
        raise Invalid("areas: codes of one or more areas of yours")
    secret = accounts.create_token(connection, f"screen {words.name}", ["screen"], areas, act.now, view)
    screen_id = _register(connection, _token_of(connection, secret), words, act)
    audit.append(connection, act, "screen", screen_id, areas[0], detail={"name": words.name, "areas": list(areas), "view": view})
    return screen_id, secret


def _token_of(connection: Connection, secret: str) -> int:
    return int(queries.tokens_find(connection, token_hash=hash_secret(secret))["token_id"])


def adopt(connection: Connection, token: accounts.Token, act: Act) -> None:
    """A token made at the command line becomes a screen when it first says what it shows."""
    _register(connection, token.token_id, Words(token.name), act)


def _register(connection: Connection, token_id: int, words: Words, act: Act) -> int:
    row = queries.screens_add(
        connection, token_id=token_id, name=words.name, home=words.home, playlist_id=words.playlist_id, taken=words.taken,
        width=words.width, height=words.height, now=act.now, by=act.by,
    )  # fmt: skip
    return int(row["screen_id"]) if row else 0


def change_screen(connection: Connection, screen_id: int, words: Words, act: Act) -> None:
    """Raises `NotFound`, `StaleWrite`, `Invalid`."""
    row = lock_screen(connection, screen_id)
    demand_fresh(row, act)
    _demand_fit(connection, screen_id, words, row["view"])
    queries.screens_change(
        connection, screen_id=screen_id, name=words.name, home=words.home, playlist_id=words.playlist_id, taken=words.taken,
        width=words.width, height=words.height,
    )  # fmt: skip
    detail = {"name": words.name, "home": words.home, "playlist_id": words.playlist_id, "taken": words.taken}
    audit.append(connection, act, "screen", screen_id, row["areas"][0], detail=detail)


def renew_screen(connection: Connection, screen_id: int, act: Act) -> str:
    """The secret of a new link; the old one stops working at once. Raises `NotFound`."""
    row = lock_screen(connection, screen_id)
    queries.screens_revoke(connection, token_id=row["token_id"], now=act.now)
    secret = accounts.create_token(connection, f"screen {row['name']}", ["screen"], row["areas"], act.now, row["view"])
    queries.screens_renew(connection, screen_id=screen_id, token_id=_token_of(connection, secret))
    audit.append(connection, act, "screen", screen_id, row["areas"][0])
    return secret


def revoke_screen(connection: Connection, screen_id: int, act: Act) -> None:
    """It sees nothing more within seconds, and is in no list. Raises `NotFound`."""
    row = lock_screen(connection, screen_id)
    queries.screens_revoke(connection, token_id=row["token_id"], now=act.now)
    audit.append(connection, act, "screen", screen_id, row["areas"][0], detail={"name": row["name"]})


def reload_screen(connection: Connection, screen_id: int, act: Act) -> None:
    """Its page, loaded before now, loads anew with its next beat. Raises `NotFound`."""
    row = lock_screen(connection, screen_id)
    queries.screens_reload(connection, screen_id=screen_id, now=act.now)
    audit.append(connection, act, "screen", screen_id, row["areas"][0])


def lock_screen(connection: Connection, screen_id: int) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.screens_lock(connection, screen_id=screen_id)
    if row is None:
        raise NotFound(f"no screen {screen_id}")
    return row


def _demand_fit(connection: Connection, screen_id: int, words: Words, view: str) -> None:
    """Raises `Invalid` for a name that is taken, a size no screen has, a home it may not show or a playlist that is not there."""
    if queries.screens_named(connection, name=words.name, screen_id=screen_id):
        raise Invalid(f"name: another screen is called '{words.name}'")
    if not all(size is None or 0 < size <= MOST_PX for size in (words.width, words.height)):
        raise Invalid(f"width, height: pixels, at most {MOST_PX}")
    if words.home is not None and not lies_under(words.home, view):
        raise Invalid(f"home: this screen is bound to {view}")
    if words.playlist_id is not None and words.playlist_id not in {one["playlist_id"] for one in scenes.list_playlists(connection)}:
        raise Invalid(f"playlist_id: no playlist {words.playlist_id}")
