"""A page as HTML of its own, without Dash's renderer: a cheap phone should neither load nor run what it does not need.

The tree is the one the router draws for every surface. Decides no content; what it cannot write as HTML it refuses.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

_NAMESPACE = "dash_html_components"
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_NAMES = {"className": "class", "htmlFor": "for", "httpEquiv": "http-equiv", "acceptCharset": "accept-charset"}
_IMPORT = re.compile(r"""^(?:import|export)\s[^'"]*?from\s+['"]\./([\w.-]+\.m?js)['"]""", re.MULTILINE)


def html_of(drawn: Any) -> str:
    """The HTML of a component, a text, a number, a list of them, or None (nothing). Raises `TypeError` for what is no HTML element."""
    if drawn is None or isinstance(drawn, bool):
        return ""
    if isinstance(drawn, (str, int, float)):
        return escape(str(drawn))
    if isinstance(drawn, Component):
        return _element(drawn.to_plotly_json())  # type: ignore[no-untyped-call]
    if isinstance(drawn, Sequence):
        return "".join(map(html_of, drawn))
    raise TypeError(f"{type(drawn).__name__} has no HTML")


def _element(plotted: Mapping[str, Any]) -> str:
    if plotted["namespace"] != _NAMESPACE:
        raise TypeError(f"{plotted['type']} needs Dash's renderer")
    tag, given = plotted["type"].lower(), dict(plotted["props"])
    children = given.pop("children", None)
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in given.items())}>"
    return opening if tag in _VOID else f"{opening}{html_of(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    """As React writes it: a flag that is set has no value, one that is not set is left out; `data-` and `aria-` say true or false."""
    told = name.startswith(("data-", "aria-"))
    if value is None or (value is False and not told):
        return ""
    if not isinstance(value, (str, int, float)):
        raise TypeError(f"{name}: {type(value).__name__} is no attribute")
    name = name if told else _NAMES.get(name, name.lower())
    if isinstance(value, bool):
        return f' {name}="{str(value).lower()}"' if told else f" {name}"
    return f' {name}="{escape(str(value))}"'


def modules_of(assets: Path, module: str) -> tuple[str, ...]:
    """The names of an ES module in `assets` and of all it imports at once: a browser told of them loads them together, not one by one."""
    found: dict[str, None] = {module: None}
    waiting = [module]
    while waiting:
        for name in _IMPORT.findall((assets / waiting.pop()).read_text(encoding="utf-8")):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(found)
