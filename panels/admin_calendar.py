"""`/admin/calendar`: a year of work days with the country's holidays and make-up days, beside the city's own corrections of it.

Draws the frame once; `assets/admin-calendar.js` fills it from `GET /work-days/{year}`. Wears the duty desk's clothes.
"""

from dash import html
from dash.development.base_component import Component

from panels.admin_sections import heading, keeps_city, sections
from panels.duty_frame import given, head, slot
from panels.frame import Page, shell
from panels.parts import marks


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text = page.text
    _, _, year = page.rest.partition("/")
    title = html.Header(
        [heading(text, "calendar"), slot("years", html.Span, className="c-years"), slot("count", html.Span, className="a-note")],
        className="a-title",
    )
    months = html.Section(
        [title, slot("legend", className="c-legend"), slot("months", className="c-months a-scroll")],
        className="a-panel",
        **marks({"data-panel": "months"}),
    )
    beside = html.Section(
        [slot("hours", className="c-hours"), slot("own", className="a-scroll c-beside"), slot("save", className="c-save")],
        className="a-panel",
        **marks({"data-panel": "own"}),
    )
    body = html.Div([months, beside], className="admin-body c-body")
    shown = int(year) if year.isdigit() and len(year) == 4 else None
    told = {**given(page.config), "whole": keeps_city(page), "year": shown}
    return shell(page, "duty", "admin-calendar.js", [head(page, "/admin"), sections(text, "calendar"), body], told)
