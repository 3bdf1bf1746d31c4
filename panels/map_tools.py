"""What stands on a map for people who work with it: areas, tools, the choice of basemaps. `assets/map-tools.js` moves them."""

from dash import html
from dash.development.base_component import Component

from core.map_config import OURS
from maps.basemap import basemaps
from maps.style import style
from panels.frame import Page
from panels.map_layers import layers_button
from panels.parts import marks

TOOLS = {"search": "search", "ruler-line": "ruler", "ruler-surface": "square", "around": "circle"}


def basemap_config(page: Page) -> dict[str, object]:
    """What `assets/map-basemap.js` draws from: the first one's name and each configured one."""
    return {"basemap": page.config.map.basemap, "basemaps": basemaps(page.config.map, style(), page.language == "en")}


def map_tools(page: Page) -> list[Component]:
    """The area path, the rail of tools with a card that is shut, and, with more than one basemap, their choice."""
    text = page.text
    rail = [
        html.Button(
            html.I(className=f"tool-icon tool-icon-{icon}"),
            type="button",
            className="tool",
            title=text(f"tools.{tool}"),
            **marks({"data-tool": tool, "aria-pressed": "false", "aria-label": text(f"tools.{tool}")}),
        )
        for tool, icon in TOOLS.items()
    ]
    return [
        html.Nav(className="area-path", hidden=True, **marks({"data-slot": "area-path", "aria-label": text("tools.area")})),
        html.Div(
            [layers_button(page), *rail],
            className="map-tools",
            role="toolbar",
            **marks({"data-slot": "map-tools", "aria-label": text("tools.rail")}),
        ),
        html.Section(className="tool-card", hidden=True, **marks({"data-slot": "tool-card"})),
        *([_basemaps(page)] if page.config.map.basemaps else []),
    ]


def _basemaps(page: Page) -> Component:
    text, known = page.text, page.config.map.basemaps
    english = page.language == "en"
    names = {OURS: text("tools.basemap_ours"), **{name: (english and one.label_en) or one.label for name, one in known.items()}}
    options = [html.Option(label, value=name) for name, label in names.items()]
    return html.Select(options, className="basemap-choice", **marks({"data-slot": "basemaps", "aria-label": text("tools.basemap")}))
