"""Signals of today against yesterday, by the quarter of an hour. Python gives the empty chart; `assets/wall-trend.js` fills it.

The hours to come are blank and the running quarter is drawn hollow: what is not over is not compared.
"""

from dash import dcc, html
from dash.development.base_component import Component

from maps.charts import empty_trend
from panels.frame import Page
from panels.parts import figure, panel


def trend(page: Page) -> Component:
    text = page.text
    note = html.Span(
        [
            html.Span([html.I(className="line line-today"), text("trend.today")]),
            html.Span([html.I(className="line line-yesterday"), text("trend.yesterday")]),
        ],
        className="keys",
    )
    chart = dcc.Graph(
        id="trend",
        figure=empty_trend(),
        config={"displayModeBar": False, "staticPlot": True, "responsive": True},
        className="chart",
    )
    running = html.P(
        [html.Span(text("trend.running"), className="dim"), figure("signals_quarter", unit=text("unit.items"), kind="small-figure")],
        className="running",
    )
    return panel("trend", text("panel.trend"), [html.Div([chart, running], className="chart-frame")], note=note, kind="panel-trend")
