"""The weather and its warnings: what the city's own stations measure, and every warning in force with its level and its end.

Which of the vital signs are weather is told by their metric. Issues no warning and translates none.
"""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.kpis import vital_name
from panels.parts import figure, panel, row_list

WEATHER = ("temperature", "wind_speed", "rain")


def weather_warnings(page: Page) -> Component:
    text = page.text
    signs = [vital for vital in page.config.screens.vitals if vital.metric in WEATHER]
    weather = [
        html.Span(
            [
                html.Span(text.label(vital), className="dim"),
                figure(vital_name(vital), unit=page.config.metrics[vital.metric].unit, kind="small-figure"),
            ]
        )
        for vital in sorted(signs, key=lambda one: WEATHER.index(one.metric))
    ]
    note = html.Span(
        [html.Span([text("warnings.in_force"), figure("warnings_open", kind="small-figure")], className="pair")], className="keys"
    )
    children = [html.Div(weather, className="weather-now"), row_list("warnings", empty=text("warnings.none"))]
    return panel("warnings", text("panel.warnings"), children, note=note, kind="panel-warnings")
