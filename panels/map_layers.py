"""The menu of layers on a map, shut, and the line of those that are shown. `assets/map-layers.js` fills and moves both."""

from dash import html
from dash.development.base_component import Component

from maps.layers import layers_for
from panels.frame import Page
from panels.parts import marks


def layers_told(page: Page) -> list[dict[str, object]]:
    """The layers this reader is offered, in the order of the menu."""
    role = page.scope.role if page.scope else ""
    return [{"name": one.name, "group": one.group, "icon": one.icon, "usual": one.usual} for one in layers_for(role)]


def layers_button(page: Page) -> Component:
    """Stands first in the rail of tools; it is none of them: while its menu is open, a click on the map is still the map's."""
    return html.Button(
        html.I(className="tool-icon tool-icon-layers"),
        type="button",
        className="tool",
        title=page.text("map.layers"),
        **marks({"data-do": "layers", "aria-expanded": "false", "aria-label": page.text("map.layers")}),
    )


def map_layers(page: Page) -> list[Component]:
    """The line of chips, the menu and the card of what was clicked, all empty."""
    label = {"aria-label": page.text("map.layers")}
    return [
        html.Div(className="layer-chips", role="group", **marks({"data-slot": "layer-chips", "aria-label": page.text("map.layers_shown")})),
        html.Section(className="layer-menu", hidden=True, **marks({"data-slot": "layer-menu", **label})),
        html.Section(className="layer-card", hidden=True, **marks({"data-slot": "layer-card", "aria-live": "polite"})),
    ]
