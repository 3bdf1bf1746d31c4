"""The six figures of a wall (`screens.walls`): each with what it is made of, and, where it is unknown, with the word why.

A figure is a shipped one, a vital sign, or one the city describes (`screens.tiles`). Decides how each is drawn, counts nothing.
"""

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from core.config import VitalConfig
from core.screen_config import WallContentConfig
from maps.ramp import MARKS
from panels.frame import Page
from panels.parts import figure, marks, panel, slot
from panels.text import Text

NOUN_UNITS = {"alerts": "unit.items", "incidents": "unit.items", "reports": "unit.items", "cases": "unit.cases"}


def kpis(page: Page, wall: WallContentConfig) -> Component:
    tiles = [tile(page, name) for name in wall.tiles]
    return panel("kpis", page.text("panel.kpis"), [html.Div(tiles, className="tiles")], note=slot("kpis-note"), kind="panel-kpis")


def vital_name(vital: VitalConfig) -> str:
    """The name of its figure: `pm25_mean`."""
    return f"{vital.metric}_{vital.fold}"


def tile(page: Page, name: str) -> Component:
    """One figure with its word, unit and parts. `core.screen_config` saw to it that the name is known."""
    text, screens = page.text, page.config.screens
    if name in SHIPPED:
        unit, parts = SHIPPED[name]
        return _tile(text(f"kpi.{name}"), name, text(unit), parts(text))
    if name in screens.tiles:
        own = screens.tiles[name]
        planned = own.planned_en if page.language == "en" and own.planned_en else own.planned
        unit = text(NOUN_UNITS[own.count]) if own.count else ""
        return _tile(text.label(own), name, unit, [html.Span(planned, className="planned")] if planned else [])
    vital = next(one for one in screens.vitals if vital_name(one) == name)
    return _tile(text.label(vital), name, page.config.metrics[vital.metric].unit, [])


def _tile(title: str, name: str, unit: str, parts: list[Component]) -> Component:
    number = figure(name, unit=unit, kind="kpi-figure")
    below = html.P([*parts, html.Span(className="tile-why", **marks({"data-slot": "why"}))], className="tile-parts")
    return html.Div([html.H3(title), number, below], className=f"tile tile-{name}", **marks({"data-tile": name}))


def _pair(text: Text, key: str, name: str, *, below: bool = False) -> list[Component]:
    """A small figure with its word, in one line or (`below`) under it."""
    parts = [html.Span(text(key), className="dim"), figure(name, kind="small-figure")]
    return parts if below else [html.Span(parts, className="pair")]


def _fraction(text: Text, key: str, above: str, below: str) -> list[Component]:
    """A rate is never shown without what it was divided by."""
    return [
        html.Span(text(key), className="dim"),
        html.Span(
            [figure(above, kind="small-figure"), html.Span("/", className="dim"), figure(below, kind="small-figure")], className="pair"
        ),
    ]


def _severity(text: Text, level: int) -> Component:
    mark = MARKS[level]
    character = mark.letter if text.language == "en" else mark.character
    return html.Span(
        [html.B(character, className=f"mark mark-{level}"), figure(f"alerts_open_{level}", kind="small-figure")], title=text(mark.name)
    )


def _severities(text: Text) -> list[Component]:
    return [html.Span([_severity(text, level) for level in (1, 2, 3, 4)], className="split")]


def _devices(text: Text) -> list[Component]:
    names = {"kpi.online_rate": "online_rate", "kpi.devices_total": "devices_total", "kpi.devices_silent": "devices_silent"}
    return [part for key, name in names.items() for part in _pair(text, key, name)]


# name → the key of its unit, and the figures it is made of
SHIPPED: Mapping[str, tuple[str, Callable[[Text], list[Component]]]] = {
    "signals_today": ("unit.items", lambda text: _pair(text, "kpi.same_time", "signals_change", below=True)),
    "alerts_open": ("unit.items", _severities),
    "cases_open": ("unit.cases", lambda text: _pair(text, "kpi.overdue", "cases_overdue") + _pair(text, "kpi.today", "cases_today")),
    "in_time_rate": ("unit.percent", lambda text: _fraction(text, "kpi.in_time", "closed_in_time", "due_today")),
    "response_mean": ("unit.minutes", lambda text: _pair(text, "kpi.samples", "response_samples", below=True)),
    "devices_online": ("unit.devices", _devices),
    "incidents_open": ("unit.items", lambda text: _pair(text, "kpi.incidents_unowned", "incidents_unowned", below=True)),
    "reports_today": ("unit.items", lambda text: _pair(text, "kpi.reports_open", "reports_open", below=True)),
}
