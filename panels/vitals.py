"""The city's vital signs (`screens.vitals`): value, how it stands between good and bad, how many devices speak, how old it is."""

from dash import html
from dash.development.base_component import Component

from core.config import VitalConfig
from panels.frame import Page
from panels.parts import figure, marks, panel, slot


def vitals(page: Page) -> Component:
    rows = [_vital(page, vital) for vital in page.config.screens.vitals]
    return panel(
        "vitals", page.text("panel.vitals"), [html.Div(rows, className="vitals")], note=page.text("vitals.note"), kind="panel-vitals"
    )


def vital_name(vital: VitalConfig) -> str:
    """The name of its figure: `pm25_mean`."""
    return f"{vital.metric}_{vital.fold}"


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
