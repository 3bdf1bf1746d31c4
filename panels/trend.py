"""Signals of today against yesterday, by the quarter of an hour: the frame of the chart. `assets/wall-trend.js` draws it."""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import figure, panel, slot


def trend(page: Page) -> Component:
    text = page.text
    note = html.Span(
        [
            html.Span([html.I(className="line line-today"), text("trend.today")]),
            html.Span([html.I(className="line line-yesterday"), text("trend.yesterday")]),
        ],
        className="keys",
    )
    running = html.P(
        [html.Span(text("trend.running"), className="dim"), figure("signals_quarter", unit=text("unit.items"), kind="small-figure")],
        className="running",
    )
    chart = html.Div([slot("trend", "chart"), running], className="chart-frame")
    return panel("trend", text("panel.trend"), [chart], note=note, kind="panel-trend")
