"""Open incidents, the gravest on top: what, where, since when, of how many parts, and who has it. Rows belong to the browser."""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import figure, panel, row_list


def incident_list(page: Page) -> Component:
    text = page.text
    note = html.Span(
        [html.Span([text("incidents.unowned"), figure("incidents_unowned", kind="small-figure")], className="pair")], className="keys"
    )
    rows = row_list("incidents", empty=text("incidents.none"))
    return panel("incidents", text("panel.incidents"), [rows], note=note, kind="panel-incidents")
