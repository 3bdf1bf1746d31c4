"""`/admin/rules`, where an admin reads and changes rules: the list beside one rule with its words, its history and a backtest.

The other sections of `/admin` are the modules named below. Draws the frame once; `assets/admin.js` fills it from `GET /rules`, which
decides what is right. Wears the duty desk's clothes.
"""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from core.rule_config import RULE_KINDS
from maps import chart
from panels import admin_calendar, admin_catalogue, admin_organisation, admin_routing, admin_standards, screens
from panels.admin_sections import heading, sections
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

OTHERS = {
    "organisation": admin_organisation.view, "routing": admin_routing.view,
    "standards": admin_standards.view, "calendar": admin_calendar.view, "screens": screens.view,
    "catalogue": admin_catalogue.view,
}  # fmt: skip
TABS = (("words", "pencil"), ("backtest", "chart-bar"), ("history", "history"))


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    section, _, rule = page.rest.partition("/")
    if section in OTHERS:
        return OTHERS[section](page)
    body = html.Div([_list(page.text), _rule(page.text)], className="admin-body")
    return shell(page, "duty", "admin.js", [head(page, "/admin"), sections(page.text, "rules"), body],
                 {**given(page.config), "rule": rule, "kinds": sorted(RULE_KINDS)})  # fmt: skip


def _list(text: Text) -> Component:
    search = html.Label(
        [icon("search"), slot("search", html.Span)], className="a-search", title=text("admin.search_about")
    )  # the browser owns the field: React would take its text back
    title = html.Header([heading(text, "rules"), slot("count", html.Span, className="a-note")], className="a-title")
    tools = html.Div([search, slot("kinds", html.Span), slot("new", html.Span)], className="a-tools")
    return html.Section([title, tools, slot("rules", className="a-scroll")], className="a-panel a-list", **marks({"data-panel": "rules"}))


def _rule(text: Text) -> Component:
    tabs = [
        html.Button([icon(symbol), text(f"admin.tab.{name}")], type="button", role="tab", **marks({"data-tab": name}))
        for name, symbol in TABS
    ]
    return html.Section(
        [
            slot("heading", html.Header, className="a-heading"),
            html.Div(tabs, className="a-tabs", role="tablist", **marks({"aria-label": text("admin.tabs")})),
            slot("words", className="a-tab", role="tabpanel"),
            html.Div([slot("asked", className="a-asked"), slot("sums", className="a-sums"), _chart(), slot("rings", className="a-rings")],
                     className="a-tab", role="tabpanel", **marks({"data-place": "backtest"})),
            slot("history", className="a-tab a-scroll", role="tabpanel"),
        ],
        className="a-panel a-rule",
        **marks({"data-panel": "rule"}),
    )  # fmt: skip


def _chart() -> Component:
    """An empty Plotly chart: Dash brings Plotly with it, `admin-chart.js` draws into it without a callback."""
    return html.Div(
        dcc.Graph(id="rule-chart", figure={"data": [], "layout": chart_layout()}, config={"displayModeBar": False, "responsive": True}),
        className="a-chart",
        **marks({"data-slot": "chart"}),
    )


def chart_layout() -> dict[str, Any]:
    """Rings by time above, how long each lasted below."""
    return chart.layout(
        margin={"l": 48, "r": 14, "t": 26, "b": 30},
        bargap=0.25,
        xaxis=chart.axis(type="date", anchor="y2"),
        yaxis=chart.axis(domain=[0.6, 1], rangemode="tozero", nticks=5),
        yaxis2=chart.axis(domain=[0, 0.44], type="log", nticks=5),
    )
