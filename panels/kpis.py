"""The six figures that answer "is the city well?": each with what it is made of (its parts, numerator and denominator)."""

from dash import html
from dash.development.base_component import Component

from maps.ramp import MARKS
from panels.frame import Page
from panels.parts import figure, panel
from panels.text import Text


def kpis(page: Page) -> Component:
    text = page.text
    tiles = [
        _tile(text, "signals_today", "unit.items", _pair(text, "kpi.same_time", "signals_change", below=True)),
        _tile(text, "alerts_open", "unit.items", [html.Span([_severity(text, level) for level in (1, 2, 3, 4)], className="split")]),
        _tile(text, "cases_open", "unit.cases", _pair(text, "kpi.overdue", "cases_overdue") + _pair(text, "kpi.today", "cases_today")),
        _tile(text, "in_time_rate", "unit.percent", _fraction(text, "kpi.in_time", "closed_in_time", "due_today")),
        _tile(text, "response_mean", "unit.minutes", _pair(text, "kpi.samples", "response_samples", below=True)),
        _tile(
            text,
            "devices_online",
            "unit.devices",
            _pair(text, "kpi.online_rate", "online_rate")
            + _pair(text, "kpi.devices_total", "devices_total")
            + _pair(text, "kpi.devices_silent", "devices_silent"),
        ),
    ]
    return panel("kpis", text("panel.kpis"), [html.Div(tiles, className="tiles")], kind="panel-kpis")


def _tile(text: Text, name: str, unit: str, parts: list[Component]) -> Component:
    return html.Div(
        [html.H3(text(f"kpi.{name}")), figure(name, unit=text(unit), kind="kpi-figure"), html.P(parts, className="tile-parts")],
        className=f"tile tile-{name}",
    )


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
