"""`/incident/{id}`, one incident whole: what it says, where, of which parts and why, who did what, cases, pictures, what was like it.

Draws the frame once; `assets/incident.js` fills it from `GET /incidents/{id}`. Reads only: acts are the duty desk's. Wears its clothes.
"""

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import given, head, icon, may_open, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.screens import CASTERS
from panels.text import Text

# panels of the three columns, with their icons
COLUMNS = (
    (("place", "map"), ("resources", "users"), ("pictures", "image")),
    (("emergency", "siren"), ("parts", "git-merge"), ("works", "construction")),
    (("cases", "clipboard-list"), ("record", "history"), ("similar", "repeat"), ("nearby", "radio-tower")),
)


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text, number = page.text, page.rest
    desk = page.scope is not None and page.scope.role not in page.config.modules["duty"].unlisted and may_open(page, "/duty")
    casts = page.scope is not None and page.scope.role in CASTERS
    if not number.isdigit() or len(number) > 18:
        body = html.Div(html.P(text("incident.unknown", id=number or "?")), className="incident-body incident-none")
        return shell(page, "duty", "incident.js", [head(page, "/incident"), body], given(page.config))
    body = html.Div(
        [slot("banner", html.Section, className="i-banner", **marks({"data-panel": "incident", "data-id": number}))]
        + [html.Div([_panel(text, *one) for one in column], className="i-column") for column in COLUMNS],
        className="incident-body",
    )
    config = {**given(page.config), "incident": int(number), "desk": desk, "casts": casts, "watches": may_open(page, "/cameras")}
    return shell(page, "duty", "incident.js", [head(page, "/incident"), body], config)


def _panel(text: Text, name: str, symbol: str) -> Component:
    title = html.Header(
        [html.H2([icon(symbol), text(f"incident.{name}")]), slot(f"{name}-note", html.Span, className="i-note")], className="i-title"
    )
    fill = slot(name, className="i-fill", tabIndex="0")
    return html.Section([title, fill], className=f"i-panel i-{name}", **marks({"data-panel": f"incident-{name}"}))
