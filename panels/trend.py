"""Signals of today against yesterday, by the quarter of an hour. Python gives the empty chart; `assets/wall-trend.js` fills it.

The hours to come are blank and the running quarter is drawn hollow: what is not over is not compared.
"""

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import figure, panel

ACCENT = "#37c8ff"


def empty_chart() -> go.Figure:
    """Three traces in a fixed order: yesterday, today's finished quarters, the running quarter. Cartesian only."""
    chart = go.Figure(
        [
            go.Scatter(name="yesterday", mode="lines", line={"color": "#8fa9c9", "width": 1.4, "dash": "dot"}, hoverinfo="skip"),
            go.Scatter(name="today", mode="lines", line={"color": ACCENT, "width": 2.4}, fill="tozeroy", fillcolor="rgba(55,200,255,0.16)"),
            go.Scatter(name="running", mode="markers", marker={"color": "#06142b", "size": 9, "line": {"color": ACCENT, "width": 2.2}}),
        ]
    )
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"color": "#9db4d3"}}
    chart.update_layout(
        template=None,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 34, "r": 8, "t": 8, "b": 24},
        showlegend=False,
        dragmode=False,
        xaxis={**axis, "type": "date", "tickformat": "%H"},
        yaxis={**axis, "rangemode": "tozero", "showgrid": True, "gridcolor": "rgba(140,180,230,0.12)", "nticks": 5},
    )
    return chart


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
        figure=empty_chart(),
        config={"displayModeBar": False, "staticPlot": True, "responsive": True},
        className="chart",
    )
    running = html.P([html.Span(text("trend.running"), className="dim"), figure("signals_quarter", unit=text("unit.items"), kind="small-figure")], className="running")
    return panel("trend", text("panel.trend"), [html.Div([chart, running], className="chart-frame")], note=note, kind="panel-trend")
