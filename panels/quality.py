"""`/quality`, the desk's page of data quality: feeds in the present hour, devices of the last measured one, the air's index.

Draws the frame once and unknown; `assets/quality.js` fills it from `GET /quality` and `GET /derived`. Wears the duty desk's clothes.
"""

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import UNKNOWN, marks
from panels.text import Text

# name of the figure and its icon; the first two are shares in percent
FIGURES = (
    ("usable", "badge-check"), ("complete", "gauge"), ("silent", "wifi-off"), ("late", "clock-alert"), ("out_of_range", "triangle-alert"),
    ("stuck", "pause"), ("jumps", "zap"), ("future", "alarm-clock"), ("nulls", "circle-help"),
)  # fmt: skip


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text = page.text
    body = html.Div(
        [
            _panel(text, "hour", "badge-check", [html.Div([_figure(text, *one) for one in FIGURES], className="q-figures")]),
            _panel(text, "feeds", "radio-tower", [slot("feeds", className="q-scroll", tabIndex="0")]),
            _panel(text, "air", "wind", [slot("air", className="q-scroll", tabIndex="0")]),
            _panel(text, "devices", "cpu", [slot("devices", className="q-scroll", tabIndex="0")]),
        ],
        className="quality-body",
    )
    return shell(page, "duty", "quality.js", [head(page, "/quality"), body], given(page.config))


def _panel(text: Text, name: str, symbol: str, children: list[Component]) -> Component:
    title = html.Header(
        [html.H2([icon(symbol), text(f"quality.{name}")]), slot(f"{name}-note", html.Span, className="q-note")], className="q-title"
    )
    return html.Section([title, *children], className=f"q-panel q-{name}", **marks({"data-panel": f"quality-{name}"}))


def _figure(text: Text, name: str, symbol: str) -> Component:
    number = html.B(UNKNOWN, className="num unknown", **marks({"data-figure": f"quality_{name}", "data-value": "", "data-age": ""}))
    label = html.Span([icon(symbol), text(f"quality.of.{name}")], className="q-label")
    return html.Div([label, number], className="q-figure", title=text(f"quality.about.{name}"))
