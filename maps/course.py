"""The empty chart of an indicator's course over periods; the browser fills it. Cartesian only: Plotly's map traces leak."""

import plotly.graph_objects as go

from maps.chart import axis, layout


def empty_course() -> go.Figure:
    """Bars of denominator and numerator on the left axis, the value as a line on the right one; colours come with the theme."""
    course = go.Figure([go.Bar(name="denominator"), go.Bar(name="numerator"), go.Scatter(name="value", mode="lines+markers", yaxis="y2")])
    course.update_layout(
        layout(
            template=None, margin={"l": 8, "r": 8, "t": 8, "b": 8}, barmode="overlay", bargap=0.45, dragmode=False, hovermode="x unified",
            xaxis=axis(type="category", showgrid=False, fixedrange=True),
            yaxis=axis(rangemode="tozero", nticks=5, fixedrange=True),
            yaxis2=axis(overlaying="y", side="right", showgrid=False, nticks=5, fixedrange=True),
        )
    )  # fmt: skip
    return course
