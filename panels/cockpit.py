"""The leaders' cockpit: the score of the city's vital signs, six figures with trend, comparison, age and a way down to their rows, the
three groups of indicators, risks, rankings, a brief in sentences, and what changed since one left.

Drawn once and unknown; `assets/cockpit.js` fills it from the same stream as every other screen, so that no two panels disagree.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from core.config import Config
from dispatch.cases import ROLES
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
# panels below the six figures, their icons
PANELS = (
    ("score", "gauge"), ("domains", "layers"), ("since", "history"), ("brief", "file-text"), ("trend", "chart-line"),
    ("risks", "shield-alert"), ("coverage", "scan-eye"), ("control", "list-checks"), ("prevention", "shield-check"), ("hotline", "phone"),
    ("vitals", "heart-pulse"), ("ranks", "chart-bar"), ("streets", "map-pinned"), ("economy", "trending-up"),
)  # fmt: skip


def view(page: Page) -> Component:
    """The cockpit for one reader; the same page gives the same tree."""
    text = page.text
    six = html.Section(
        [_card(text, *one) for one in SIX], className="six", **marks({"data-panel": "figures", "aria-label": text("cockpit.six")})
    )
    body = html.Div([six, *(_panel(text, name, f"cockpit.{name}", symbol) for name, symbol in PANELS)], className="cockpit-body")
    own = {"vitals": _vitals(page.config), "issues": bool(page.scope and page.scope.role in ROLES["expedite"])}
    return shell(page, "cockpit", "cockpit.js", [head(page, "/cockpit"), body], {**given(page.config), **own})


def _vitals(config: Config) -> list[dict[str, Any]]:
    """The vital signs that the score is made of; where none is named, all of the city's."""
    named = {sign.vital for sign in config.cockpit.signs if sign.vital}
    return [one.model_dump() for one in config.screens.vitals if not named or f"{one.metric}_{one.fold}" in named]


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
