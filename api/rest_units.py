"""The organisation over HTTP: the tree of units with people and load, one unit, keeping units and who is where."""

from typing import Any

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid
from core.organisation import PostEntry, UnitEntry
from store import accounts, units
from store.acts import Act

UNIT_PARAMS = (Param("ended", "also units that were ended", "boolean"),)
_FIELDS = {"name", "name_en", "kind", "level", "area", "parent", "posts"}
_POST_FIELDS = {"name", "name_en", "role", "seats"}
_MOST_SEATS = 10_000


def list_units(call: Call) -> Answer:
    """The tree, with how many levels of what there are and who belongs to no unit."""
    wanted, of = read_params(UNIT_PARAMS, call.query), call.config.organisation
    levels = [level.model_dump() for level in of.levels]
    kinds = {name: {**kind.model_dump(), "levels": list(of.levels_of(name))} for name, kind in of.kinds.items()}
    tree = units.list_tree(call.connection, call.scope, disabled=wanted.get("ended", False))
    unplaced = units.list_unplaced(call.connection, call.scope)
    return Answer({"units": tree, "unplaced": unplaced, "layout": of.layout, "levels": levels, "kinds": kinds})


def get_unit(call: Call) -> Answer:
    return Answer(units.get_unit(call.connection, call.scope, call.path["unit"]))


def put_unit(call: Call) -> Answer:
    """Make a unit or change it: what is not said is as it was, `posts` as a whole."""
    fields, code = call.fields(), call.path["unit"]
    known = units.standing(call.connection).units.get(code)
    if unknown := sorted(fields.keys() - _FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    was: dict[str, Any] = {name: getattr(known, name) for name in _FIELDS} if known else {"parent": None, "name_en": "", "posts": ()}
    said: dict[str, Any] = {name: _words(name, fields[name]) for name in ("name", "name_en", "kind", "area") if name in fields}
    if "level" in fields:
        said["level"] = _whole("level", fields["level"], 9)
    if "parent" in fields:
        said["parent"] = None if fields["parent"] in (None, "") else _words("parent", fields["parent"])
    if "posts" in fields:
        said["posts"] = _posts(fields["posts"])
    if missing := sorted({"name", "kind", "level", "area"} - {**was, **said}.keys()):
        raise Invalid(f"{', '.join(missing)}: a new unit needs it")
    act = Act("save", call.scope, call.now, address=call.address)
    units.save_unit(call.connection, UnitEntry(code, **{**was, **said}), act, call.config.organisation)
    return Answer(units.get_unit(call.connection, call.scope, code), 200 if known else 201)


def _words(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise Invalid(f"{name}: a text of at most 200 letters")
    return value.strip()


def _whole(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise Invalid(f"{name}: a whole number from 0 to {most}")
    return value


def _posts(value: object) -> tuple[PostEntry, ...]:
    if not isinstance(value, list) or not all(isinstance(one, dict) and one.keys() <= _POST_FIELDS for one in value):
        raise Invalid(f"posts: a list of objects with {', '.join(sorted(_POST_FIELDS))}")
    posts = tuple(
        PostEntry(
            _words("posts.name", one.get("name")), _words("posts.role", one.get("role")),
            _whole("posts.seats", one.get("seats", 1), _MOST_SEATS),
            _words("posts.name_en", one.get("name_en", "")),
        )
        for one in value
    )  # fmt: skip
    if strange := [post.role for post in posts if post.role not in accounts.ROLES]:
        raise Invalid(f"posts.role: '{strange[0]}' is none of {', '.join(accounts.ROLES)}")
    if any(not post.name for post in posts):
        raise Invalid("posts.name: a post needs a name")
    return posts


def act_on_unit(call: Call) -> Answer:
    """`end` a unit that nothing hangs on any more."""
    fields, code = call.fields(), call.path["unit"]
    if fields != {"act": "end"}:
        raise Invalid('write {"act": "end"}')
    units.end_unit(call.connection, code, Act("end", call.scope, call.now, address=call.address))
    return Answer(units.get_unit(call.connection, call.scope, code))


def act_on_person(call: Call) -> Answer:
    """`move` somebody to a unit and a post of it; without a unit, out of all."""
    fields = call.fields()
    unit, post = fields.get("unit"), fields.get("post")
    if (
        fields.get("act") != "move"
        or not fields.keys() <= {"act", "unit", "post"}
        or not all(isinstance(one, str | None) for one in (unit, post))
    ):
        raise Invalid('write {"act": "move", "unit": its code, "post": the name of one of its posts}')
    account = call.number("account")
    if account >= 2**31:
        raise Invalid(f"nobody has the account {account}")
    units.place_person(call.connection, account, unit or None, post or None, Act("move", call.scope, call.now, address=call.address))
    return Answer({"account": account, "unit": unit or None, "post": post or None})
