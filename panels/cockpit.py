"""The leaders' cockpit: six figures with trend, comparison, age and a way down to their rows; vital signs; a brief in sentences.

Drawn once and unknown; `assets/cockpit.js` fills it from the same stream as every other screen, so that no two panels disagree.
"""

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

# name of the figure, its unit's key, its icon
SIX = (
    ("signals", "cockpit.unit.items", "activity"),
    ("alerts", "cockpit.unit.items", "bell-ring"),
    ("cases", "cockpit.unit.cases", "clipboard-list"),
    ("in_time", "cockpit.unit.percent", "clock"),
    ("response", "cockpit.unit.minutes", "timer"),
    ("online", "cockpit.unit.percent", "radio-tower"),
)


def view(page: Page) -> Component:
    """The cockpit for one reader; the same page gives the same tree."""
    text = page.text
    vitals = [one.model_dump() for one in page.config.screens.vitals]
    body = html.Div(
        [
            html.Section(
                [_card(text, *one) for one in SIX], className="six", **marks({"data-panel": "figures", "aria-label": text("cockpit.six")})
            ),
            _panel(text, "brief", "cockpit.brief", "file-text"),
            _panel(text, "trend", "cockpit.trend", "chart-line"),
            _panel(text, "vitals", "cockpit.vitals", "heart-pulse"),
            _panel(text, "streets", "cockpit.streets", "map-pinned"),
        ],
        className="cockpit-body",
    )
    return shell(page, "cockpit", "cockpit.js", [head(page, "/cockpit"), body], {**given(page.config), "vitals": vitals})


def _card(text: Text, name: str, unit: str, symbol: str) -> Component:
    """One figure, unknown until the stream tells it. The button around it opens its rows."""
    return html.Button(
        [
            html.Span(
                [icon(symbol), html.Span(text(f"cockpit.{name}")), html.Span(className="card-age", **marks({"data-slot": f"{name}-age"}))],
                className="card-head",
            ),
            html.Span(
                [
                    html.B("—", className="card-value num unknown", **marks({"data-figure": name, "data-value": "", "data-age": ""})),
                    html.Span(text(unit) if text(unit) else "", className="card-unit"),
                    html.Span(className="card-levels", **marks({"data-slot": f"{name}-levels"})),
                ],
                className="card-number",
            ),
            html.Span(className="card-of", **marks({"data-slot": f"{name}-of"})),
            html.Span(className="card-line", **marks({"data-slot": f"{name}-line"})),
            html.Span(
                [
                    html.Span(className="card-change", **marks({"data-slot": f"{name}-change"})),
                    html.Span([text("cockpit.rows"), icon("chevron-right")], className="card-more"),
                ],
                className="card-foot",
            ),
        ],
        type="button",
        className="card",
        **marks({"data-do": name, "data-panel": f"figure-{name}"}),
    )


def _panel(text: Text, name: str, title: str, symbol: str) -> Component:
    return html.Section(
        [
            html.Header([html.H2([icon(symbol), text(title)]), slot(f"{name}-note", className="panel-note")], className="panel-title"),
            slot(name, className=f"panel-{name}"),
        ],
        className=f"cockpit-panel area-{name}",
        **marks({"data-panel": name}),
    )
