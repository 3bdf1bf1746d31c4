"""Rules over HTTP: those in force for everybody who reads, their words, history and changes for an admin.

What an admin writes is read and checked as a configuration is, and answered problem by problem with path and line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from alerts.backtest import why_not
from api.call import Answer, Call, Param, read_cursor, read_params, write_cursor
from api.problems import MEDIA_TYPE, NoVersion, Problem, make_etag, read_etag
from api.whole_city import demand_whole_city
from core.errors import ConfigError, Invalid, NotAllowed, NotFound
from core.errors import Problem as Fault
from core.rule_config import Rule
from core.rule_words import NAME, Words, check_rule, differences, line_of, read_rule, read_yaml_words, words_of, write_yaml
from store import rule_revisions
from store.acts import Act
from store.rule_revisions import Kept

RULE_PARAMS = (Param("withdrawn", "those that were withdrawn, too", "boolean"),)
HISTORY_PARAMS = (Param("limit", "revisions a page, at most 1000", "integer"), Param("next", "where the last page ended"))
PUT_PARAMS = (Param("check", "only tell what is wrong and what would change", "boolean"),)
_LINE = re.compile(r"line (\d+)")
_RUNG_FOR = timedelta(days=7)
_NOTHING = {"rang": 0, "open": 0, "judged": 0, "dismissed": 0}


def list_rules(call: Call) -> Answer:
    """By name; each with what rang within seven days in the reader's areas and what people said of it."""
    wanted = read_params(RULE_PARAMS, call.query)
    kept = rule_revisions.list_kept(call.connection, call.config)
    rung = rule_revisions.count_rung(call.connection, call.now - _RUNG_FOR)
    shown = [one for one in kept if wanted.get("withdrawn") or one.holds is not None]
    return Answer({"rules": [_shape(one, rung) for one in shown]})


def get_rule(call: Call) -> Answer:
    """One rule with its words, as YAML too, and those of the file where they are others."""
    kept = rule_revisions.get_kept(call.connection, call.config, call.path["rule"])
    words, rung = kept.holds, rule_revisions.count_rung(call.connection, call.now - _RUNG_FOR)
    body = {
        **_shape(kept, rung),
        "body": words,
        "yaml": None if words is None else write_yaml(words),
        "file": kept.file,
        "not_playable": _not_playable(kept),
        "from_file": _told(kept.file, words) if kept.is_over_file else [],
    }
    return Answer(body, headers=_etag(kept))


def get_history(call: Call) -> Answer:
    """Revisions, newest first, each with what it changed."""
    wanted = read_params(HISTORY_PARAMS, call.query)
    place, limit = read_cursor(wanted.get("next"), int), wanted.get("limit", 50)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    name = call.path["rule"]
    rows = rule_revisions.history(call.connection, name, place[0] if place else None, limit + 1)
    if not rows and not place:
        rule_revisions.get_kept(call.connection, call.config, name)
    told = [
        {key: row[key] for key in ("revision", "at", "by", "why", "origin", "body")}
        | {"yaml": row["body"] and write_yaml(row["body"]), "differences": _told(older["body"], row["body"])}
        for row, older in zip(rows, [*rows[1:], {"body": None}], strict=False)
    ]
    return Answer({"history": told[:limit], "next": write_cursor(rows[limit - 1]["revision"]) if len(rows) > limit else None})


def put_rule(call: Call) -> Answer:
    """An admin's words, or `back_to_file`; with `check` nothing is written and no fault is an error."""
    check = read_params(PUT_PARAMS, call.query).get("check", False)
    name, fields = call.path["rule"], _read_fields(call, {"body", "back_to_file"})
    back, act = fields.get("back_to_file", False), _act(call, "revise", fields)
    if not isinstance(back, bool) or (back and fields.get("body") is not None):
        raise Invalid("'back_to_file' is true or false, and takes no body")
    meant = Meant(rule_revisions.get_file_rule(call.config, name), []) if back else read_meant(call, name, fields.get("body"))
    if check:
        return Answer(_preview(call, name, meant))
    if meant.rule is None:
        return refuse(call, meant)
    _demand_version(call, name)
    if back:
        rule_revisions.back_to_file(call.connection, call.config, name, replace(act, act="back_to_file"))
    else:
        rule_revisions.revise(call.connection, call.config, name, words_of(meant.rule), act)
    return get_rule(call)


def _read_fields(call: Call, known: set[str]) -> dict[str, Any]:
    fields = call.fields() if call.body else {}
    if unknown := sorted(fields.keys() - {*known, "why"}):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted({*known, 'why'}))}")
    return fields


def _demand_version(call: Call, name: str) -> None:
    """A rule that is there is written by whoever saw it: two who never looked would undo each other. Raises `NoVersion`."""
    if call.headers.get("If-Match") is None and (etag := rule_revisions.find_version(call.connection, call.config, name)) is not None:
        raise NoVersion(make_etag(etag))


