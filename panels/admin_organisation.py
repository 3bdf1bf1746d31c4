"""`/admin/organisation`: the tree of units beside what belongs to one of them: people, the week's roster, substitutions, patrols.

Draws the frame once; `assets/admin-organisation.js` fills it from `GET /units` and `/rosters`. Wears the duty desk's clothes.
"""

from dash import html
from dash.development.base_component import Component

from panels.admin_sections import heading, sections
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

TABS = (("people", "users"), ("roster", "calendar-clock"), ("substitutions", "repeat"), ("patrols", "route"))


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    _, _, unit = page.rest.partition("/")
    roles = {name: page.text(f"desk.role.{name}") for name in ("handler", "grid_worker")}
    body = html.Div([_tree(page.text), _unit(page.text)], className="admin-body o-body")
    return shell(
        page,
        "duty",
        "admin-organisation.js",
        [head(page, "/admin"), sections(page.text, "organisation"), body],
        {**given(page.config), "unit": unit, "roles": roles},
    )


def _tree(text: Text) -> Component:
    title = html.Header([heading(text, "organisation"), slot("count", html.Span, className="a-note")], className="a-title")
    tools = html.Div(
        [
            html.Label([icon("search"), slot("search", html.Span)], className="a-search", title=text("organisation.search_about")),
            slot("new", html.Span),
        ],
        className="a-tools",
    )
    return html.Section(
        [title, slot("layout", className="o-layout"), tools, slot("tree", className="a-scroll")],
        className="a-panel a-list",
        **marks({"data-panel": "units"}),
    )


def _unit(text: Text) -> Component:
    tabs = [
        html.Button([icon(symbol), text(f"organisation.tab.{name}")], type="button", role="tab", **marks({"data-tab": name}))
        for name, symbol in TABS
    ]
    return html.Section(
        [
            slot("heading", html.Header, className="a-heading"),
            html.Div(tabs, className="a-tabs", role="tablist", **marks({"aria-label": text("organisation.tabs")})),
            *(slot(name, className="a-tab a-scroll o-tab", role="tabpanel") for name, _ in TABS),
        ],
        className="a-panel a-rule",
        **marks({"data-panel": "unit"}),
    )
