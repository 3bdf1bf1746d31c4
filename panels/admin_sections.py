"""What an admin keeps, as links that stand where a page's title would: rules, the organisation, and what else the city keeps by hand."""

from dash import html
from dash.development.base_component import Component

from panels.duty_frame import icon
from panels.parts import marks
from panels.text import Text

SECTIONS = (("rules", "list-checks"), ("organisation", "users"))


def sections(text: Text, here: str) -> Component:
    """The sections; `here` is the one that is shown, and the page's heading."""
    links = [
        html.H2([icon(symbol), text(f"admin.section.{name}")]) if name == here
        else html.A([icon(symbol), text(f"admin.section.{name}")], href=f"/admin/{name}")
        for name, symbol in SECTIONS
    ]  # fmt: skip
    return html.Nav(links, className="a-sections", **marks({"aria-label": text("admin.sections")}))
