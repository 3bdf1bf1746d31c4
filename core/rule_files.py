"""Files of rules beside `config.yaml`: finds what `rules_files` names and puts their rules under `rules`. Decides whose a problem is.

A file of rules is a mapping with one key, `rules`, and what stands under it is what would stand there in `config.yaml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from core import yaml_text
from core.errors import ConfigError, Problem


@dataclass(slots=True)
class Gathered:
    """A configuration with the rules of all its files, and where each of them stands: `homes` by the name of the rule."""

    raw: Any
    homes: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def placed(self, problem: Problem) -> Problem:
        """The same problem, its path beginning with the file of its rule."""
        parts = problem.path.split(".")
        home = self.homes.get(parts[1]) if parts[0] == "rules" and len(parts) > 1 else None
        return replace(problem, path=f"{home}: {problem.path}") if home else problem


def read_yaml(path: Path, name: str | None = None) -> Any:
    """What a file of YAML says. Raises `ConfigError`, also for a file that is not there."""
    name = name or str(path)
    try:
        return yaml_text.read(path.read_text(encoding="utf-8"))[0]
    except FileNotFoundError as error:
        raise ConfigError(name, [Problem("", "no such file", "set YIPING_CONFIG or run in the repository")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(name, [Problem("", f"not UTF-8 (byte {error.start})", "save it as UTF-8")]) from error
    except yaml.YAMLError as error:
        raise ConfigError(name, [yaml_text.problem_of(error)]) from error


def gather(raw: Any, folder: Path) -> Gathered:
    """The configuration with the rules of the files it names; patterns are of `folder`, where the configuration stands."""
    found = Gathered(raw)
    patterns = raw.get("rules_files") if isinstance(raw, dict) else None
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        return found  # nothing there, or what the configuration's own check refuses
    rules = raw.get("rules")
    merged: dict[Any, Any] = dict(rules) if isinstance(rules, dict) else {}
    seen: set[Path] = set()
    for number, pattern in enumerate(patterns):
        try:
            files = sorted(folder.glob(pattern))
        except (ValueError, NotImplementedError):  # no pattern at all, or an absolute one: told below as one that fits nothing
            files = []
        if not files:
            found.problems.append(Problem(f"rules_files.{number}", f"no file fits '{pattern}'", f"looked in {folder}"))
        for file in (file for file in files if file not in seen):
            seen.add(file)
            _take(file, str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file), merged, found)
    found.raw = {**raw, "rules": merged}
    return found


def _take(file: Path, name: str, merged: dict[Any, Any], found: Gathered) -> None:
    try:
        rules = rules_of(read_yaml(file, name))
    except ConfigError as error:
        found.problems += [Problem(f"{name}: {problem.path}".rstrip(": "), problem.message, problem.hint) for problem in error.problems]
        return
    for rule, words in rules.items():
        if rule in merged:
            other = found.homes.get(str(rule), "config.yaml")
            found.problems.append(Problem(f"{name}: rules.{rule}", f"stands in {other} too", "a rule has one name and one place"))
        else:
            merged[rule] = words
            found.homes[str(rule)] = name


def rules_of(raw: Any) -> Mapping[Any, Any]:
    """The rules of a file that is nothing else. Raises `ConfigError`."""
    problems = list(_shape(raw))
    if problems:
        raise ConfigError("", problems)
    rules: Mapping[Any, Any] = raw["rules"]
    return rules


def _shape(raw: Any) -> Iterator[Problem]:
    if not isinstance(raw, dict) or not isinstance(raw.get("rules"), dict):
        yield Problem("rules", "is missing", "a file of rules begins with 'rules:' and has one rule under each name")
    elif len(raw) > 1:
        others = ", ".join(str(key) for key in raw if key != "rules")
        yield Problem(others, "does not stand in a file of rules", "move it to config.yaml")
