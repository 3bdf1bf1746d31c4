"""Screens over HTTP: their beat, and what an admin does with them. A screen says what it shows and is told what to show.

The secret of a link is answered once, where it was made, and is kept nowhere.
"""

from typing import Any

from api.call import Answer, Call
from api.problems import make_etag, read_etag
from core.errors import Invalid, NotAllowed
from core.release import release_of
from core.showing import Showing
from core.view_address import read_address
from store import beats, screens
from store.accounts import Token
from store.acts import Act
from store.scenes import read_name

EVERY_S = 3
_TOLD = {"address": str, "link": str, "release": str, "why": str, "sequence": int, "nodes": int, "width": int, "height": int,
         "age_s": float, "heap_mb": float, "ratio": float}  # fmt: skip
_WORDS = {"name", "home", "playlist_id", "taken", "width", "height"}
_ACTS = ("reload", "renew", "revoke")
_LONGEST = 2000


def beat(call: Call) -> Answer:
    """What a screen shows goes in, what it is to show comes out, with whether its page is to load anew."""
    identity = call.identity
    kind, _, number = identity.actor.partition(":")
    if kind != "token" or identity.view is None:
        raise NotAllowed("only a screen with its own link beats")
    token = Token(int(number), identity.scope.name, identity.scopes, identity.scope.areas, identity.view)
    told = _read_told(call.fields())
    wanted = beats.take_beat(call.connection, token, told, Act("beat", call.scope, call.now), call.config.wall_control)
    loaded_s = (call.now - wanted.reload_at).total_seconds() if wanted.reload_at else None
    return Answer({
        "screen": {"id": wanted.screen_id, "name": wanted.name}, "show": _shown(wanted.showing), "release": release_of(call.config),
        "reload": loaded_s is not None and told.get("age_s", 0) > loaded_s, "every_s": EVERY_S, "at": call.now,
    })  # fmt: skip


def _read_told(fields: dict[str, Any]) -> dict[str, Any]:
    """What a page says of itself; a figure a browser does not know is left out. Raises `Invalid`."""
    if unknown := sorted(fields.keys() - _TOLD.keys()):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(_TOLD)}")
    told = {name: value for name, value in fields.items() if value is not None}
    for name, value in told.items():
        wanted = _TOLD[name]
        if isinstance(value, bool) or not isinstance(value, (int, float) if wanted is float else wanted):
            raise Invalid(f"{name}: {'a text' if wanted is str else 'a number'}")
        if isinstance(value, str) and len(value) > _LONGEST:
            raise Invalid(f"{name}: at most {_LONGEST} letters")
    return told


def _shown(showing: Showing) -> dict[str, Any]:
    shown = {"key": showing.key, "why": showing.why, "address": showing.address, "title": showing.title, "by": showing.by}
    cast = showing.cast
    beside = {"cast_id": cast.cast_id, "severity": cast.severity, "incident_id": cast.incident_id, "drill": cast.drill} if cast else {}
    return {**shown, "until": showing.until, **beside}


def list_screens(call: Call) -> Answer:
    """Those whose areas the reader sees whole."""
    rows = screens.list_screens(call.connection, call.now, call.config.wall_control)
    return Answer({"screens": rows, "release": release_of(call.config), "at": call.now})


def get_screen(call: Call) -> Answer:
    return _one(call, call.number("id"))


def _one(call: Call, screen_id: int, status: int = 200, **beside: Any) -> Answer:
    row = screens.get_screen(call.connection, screen_id, call.now, call.config.wall_control)
    return Answer({**row, **beside}, status, {"ETag": make_etag(row["version"]), "Location": f"/api/v1/screens/{screen_id}"})


def post_screen(call: Call) -> Answer:
    """A new screen with the link that binds a browser to it."""
    fields = call.fields()
    view, areas = fields.pop("view", "/wall"), fields.pop("areas", list(call.scope.areas))
    if not isinstance(areas, list) or not all(isinstance(area, str) for area in areas) or not isinstance(view, str):
        raise Invalid("view: a page such as /wall; areas: a list of codes")
    screen_id, secret = screens.add_screen(call.connection, _read_words(fields), areas, view, _act(call, "create"))
    return _one(call, screen_id, 201, link=f"/screen/{secret}")


def put_screen(call: Call) -> Answer:
    """All that an admin says of a screen; what is left out is its default."""
    screen_id = call.number("id")
    screens.change_screen(call.connection, screen_id, _read_words(call.fields()), _act(call, "revise"))
    return _one(call, screen_id)


def _read_words(fields: dict[str, Any]) -> screens.Words:
    if unknown := sorted(fields.keys() - _WORDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_WORDS))}")
    for name in ("playlist_id", "width", "height"):
        if type(fields.get(name)) not in (int, type(None)):
            raise Invalid(f"{name}: a whole number, or nothing")
    taken = fields.get("taken", True)
    if not isinstance(taken, bool):
        raise Invalid("taken: true or false")
    home = read_address(fields["home"]) if fields.get("home") else None
    return screens.Words(read_name(fields.get("name")), home, fields.get("playlist_id"), taken, fields.get("width"), fields.get("height"))


def act_on_screen(call: Call) -> Answer:
    """`reload` its page, `renew` its link (answered once, the old one ends), `revoke` it."""
    screen_id, act = call.number("id"), call.fields().get("act")
    if act not in _ACTS:
        raise Invalid(f"act: one of {', '.join(_ACTS)}")
    wanted = _act(call, act)
    match act:
        case "renew":
            return _one(call, screen_id, link=f"/screen/{screens.renew_screen(call.connection, screen_id, wanted)}")
        case "revoke":
            screens.revoke_screen(call.connection, screen_id, wanted)
            return Answer({"revoked": screen_id})
        case _:
            screens.reload_screen(call.connection, screen_id, wanted)
            return _one(call, screen_id)


def _act(call: Call, name: str) -> Act:
    return Act(name, call.scope, call.now, expect=read_etag(call.headers.get("If-Match")), address=call.address)
