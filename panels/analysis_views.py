"""Trends, hot spots and exceedances under `/analysis`: their frames, drawn once and unknown, and the links that all of analysis shares.

Each view's ES module fills its frame from `GET /trends/{subject}` or `GET /exceedances`; every figure there opens its rows.
"""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import given, head, icon, may_open, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

# view → its ES module and its panels: name, symbol
VIEWS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "trends": ("analysis-trends.js", (("ranking", "chart-bar"), ("course", "chart-line"), ("week", "calendar-clock"))),
    "hot-spots": ("analysis-spots.js", (("spots", "flame"), ("map", "map-pinned"))),
    "exceedances": ("analysis-exceedances.js", (("hours", "gauge"), ("course", "chart-line"), ("limits", "sliders-horizontal"))),
}
_SECTIONS = ("", *VIEWS, "themes")


def view(page: Page, name: str) -> Component:
    """One of `VIEWS` for one reader; the same page gives the same tree."""
    module, panels = VIEWS[name]
    bar = html.Section(
        [slot("tools", className="an-tools"), slot("said", className="an-said", role="status")], className="an-bar",
        **marks({"data-panel": "analysis-tools", "aria-label": page.text("trends.tools")}),
    )  # fmt: skip
    strip = html.Section(slot("cards", className="an-cards"), className="an-strip", **marks({"data-panel": "analysis-total"}))
    body = html.Div([bar, strip, *(_panel(page.text, name, *one) for one in panels)], className=f"analysis-body an-view an-view-{name}")
    config = {**given(page.config), "may_open": may_open(page, "/dispatch"), "view": name}
    return shell(page, "duty", module, [head(page, "/analysis"), sections(page, name), body], config)


def sections(page: Page, here: str) -> Component:
    """The links from one page of analysis to the others; those the reader may not open are not there."""
    links = [
        html.A(
            page.text(f"trends.section.{name or 'evaluation'}"), href=f"/analysis/{name}".rstrip("/"), className="an-section",
            **marks({"aria-current": "page"} if name == here else {}),
        )
        for name in _SECTIONS if may_open(page, f"/analysis/{name}".rstrip("/")) and (name != "themes" or page.config.themes)
    ]  # fmt: skip
    return html.Nav(links, className="an-sections", **marks({"aria-label": page.text("trends.sections")}))


def _panel(text: Text, view_name: str, name: str, symbol: str) -> Component:
    title = html.Header(
        [html.H2([icon(symbol), slot(f"{name}-title", html.Span)]), slot(f"{name}-note", html.Span, className="an-note")],
        className="an-title",
    )
    return html.Section(
        [title, slot(name, className="an-scroll")], className=f"an-panel an-of-{name}",
        **marks({"data-panel": f"analysis-{name}", "aria-label": text(f"trends.{view_name}.{name}")}),
    )  # fmt: skip
