"""What two parts of a configuration say to each other: references, limits, ports. One named check per law.

Works on the raw mapping, so that a fault elsewhere does not hide these.
"""

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from core.errors import Problem
from core.escalation_config import SCREEN, channel_of
from core.indicator_config import SHIPPED as SHIPPED_CARDS
from core.ledger_config import SHIPPED_KINDS
from core.notify_config import PERSONAL
from core.probe_config import METRIC
from core.settings import password_variable

_PORTS = ("tcp", "udp")  # wires that open a port of their own


def _mapping(raw: object, key: str) -> dict[str, Any]:
    value = raw.get(key) if isinstance(raw, dict) else None
    return {str(name): part for name, part in value.items() if isinstance(part, dict)} if isinstance(value, dict) else {}


def _unknown(path: str, word: str, known: dict[str, Any], what: str) -> Problem:
    near = difflib.get_close_matches(word, sorted(known), 1)
    return Problem(path, f"no {what} is called '{word}'", f"did you mean '{near[0]}'?" if near else f"add it under {what}s")


def _compatible_rows(raw: object) -> Iterator[tuple[int, list[str]]]:
    """The rows of `incidents.compatible`, in either form, with their place."""
    section = raw.get("incidents") if isinstance(raw, dict) else None
    rows = section.get("compatible") if isinstance(section, dict) else None
    for number, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
        codes = row.get("classes") if isinstance(row, dict) else row
        if isinstance(codes, list | tuple):
            yield number, [code for code in codes if isinstance(code, str)]


def check_rules_refer_to_known_metrics(raw: object) -> Iterator[Problem]:
    metrics = _mapping(raw, "metrics")
    for name, rule in _mapping(raw, "rules").items():
        if isinstance(rule.get("metric"), str) and rule["metric"] not in metrics:
            yield _unknown(f"rules.{name}.metric", rule["metric"], metrics, "metric")


def check_rules_refer_to_known_classes(raw: object) -> Iterator[Problem]:
    classes = _mapping(raw, "classes")
    for name, rule in _mapping(raw, "rules").items():
        if isinstance(rule.get("class_code"), str) and rule["class_code"] not in classes:
            yield _unknown(f"rules.{name}.class_code", rule["class_code"], classes, "classe")


def check_rules_count_known_things(raw: object) -> Iterator[Problem]:
    """Classes, other rules and metrics that a rule or one of its conditions names; nothing counts what it raises itself."""
    known = {"classes": _mapping(raw, "classes"), "rules": _mapping(raw, "rules")}
    for name, rule in known["rules"].items():
        parts = {f"rules.{name}": rule, **{f"rules.{name}.conditions.{key}": one for key, one in _mapping(rule, "conditions").items()}}
        for path, part in parts.items():
            for what, names in known.items():
                words = part.get(what)
                for word in words if isinstance(words, list | tuple) else ():
                    if word == name and what == "rules":
                        yield Problem(f"{path}.rules", "a rule does not count what it raises itself")
                    elif isinstance(word, str) and word not in names:
                        yield _unknown(f"{path}.{what}", word, names, what.removesuffix("s"))
            if "conditions." in path and isinstance(part.get("metric"), str) and part["metric"] not in _mapping(raw, "metrics"):
                yield _unknown(f"{path}.metric", part["metric"], _mapping(raw, "metrics"), "metric")


def check_incidents_join_known_classes(raw: object) -> Iterator[Problem]:
    """And each two of them once: a second row about the same two would be without effect."""
    classes, seen = _mapping(raw, "classes"), dict[frozenset[str], int]()
    for number, codes in _compatible_rows(raw):
        for code in codes:
            if code not in classes:
                yield _unknown(f"incidents.compatible.{number}", code, classes, "classe")
        for pair in {frozenset((one, other)) for one in codes for other in codes if one != other or len(codes) == 1}:
            if (first := seen.setdefault(pair, number)) != number:
                told = " and ".join(sorted(pair))
                yield Problem(f"incidents.compatible.{number}", f"{told}: row {first} already says how far", "one row for each two classes")


def check_rules_that_open_cases_have_a_class(raw: object) -> Iterator[Problem]:
    for name, rule in _mapping(raw, "rules").items():
        if (rule.get("case_after") or rule.get("case_after_of")) and not rule.get("class_code"):
            yield Problem(f"rules.{name}.class_code", "is missing", "a case has a class, and from it its deadline")


