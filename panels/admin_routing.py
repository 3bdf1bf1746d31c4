"""`/admin/routing`: the rules of who gets which case beside one of them: its words, a trial on past cases, its history.

Draws the frame once; `assets/admin-routing.js` fills it from `GET /routing`. Wears the duty desk's clothes.
"""

from typing import get_args

from dash import html
from dash.development.base_component import Component

from core.rule_parts import Weekday
from panels.admin_sections import heading, keeps_city, sections
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

TABS = (("words", "pencil"), ("trial", "play"), ("history", "history"))


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    _, _, rule = page.rest.partition("/")
    body = html.Div([_list(page.text), _rule(page.text)], className="admin-body")
    told = {**given(page.config), "whole": keeps_city(page), "rule": rule, "weekdays": list(get_args(Weekday))}
    return shell(page, "duty", "admin-routing.js", [head(page, "/admin"), sections(page.text, "routing"), body], told)


def _list(text: Text) -> Component:
    title = html.Header([heading(text, "routing"), slot("count", html.Span, className="a-note")], className="a-title")
    tools = html.Div(
        [html.Label([icon("search"), slot("search", html.Span)], className="a-search"), slot("new", html.Span)], className="a-tools"
    )
    return html.Section([title, tools, slot("rules", className="a-scroll")], className="a-panel a-list", **marks({"data-panel": "routing"}))


def _rule(text: Text) -> Component:
    tabs = [
        html.Button([icon(symbol), text(f"routing.tab.{name}")], type="button", role="tab", **marks({"data-tab": name}))
        for name, symbol in TABS
    ]
    return html.Section(
        [
            slot("heading", html.Header, className="a-heading"),
            html.Div(tabs, className="a-tabs", role="tablist", **marks({"aria-label": text("routing.tabs")})),
            *(slot(name, className="a-tab a-scroll", role="tabpanel") for name, _ in TABS),
        ],
        className="a-panel a-rule",
        **marks({"data-panel": "rule"}),
    )
