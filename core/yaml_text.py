"""YAML as it may be written here: configurations, files of rules, stories, rules edited on a screen. Reads it strictly, means nothing.

Refused with their line: a key that stands twice (YAML takes the last, silently), anchors and aliases (a few lines of them unfold to
billions), and more than twenty levels.
"""

from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from core.errors import Problem
from core.plain import fault_of

DEEPEST = 20


class Refused(yaml.MarkedYAMLError):
    """YAML, but not such as is taken here."""


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._path: list[str] = []

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise Refused(problem="anchors (&) and aliases (*) are not taken: write it out", problem_mark=event.start_mark)
        if len(self._path) > DEEPEST:
            raise Refused(problem=f"nested more than {DEEPEST} deep", problem_mark=event.start_mark)
        self._path.append(str(getattr(index, "value", index)))
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            self._demand_keys_once(node)
        self._path.pop()
        return node

    def _demand_keys_once(self, node: yaml.MappingNode) -> None:
        lines: dict[Hashable, int] = {}
        for key, _ in node.value:
            word = (key.tag, key.value if isinstance(key.value, str) else id(key))
            if word in lines:
                path = ".".join([*self._path[1:], str(key.value)])
                raise Refused(problem=f"{path} stands twice, first in line {lines[word]}: take one away", problem_mark=key.start_mark)
            lines[word] = key.start_mark.line + 1


def read(text: str) -> tuple[Any, yaml.Node | None]:
    """What a text says, and its nodes. Raises `yaml.YAMLError`, of which `problem_of` makes words."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        said = None if node is None else loader.construct_document(node)
    except ValueError as error:  # 2026-02-30; a number of five thousand digits
        raise Refused(problem=str(error)) from error
    finally:
        loader.dispose()
    if fault := fault_of(said, DEEPEST):
        raise Refused(problem=fault)
    return said, node


def problem_of(error: yaml.YAMLError) -> Problem:
    """Where a text stops being YAML, or such as is taken."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    said = getattr(error, "problem", None) or str(error)
    return Problem(where, said if isinstance(error, Refused) else f"not YAML: {said}")


def lines(node: yaml.Node | None, path: str = "") -> Iterator[tuple[str, int]]:
    """The line (from 1) of each path below a node."""
    children: list[tuple[str, yaml.Node, int]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), value, key.start_mark.line + 1) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(number), value, value.start_mark.line + 1) for number, value in enumerate(node.value)]
    for name, value, line in children:
        below = f"{path}.{name}" if path else name
        yield below, line
        yield from lines(value, below)
