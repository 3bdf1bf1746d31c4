"""What an admin keeps, as a bar of links over the page: rules, the organisation, routing, standards, the calendar, screens, indicators."""

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import icon
from panels.frame import Page
from panels.parts import marks
from panels.text import Text

SECTIONS = (
    ("rules", "bell-ring"),
    ("organisation", "users"),
    ("routing", "split"),
    ("standards", "clipboard-list"),
    ("calendar", "calendar"),
    ("screens", "monitor"),
    ("catalogue", "chart-bar"),
)


def sections(text: Text, here: str) -> Component:
    """The bar; `here` is the section that is shown."""
    links = [
        html.A(
            [icon(symbol), text(f"admin.section.{name}")], href=f"/admin/{name}", **marks({"aria-current": "page"} if name == here else {})
        )
        for name, symbol in SECTIONS
    ]
    return html.Nav(links, className="a-sections", **marks({"aria-label": text("admin.sections")}))


def heading(text: Text, here: str) -> Component:
    """The section's own heading in its first panel."""
    symbol = dict(SECTIONS)[here]
    return html.H2([icon(symbol), text(f"admin.section.{here}")])


def keeps_city(page: Page) -> bool:
    """Whether the reader may change what holds for the whole city; who keeps a part of it reads."""
    return page.scope is not None and page.scope.sees(page.config.area.code)
