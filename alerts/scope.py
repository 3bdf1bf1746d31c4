"""Whom a rule concerns, and how those that concern a device are found without asking every rule. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from core.names import fits
from core.rule_parts import ScopedRule

Word: TypeAlias = tuple[str, str]  # which scope, and what it says
ANY: Word = ("", "")
Span: TypeAlias = tuple[str, int, int]  # a scope of which a device has a word by its first and last letters, and how many of each


class Concerned(Protocol):
    """What a rule's scope asks of a device; `core.facts.KnownDevice` tells all of it."""

    @property
    def device(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def cell_code(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def tags(self) -> Sequence[str]: ...


def concerns(rule: ScopedRule, device: Concerned) -> bool:
    """Whether a device lies in every scope that the rule names."""
    return (
        (not rule.domains or device.domain in rule.domains)
        and (not rule.areas or device.area.startswith(rule.areas))
        and (not rule.cells or device.cell_code in rule.cells)
        and (not rule.kinds or device.kind in rule.kinds)
        and (not rule.tags or not set(rule.tags).isdisjoint(device.tags))
        and (not rule.devices or any(fits(pattern, device.device) for pattern in rule.devices))
    )


def anchors(rule: ScopedRule) -> list[Word]:
    """The words under which a rule is filed: those of the scope that leaves the fewest devices. Whom it concerns has one of them."""
    if rule.devices:
        return [
            ("device", name) if "*" not in name else ("names", f"{name.partition('*')[0]}*{name.rpartition('*')[2]}")
            for name in rule.devices
        ]
    for scope in ("cells", "tags", "kinds", "areas", "domains"):
        if named := getattr(rule, scope):
            return [(scope, word) for word in named]
    return [ANY]


def is_told_by_anchor(rule: ScopedRule) -> bool:
    """Whether the words under which it is filed say all: it names one scope at most, and any letters stand in one place of a name."""
    named = [scope for scope in ("devices", "cells", "tags", "kinds", "areas", "domains") if getattr(rule, scope)]
    return len(named) <= 1 and not any(name.count("*") > 1 for name in rule.devices)


def span(word: Word) -> Span | None:
    """How many letters of a device it takes to find a word; None: the device says it whole.

    By both ends of a name: two thousand rules on `load-*00` … `load-*99` asked one by one were 5 ms a device, and after every new rule.
    """
    scope, said = word
    if scope == "areas":
        return scope, len(said), 0
    first, _, last = said.partition("*")
    return (scope, len(first), len(last)) if scope == "names" else None


def words(device: Concerned, spans: Iterable[Span]) -> Iterator[Word]:
    """Every word under which a rule on this device may be filed. `spans`: of the words (of names, of areas) that are filed."""
    yield ANY
    yield "device", device.device
    yield "domains", device.domain
    if device.cell_code:
        yield "cells", device.cell_code
    if device.kind:
        yield "kinds", device.kind
    for tag in device.tags:
        yield "tags", tag
    for scope, first, last in spans:
        said = device.area if scope == "areas" else device.device
        if len(said) >= first + last:
            yield scope, said[:first] if scope == "areas" else f"{said[:first]}*{said[len(said) - last :]}"
