"""`/admin/catalogue`: the indicators of the catalogue beside one of them, said anew with a reason; definitions and values come by file.

Draws the frame once; `assets/admin-catalogue.js` fills it from `GET /catalogue`. Wears the duty desk's clothes.
"""

from dash import html
from dash.development.base_component import Component

from panels.admin_sections import heading, keeps_city, sections
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text = page.text
    title = html.Header([heading(text, "catalogue"), slot("count", html.Span, className="a-note")], className="a-title")
    tools = html.Div(
        [html.Label([icon("search"), slot("search", html.Span)], className="a-search"), slot("upload", html.Span)], className="a-tools"
    )
    cards = html.Section([title, tools, slot("cards", className="a-scroll")], className="a-panel a-list", **marks({"data-panel": "cards"}))
    one = html.Section(
        [slot("heading", html.Header, className="a-heading"), slot("card", className="a-tab a-scroll")],
        className="a-panel a-rule",
        **marks({"data-panel": "card"}),
    )
    body = html.Div([cards, one], className="admin-body")
    told = {**given(page.config), "whole": keeps_city(page)}
    return shell(page, "duty", "admin-catalogue.js", [head(page, "/admin"), sections(text, "catalogue"), body], told)
