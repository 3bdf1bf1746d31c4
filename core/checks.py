"""What two parts of a configuration say to each other: references, limits, ports. One named check per law.

Works on the raw mapping, so that a fault elsewhere does not hide these.
"""

import difflib
from collections.abc import Callable, Iterator
from typing import Any

from core.errors import Problem
from core.settings import password_variable

_PORTS = ("tcp", "udp")  # wires that open a port of their own


def _mapping(raw: object, key: str) -> dict[str, Any]:
    value = raw.get(key) if isinstance(raw, dict) else None
    return {str(name): part for name, part in value.items() if isinstance(part, dict)} if isinstance(value, dict) else {}


def _unknown(path: str, word: str, known: dict[str, Any], what: str) -> Problem:
    near = difflib.get_close_matches(word, sorted(known), 1)
    return Problem(path, f"no {what} is called '{word}'", f"did you mean '{near[0]}'?" if near else f"add it under {what}s")


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


def check_rules_that_open_cases_have_a_class(raw: object) -> Iterator[Problem]:
    for name, rule in _mapping(raw, "rules").items():
        if (rule.get("case_after") or rule.get("case_after_of")) and not rule.get("class_code"):
            yield Problem(f"rules.{name}.class_code", "is missing", "a case has a class, and from it its deadline")


def check_thresholds_have_room_to_clear(raw: object) -> Iterator[Problem]:
    """Without a gap between ringing and clearing a value that trembles at the limit rings all night."""
    for name, rule in _mapping(raw, "rules").items():
        if rule.get("kind") != "threshold":
            continue
        above, below, clear = rule.get("above"), rule.get("below"), rule.get("clear")
        if (above is None) == (below is None):
            yield Problem(f"rules.{name}", "needs exactly one of 'above' and 'below'")
        elif isinstance(above, (int, float)) and isinstance(clear, (int, float)) and clear >= above:
            yield Problem(f"rules.{name}.clear", f"must be less than above ({above})", "leave room for hysteresis")
        elif isinstance(below, (int, float)) and isinstance(clear, (int, float)) and clear <= below:
            yield Problem(f"rules.{name}.clear", f"must be greater than below ({below})", "leave room for hysteresis")


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


CROSS_CHECKS: tuple[Callable[[object], Iterator[Problem]], ...] = (
    check_rules_refer_to_known_metrics,
    check_rules_refer_to_known_classes,
    check_rules_that_open_cases_have_a_class,
    check_thresholds_have_room_to_clear,
    check_feeds_have_their_wire,
    check_feeds_keep_no_secret,
    check_only_feeds_with_a_port_have_addresses,
)


def cross_check(raw: object) -> list[Problem]:
    """Every problem that only shows when two parts of a configuration are seen together."""
    return [problem for check in CROSS_CHECKS for problem in check(raw)]
