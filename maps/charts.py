"""Empty Plotly charts: axes, traces and colours; the browser fills them from the stream. Cartesian only: Plotly's map traces leak."""

import plotly.graph_objects as go

ACCENT = "#37c8ff"


def empty_trend() -> go.Figure:
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
