"""Open alerts, the newest on top: severity, what, where, since when, and who has it. Rows belong to the browser."""

from dash import html
from dash.development.base_component import Component

from maps.ramp import MARKS
from panels.frame import Page
from panels.parts import figure, panel, row_list


def alert_list(page: Page) -> Component:
    text = page.text
    levels = html.Span(
        [
            html.Span([text("alerts.unack"), figure("alerts_unack", kind="small-figure")], className="pair"),
            html.Span([text(MARKS[5].name), figure("alerts_open_5", kind="small-figure")], className="pair"),
        ],
        className="keys",
    )
    return panel("alerts", text("panel.alerts"), [row_list("alerts", empty=text("alerts.none"))], note=levels, kind="panel-alerts")
