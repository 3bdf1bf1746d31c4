"""`/analysis` and the pages under it: evaluation itself (figures of a period, their rank, course, frozen reports), the way to the others.

Draws the frame once and unknown; `assets/analysis.js` fills it from `GET /indicators/{subject}` and `GET /evaluations`. Trends, hot spots
and exceedances stand in `panels.analysis_views`, theme pages in `panels.themes`. Wears the duty desk's clothes.
"""

from dash import dcc, html
from dash.development.base_component import Component

from maps.course import empty_course
from panels import analysis_views, themes
from panels.analysis_views import sections
from panels.duty_frame import given, head, icon, may_open, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

ISSUERS = ("leader", "supervisor", "dispatcher", "admin")


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    first, _, rest = page.rest.partition("/")
    if first == "themes":
        return themes.view(page, rest)
    return analysis_views.view(page, first) if first in analysis_views.VIEWS else _evaluation(page)


def _evaluation(page: Page) -> Component:
    text = page.text
    body = html.Div(
        [
            html.Section(slot("tools", className="an-tools"), className="an-bar", **marks({"data-panel": "analysis-tools"})),
            html.Section(slot("cards", className="an-cards"), className="an-strip", **marks({"data-panel": "analysis-total"})),
            _panel(text, "ranking", "chart-bar", [slot("ranking", className="an-scroll")]),
            _panel(text, "matrix", "grid-3x3", [slot("matrix", className="an-scroll")]),
            _panel(text, "course", "chart-line", [_chart()]),
            _panel(text, "reports", "file-text", [slot("reports", className="an-scroll")]),
        ],
        className="analysis-body",
    )
    role = page.scope.role if page.scope else ""
    mine = page.scope.areas[0] if page.scope and len(page.scope.areas) == 1 else page.config.area.code
    config = {**given(page.config), "may_issue": role in ISSUERS, "may_open": may_open(page, "/dispatch"), "own_area": mine}
    return shell(page, "duty", "analysis.js", [head(page, "/analysis"), sections(page, ""), body], config)


def _panel(text: Text, name: str, symbol: str, children: list[Component]) -> Component:
    title = html.Header(
        [html.H2([icon(symbol), slot(f"{name}-title", html.Span)]), slot(f"{name}-note", html.Span, className="an-note")],
        className="an-title",
    )
    return html.Section(
        [title, *children],
        className=f"an-panel an-{name}",
        **marks({"data-panel": f"analysis-{name}", "aria-label": text(f"analysis.{name}")}),
    )


def _chart() -> Component:
    """An empty Plotly chart, its periods beneath: Dash brings Plotly with it, `analysis-chart.js` draws into it without a callback."""
    return html.Div(
        [
            dcc.Graph(id="course-chart", figure=empty_course(), config={"displayModeBar": False, "responsive": True}),
            slot("periods", html.Ol, className="an-periods"),
            slot("course-none", className="an-none", hidden=True),
        ],
        className="an-chart",
    )
