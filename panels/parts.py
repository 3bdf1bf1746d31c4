"""The parts every screen is made of: a panel, a figure, a severity mark. They carry the `data-` names robots and scripts rely on.

A figure is drawn unknown (a grey dash, no value, no age) and stays so until the stream says otherwise: nothing is ever falsely green.
"""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

UNKNOWN = "—"


def marks(names: Mapping[str, str]) -> dict[str, Any]:
    """`data-` and `aria-` attributes for a component; Dash takes them as keywords that no type checker knows."""
    return dict(names)


def panel(name: str, title: str, children: list[Any], *, note: Any = None, kind: str = "") -> Component:
    """A titled panel. `note` stands at the right of the title: a unit, a count, a legend."""
    head = html.Header([html.H2(title), html.Span(note, className="panel-note") if note is not None else None], className="panel-head")
    return html.Section([head, *children], className=f"panel {kind}".strip(), **marks({"data-panel": name}))


def figure(name: str, *, unit: str = "", kind: str = "figure") -> Component:
    """A number with its unit. The number's own element carries `data-figure`, `data-value` and `data-age`."""
    number = html.Span(UNKNOWN, className=f"{kind} unknown", **marks({"data-figure": name, "data-value": "", "data-age": ""}))
    return html.Span([number, html.Span(unit, className="unit") if unit else None], className="measured")


def row_list(name: str, *, empty: str) -> Component:
    """An empty list the browser fills; `empty` is what it says when there is nothing, which is a statement and not a blank."""
    return html.Ol(className=f"rows rows-{name}", **marks({"data-list": name, "data-empty": empty}))


def slot(name: str, kind: str = "") -> Component:
    """A place whose content belongs to the browser alone."""
    return html.Div(className=kind or name, **marks({"data-slot": name}))
