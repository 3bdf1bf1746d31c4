"""`/cameras`, the camera wall beside the map: 1, 4, 9 or 16 pictures by hand, by an incident or by area; and the panel of walls.

Draws the frame once; `assets/camera-wall.js` fills it from the API. Decides nothing: who may look and where a picture is, the API does.
"""

from dash import html
from dash.development.base_component import Component

from core.camera_wall_config import SIZES
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks, panel


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text = page.text
    config = {**given(page.config), **wall_words(page), "role": page.scope.role if page.scope else ""}
    sizes = [
        html.Button(str(size), type="button", **marks({"data-size": str(size), "aria-pressed": "false",
                                                       "aria-label": text("cameras.size", n=size)}))
        for size in SIZES
    ]  # fmt: skip
    bar = html.Div(
        [slot("by", html.Strong, className="cam-by", role="status"), slot("pages", className="cam-pages"),
         html.Div(sizes, className="cam-sizes", role="group", **marks({"aria-label": text("cameras.sizes")})),
         html.Button([icon("share-2"), text("cameras.copy")], type="button", className="quiet", **marks({"data-do": "copy"})),
         html.Button(icon("fullscreen"), type="button", className="quiet", title=text("cameras.full"),
                     **marks({"data-do": "full", "aria-label": text("cameras.full")}))],
        className="cam-bar",
    )  # fmt: skip
    beside = html.Section(
        [slot("map", className="cam-map"), slot("find", className="cam-find", role="search"), slot("list", className="cam-list")],
        className="cam-beside", **marks({"data-panel": "camera-map"}),
    )  # fmt: skip
    wall = html.Section([bar, slot("pictures", className="cam-grid")], className="cam-wall", **marks({"data-panel": "cameras"}))
    return shell(page, "duty", "camera-wall.js", [head(page, "/cameras"), html.Div([beside, wall], className="cam-body")], config)


def camera_panel(page: Page) -> Component:
    """The panel of a wall; `assets/wall-cameras.js` fills it where its layout shows it."""
    place = html.Div(className="cam-grid", **marks({"data-slot": "pictures"}))
    return panel("cameras", page.text("cameras.title"), [place], note=html.Span(**marks({"data-slot": "cameras-by"})))


def wall_words(page: Page) -> dict[str, object]:
    """What both need: how often a page of an area's cameras is turned, seconds."""
    return {"dwell_s": page.config.camera_wall.dwell.total_seconds(), "sizes": list(SIZES)}