def delete_rule(call: Call) -> Answer:
    """Withdrawn: it rings no more, and the leader ends what it has open."""
    read_params((), call.query)
    act = _act(call, "withdraw", _read_fields(call, set()))
    _demand_version(call, call.path["rule"])
    rule_revisions.withdraw(call.connection, call.config, call.path["rule"], act)
    return get_rule(call)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a body means: a rule, or all that is wrong with it, each `{path, line, message, hint}` with its path within the rule."""

    rule: Rule | None
    problems: list[dict[str, Any]]


def read_meant(call: Call, name: str, body: object) -> Meant:
    """Words as an object, or as the YAML that people edit. Raises `Invalid` for a body that is neither."""
    lines: dict[str, int] = {}
    if not isinstance(body, dict | str):
        raise Invalid("body: the rule's words, as an object or as YAML")
    try:
        words, lines = read_yaml_words(body) if isinstance(body, str) else (body, lines)
    except ConfigError as error:
        return Meant(None, [_problem(fault, "", _LINE.match(fault.path)) for fault in error.problems])
    others = {one.rule: one.words for one in rule_revisions.list_kept(call.connection, call.config) if one.words and one.rule != name}
    rule, faults = check_rule(name, words, call.config, others)
    if NAME.fullmatch(name) is None:
        faults.append(Fault(f"rules.{name}", "no name for a rule", "small letters, digits and - as in gas-high, at most 64"))
    told = []
    for fault in faults:
        path = fault.path.removeprefix(f"rules.{name}").removeprefix(".")
        told.append(_problem(fault, path, None) | {"line": line_of(lines, path)})
    return Meant(None if told else rule, told)


def _problem(fault: Fault, path: str, line: re.Match[str] | None) -> dict[str, Any]:
    return {"path": path, "line": int(line[1]) if line else None, "message": fault.message, "hint": fault.hint}


def refuse(call: Call, meant: Meant) -> Answer:
    """422 with every problem."""
    said = [f"{one['path']}: {one['message']}".removeprefix(": ") for one in meant.problems]
    refused = Problem(422, "invalid", "This cannot be meant", "; ".join(said), {"problems": meant.problems})
    return Answer(refused.body(call.url), 422, media_type=MEDIA_TYPE)


def _preview(call: Call, name: str, meant: Meant) -> dict[str, Any]:
    """What would change, or what is wrong."""
    if meant.rule is None:
        return {"rule": name, "problems": meant.problems, "differences": [], "body": None, "yaml": None}
    try:
        before = rule_revisions.get_kept(call.connection, call.config, name).holds
    except NotFound:
        before = None
    words = words_of(meant.rule)
    return {"rule": name, "problems": [], "differences": _told(before, words), "body": words, "yaml": write_yaml(words)}


def demand_admin(call: Call, act: str) -> None:
    """Raises `NotAllowed` for another role, and for an admin of a part of the city: a rule is all the city's."""
    if call.scope.role != "admin":
        raise NotAllowed(f"'{act}' of a rule is for the role 'admin', not for '{call.scope.role}'")
    demand_whole_city(call)


def _act(call: Call, act: str, fields: Mapping[str, Any]) -> Act:
    demand_admin(call, act)
    why = fields.get("why", "")
    if not isinstance(why, str) or len(why) > 1000:
        raise Invalid("why: a text of at most 1000 letters")
    return Act(act, call.scope, call.now, why, read_etag(call.headers.get("If-Match")), address=call.address)


def _not_playable(kept: Kept) -> str | None:
    """Why it cannot be backtested; None: it can."""
    try:
        return why_not(read_rule(kept.rule, kept.holds)) if kept.holds is not None else None
    except ConfigError as error:
        return str(error)


def _etag(kept: Kept) -> dict[str, str]:
    return {"ETag": make_etag(kept.revision or 0)}


def _shape(kept: Kept, rung: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    words, readable = kept.holds, True
    told: dict[str, Any] = {}
    if words is not None:
        try:
            told = read_rule(kept.rule, words).model_dump(mode="json")
        except ConfigError:
            readable = False
    state = "withdrawn" if words is None else "set_aside" if not readable else "in_force" if told["enabled"] else "off"
    count = {**_NOTHING, **{key: value for key, value in rung.get(kept.rule, {}).items() if key != "rule"}}
    return {
        **told, "rule": kept.rule, "state": state,
        "kept": {"revision": kept.revision or 0, "origin": kept.origin, "at": kept.at, "by": kept.by, "why": kept.why,
                 "over_file": kept.is_over_file, "torn": kept.is_torn},
        "seven_days": count,
    }  # fmt: skip


def _told(before: Words | None, after: Words | None) -> list[dict[str, Any]]:
    return [{"path": one.path, "before": one.before, "after": one.after} for one in differences(before, after)]