def check_thresholds_have_room_to_clear(raw: object) -> Iterator[Problem]:
    """Without a gap between ringing and clearing a value that trembles at the limit rings all night."""
    for name, rule in _mapping(raw, "rules").items():
        for path, limit in _limits(f"rules.{name}", rule):
            above, below, clear = limit.get("above"), limit.get("below"), limit.get("clear")
            if rule.get("kind") == "threshold" and (above is None) == (below is None):
                yield Problem(path, "needs exactly one of 'above' and 'below'")
            elif isinstance(above, (int, float)) and isinstance(clear, (int, float)) and clear >= above:
                yield Problem(f"{path}.clear", f"must be less than above ({above})", "leave room for hysteresis")
            elif isinstance(below, (int, float)) and isinstance(clear, (int, float)) and clear <= below:
                yield Problem(f"{path}.clear", f"must be greater than below ({below})", "leave room for hysteresis")


def _limits(path: str, rule: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The limits of a rule with their paths: its `levels`, or the one it is itself."""
    levels = rule.get("levels")
    if not isinstance(levels, list | tuple) or not levels:
        yield path, rule
        return
    yield from ((f"{path}.levels.{number}", one) for number, one in enumerate(levels) if isinstance(one, dict))


def check_feeds_have_their_wire(raw: object) -> Iterator[Problem]:
    for name, feed in _mapping(raw, "feeds").items():
        if (kind := feed.get("kind")) in _PORTS and not feed.get("port"):
            yield Problem(f"feeds.{name}.port", "is missing", f"a {kind} feed listens on a port")
        if feed.get("kind") == "mqtt" and not feed.get("topics"):
            yield Problem(f"feeds.{name}.topics", "is missing", "an mqtt feed subscribes to topics")


def check_feeds_keep_no_secret(raw: object) -> Iterator[Problem]:
    for name, feed in _mapping(raw, "feeds").items():
        if "password" in feed:
            yield Problem(f"feeds.{name}.password", "a secret does not stand here", f"set {password_variable(name)} in the environment")


def check_only_feeds_with_a_port_have_addresses(raw: object) -> Iterator[Problem]:
    for name, feed in _mapping(raw, "feeds").items():
        if feed.get("addresses") and feed.get("kind") not in _PORTS:
            yield Problem(f"feeds.{name}.addresses", "is without effect", "only a tcp or udp feed sees the addresses of its stations")


def check_inhibitions_refer_to_known_names(raw: object) -> Iterator[Problem]:
    """A misspelt rule would inhibit nobody, or, worse, whoever the rest of the matcher means."""
    rules, classes = _mapping(raw, "rules"), _mapping(raw, "classes")
    inhibitions = raw.get("inhibitions") if isinstance(raw, dict) else None
    seen: set[str] = set()
    for number, one in enumerate(inhibitions if isinstance(inhibitions, list | tuple) else ()):
        path = f"inhibitions.{number}"
        if isinstance(one, dict) and one.get("name") in seen:
            yield Problem(f"{path}.name", f"'{one['name']}' is there already", "each inhibition has a name of its own")
        seen |= {str(one.get("name"))} if isinstance(one, dict) else set()
        for side in ("source", "target"):
            matcher = one.get(side) if isinstance(one, dict) else None
            for key, known, what in (("rules", rules, "rule"), ("classes", classes, "classe")):
                words = matcher.get(key) if isinstance(matcher, dict) else None
                for word in words if isinstance(words, list | tuple) else ():
                    if isinstance(word, str) and word not in known:
                        yield _unknown(f"{path}.{side}.{key}", word, known, what)


def check_escalations_use_known_channels(raw: object) -> Iterator[Problem]:
    """A target behind a channel that nobody configured would wait for ever."""
    channels = {**_mapping(raw.get("notify") if isinstance(raw, dict) else None, "channels"), SCREEN: {}}
    for name, policy in _mapping(raw, "escalations").items():
        for number, step in enumerate(policy.get("steps") or ()):
            for target in (step.get("targets") or ()) if isinstance(step, dict) else ():
                where = f"escalations.{name}.steps.{number}.targets"
                channel = channels.get(channel_of(target)) if isinstance(target, str) else None
                if isinstance(target, str) and channel is None:
                    yield _unknown(where, channel_of(target), channels, "notify.channel")
                elif channel and channel.get("kind") in PERSONAL and str(target).endswith("/all"):
                    yield Problem(where, f"'{target}': this channel reaches people one by one", "name them: role:duty, account:NAME")


def check_a_proof_has_its_rule(raw: object) -> Iterator[Problem]:
    """Without a rule that rings for it every proof of the path would fail."""
    probe = raw.get("probe") if isinstance(raw, dict) else None
    rules = _mapping(raw, "rules").values()
    if isinstance(probe, dict) and probe.get("every") not in (None, 0, "0s") and not any(rule.get("metric") == METRIC for rule in rules):
        yield Problem("probe.every", f"no rule looks at the metric '{METRIC}'", "see the rule 'path' of the shipped configuration")


def check_tiles_count_known_classes(raw: object) -> Iterator[Problem]:
    """A figure that counts a class nobody has would be nought for ever."""
    classes = _mapping(raw, "classes")
    for name, tile in _mapping(raw.get("screens") if isinstance(raw, dict) else None, "tiles").items():
        for code in tile.get("classes") if isinstance(tile.get("classes"), list | tuple) else ():
            if isinstance(code, str) and code not in classes:
                yield _unknown(f"screens.tiles.{name}.classes", code, classes, "classe")


def check_works_explain_known_classes(raw: object) -> Iterator[Problem]:
    """A misspelt class would never be explained by anything."""
    classes = _mapping(raw, "classes")
    works = raw.get("planned_works") if isinstance(raw, dict) else None
    for name, kind in _mapping(works, "kinds").items():
        codes = kind.get("classes")
        for code in codes if isinstance(codes, list | tuple) else ():
            if isinstance(code, str) and code not in classes:
                yield _unknown(f"planned_works.kinds.{name}.classes", code, classes, "classe")


def check_signs_are_vital_signs(raw: object) -> Iterator[Problem]:
    """A sign of the score that no vital sign is called after would be unknown for ever."""
    screens, cockpit = (raw.get(name) if isinstance(raw, dict) else None for name in ("screens", "cockpit"))
    vitals = screens.get("vitals") if isinstance(screens, dict) else None
    known = {f"{one.get('metric')}_{one.get('fold')}": one for one in vitals or () if isinstance(one, dict)}
    signs = cockpit.get("signs") if isinstance(cockpit, dict) else None
    for number, sign in enumerate(signs if isinstance(signs, list | tuple) else ()):
        if isinstance(sign, dict) and isinstance(name := sign.get("vital"), str) and name not in known:
            yield _unknown(f"cockpit.signs.{number}.vital", name, known, "vital sign")


def check_themes_show_what_there_is(raw: object) -> Iterator[Problem]:
    """A misspelt metric, class, kind or indicator would be an empty list, which looks like calm."""
    classes = _mapping(raw, "classes")
    big: dict[str, Any] = {code[:2]: None for code in classes}
    ledgers, cockpit = _mapping(raw, "ledgers"), raw.get("cockpit") if isinstance(raw, dict) else None
    indicators = {**SHIPPED_CARDS, **_mapping(cockpit, "indicators")}
    for name, theme in _mapping(raw, "themes").items():
        parts = {f"themes.{name}": theme, **{f"themes.{name}.lists.{key}": one for key, one in _mapping(theme, "lists").items()}}
        for path, part in parts.items():
            known = {"metrics": _mapping(raw, "metrics"), "classes": {**classes, **big}, "indicators": indicators}
            if part.get("of") in ("enterprises", "hazards"):
                known["kinds"] = ledgers.get("enterprise_kinds") or SHIPPED_KINDS
            for what, names in known.items():
                said = part.get(what)
                for word in said if isinstance(said, list | tuple) else ():
                    if isinstance(word, str) and word not in names:
                        yield _unknown(f"{path}.{what}", word, names, what.removesuffix("s"))


CROSS_CHECKS: tuple[Callable[[object], Iterator[Problem]], ...] = (
    check_rules_refer_to_known_metrics,
    check_rules_refer_to_known_classes,
    check_rules_count_known_things,
    check_incidents_join_known_classes,
    check_rules_that_open_cases_have_a_class,
    check_inhibitions_refer_to_known_names,
    check_thresholds_have_room_to_clear,
    check_feeds_have_their_wire,
    check_escalations_use_known_channels,
    check_a_proof_has_its_rule,
    check_feeds_keep_no_secret,
    check_signs_are_vital_signs,
    check_only_feeds_with_a_port_have_addresses,
    check_tiles_count_known_classes,
    check_themes_show_what_there_is,
    check_works_explain_known_classes,
)


def cross_check(raw: object) -> list[Problem]:
    """Every problem that only shows when two parts of a configuration are seen together."""
    return [problem for check in CROSS_CHECKS for problem in check(raw)]
