"""`/admin/standards`: the classes of the city's table beside the conditions and limits of one; the table itself comes by file.

Draws the frame once; `assets/admin-standards.js` fills it from `GET /standards`. Wears the duty desk's clothes.
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
    title = html.Header([heading(text, "standards"), slot("count", html.Span, className="a-note")], className="a-title")
    tools = html.Div(
        [
            html.Label([icon("search"), slot("search", html.Span)], className="a-search"),
            slot("kinds", html.Span),
            slot("upload", html.Span),
        ],
        className="a-tools",
    )
    classes = html.Section(
        [title, tools, slot("classes", className="a-scroll")], className="a-panel a-list", **marks({"data-panel": "classes"})
    )
    one = html.Section(
        [slot("heading", html.Header, className="a-heading"), slot("conditions", className="a-tab a-scroll")],
        className="a-panel a-rule",
        **marks({"data-panel": "standard"}),
    )
    body = html.Div([classes, one], className="admin-body")
    told = {**given(page.config), "whole": keeps_city(page)}
    return shell(page, "duty", "admin-standards.js", [head(page, "/admin"), sections(text, "standards"), body], told)
