"""A wall's vital signs (`screens.walls.*.vitals`): value, how it stands between good and bad, how many devices speak, how old it is.

Among them, as `aqi`, the air quality index of the last whole hour: the server derives it, `assets/wall-air.js` asks. Decides no level.
"""

from dash import html
from dash.development.base_component import Component

from core.config import VitalConfig
from core.screen_config import AIR, WallContentConfig
from panels.frame import Page
from panels.kpis import vital_name
from panels.parts import figure, marks, panel, slot


def vitals(page: Page, wall: WallContentConfig) -> Component:
    known = {vital_name(vital): vital for vital in page.config.screens.vitals}
    rows = [_air(page) if name == AIR else _vital(page, known[name]) for name in wall.vitals or (AIR, *known)]
    return panel(
        "vitals", page.text("panel.vitals"), [html.Div(rows, className="vitals")], note=page.text("vitals.note"), kind="panel-vitals"
    )


def air_subject(page: Page) -> str | None:
    """The area whose index a reader is shown: the city, else the only one they see. One that has no station shows that there is none.

    None for a reader of several areas, each with an index of its own: theirs together has none, and that of the city they are never told.
    """
    city = page.config.area.code
    if page.scope is None or page.scope.sees(city):
        return city
    return page.scope.areas[0] if len(page.scope.areas) == 1 else None


def _air(page: Page) -> Component:
    """Unknown until the server tells an hour: a dash and a word, no step of the ladder lit."""
    word = "air.outside" if air_subject(page) is None else "air.none"
    return html.Div(
        [
            html.Span(page.text("air.index"), className="vital-label"),
            slot("air-ladder", "gauge ladder"),
            figure("aqi", kind="vital-figure"),
            html.Span(page.text(word), className="air-level", **marks({"data-slot": "air-level"})),
            html.Span(className="vital-note", **marks({"data-slot": "air-note"})),
        ],
        className="vital vital-air",
        **marks({"data-vital": "aqi", "data-level": "unknown"}),
    )


def _vital(page: Page, vital: VitalConfig) -> Component:
    metric = page.config.metrics[vital.metric]
    return html.Div(
        [
            html.Span(page.text.label(vital), className="vital-label"),
            slot("gauge", "gauge"),
            figure(vital_name(vital), unit=metric.unit, kind="vital-figure"),
            html.Span(className="vital-note", **marks({"data-slot": "vital-note"})),
        ],
        className="vital",
        **marks({"data-vital": vital_name(vital)}),
    )
