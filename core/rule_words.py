"""A rule as words: the plain mapping that is kept, compared and shown. Decides how it is written, read back, checked and told apart. Pure.

Only what somebody said stands in the words, never a default; durations as a configuration writes them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import yaml
from pydantic import ValidationError

from core import yaml_text
from core.checks import cross_check
from core.config import Config, problems_of
from core.errors import ConfigError, Problem
from core.rule_config import Rule
from core.setting import Part, written

Words = Mapping[str, Any]

_FIRST = ("kind", "label", "label_en", "metric")
_LAST = ("severity", "levels", "class_code", "owner", "reason", "runbook", "valid", "drill", "enabled")
_LIMIT = ("named", "span", "above", "below", "clear", "hold", "severity")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # of a rule that somebody adds
MOST_BYTES = 64 * 1024


class _Rules(Part):
    """Read through a mapping, so that problems have the path they have in a configuration."""

    rules: dict[str, Rule]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two revisions differ; None: it says nothing there."""

    path: str
    before: Any
    after: Any


def words_of(rule: Rule) -> dict[str, Any]:
    """What a rule says, as JSON knows it, in the order in which people read it."""
    return ordered(_plain(rule.model_dump(exclude_unset=True)))


def _plain(value: Any) -> Any:
    match value:
        case timedelta():
            return written(value)
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return int(value)
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case _:
            return value


def ordered(words: Words, first: tuple[str, ...] = _FIRST, last: tuple[str, ...] = _LAST) -> dict[str, Any]:
    """The same words: what it is first, what to do about it last; of a limit the limit first."""
    between = [key for key in words if key not in first and key not in last]
    return {key: _ordered(words[key]) for key in (*first, *between, *last) if key in words}


def _ordered(value: Any) -> Any:
    match value:
        case Mapping():
            return ordered(value, _LIMIT, ())
        case list() | tuple():
            return [_ordered(one) for one in value]
        case _:
            return value


def read_rule(name: str, words: object) -> Rule:
    """The rule that words mean. Raises `ConfigError` with every problem."""
    try:
        return _Rules.model_validate({"rules": {name: words}}).rules[name]
    except ValidationError as error:
        raise ConfigError(name, problems_of(error)) from error


def check_rule(name: str, words: object, config: Config, others: Mapping[str, Words]) -> tuple[Rule | None, list[Problem]]:
    """A rule as it would stand in this city: read, and seen together with the metrics, classes and other rules."""
    problems: list[Problem] = []
    rule = None
    try:
        rule = read_rule(name, words)
    except ConfigError as error:
        problems += error.problems
    raw = {**config.model_dump(mode="json", exclude={"rules", "feeds"}), "rules": {**others, name: words}}
    problems += [one for one in cross_check(raw) if one.path == f"rules.{name}" or one.path.startswith(f"rules.{name}.")]
    return rule, problems


def differences(before: Words | None, after: Words | None) -> list[Difference]:
    """Where two revisions differ, by path; a withdrawn rule says nothing."""
    old, new = dict(_leaves(ordered(before or {}))), dict(_leaves(ordered(after or {})))
    paths = [*new, *(path for path in old if path not in new)]
    return [Difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    match value:
        case Mapping():
            for key, one in value.items():
                yield from _leaves(one, f"{path}.{key}" if path else str(key))
        case list() | tuple() if any(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value):
                yield from _leaves(one, f"{path}.{number}")
        case _:
            yield path, value


def write_yaml(words: Words) -> str:
    """A rule as people edit it."""
    return yaml.dump(ordered(words), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


class _Dumper(yaml.SafeDumper):
    """Lists of plain values in one line, as configurations have them."""


def _list(dumper: yaml.SafeDumper, value: Sequence[Any]) -> yaml.Node:
    nested = any(isinstance(one, Mapping) for one in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=not nested)


_Dumper.add_representer(list, _list)


def read_yaml_words(text: str) -> tuple[object, dict[str, int]]:
    """What somebody wrote, and the line (from 1) of each path in it. Raises `ConfigError` where it is no YAML or too long."""
    if len(text.encode()) > MOST_BYTES:
        raise ConfigError("", [Problem("", f"longer than {MOST_BYTES // 1024} kB", "a rule is a few hundred letters")])
    try:
        words, node = yaml_text.read(text)
    except yaml.YAMLError as error:
        raise ConfigError("", [yaml_text.problem_of(error)]) from error
    return words, dict(yaml_text.lines(node))


def line_of(lines: Mapping[str, int], path: str) -> int | None:
    """The line of a path of the rule itself (`levels.0.above`), or of the nearest part above it that was written."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return None
