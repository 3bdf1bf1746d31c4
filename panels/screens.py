"""`/admin/screens`: screens with their links and what each shows, scenes and playlists; and what control adds to a wall.

Draws the frame once; `assets/admin-screens.js` fills it. Decides nothing: the API does.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from core.release import release_of
from core.view_address import SHOWABLE
from panels.admin_sections import heading, sections
from panels.duty_frame import given, head, slot
from panels.frame import Page, shell
from panels.parts import marks

CASTERS = ("duty", "supervisor", "leader", "admin")


def control_config(page: Page) -> dict[str, Any]:
    """What `assets/screen.js` must know on a wall: whether this browser is a screen with a link of its own, or somebody at a desk."""
    scope, watch = page.scope, page.config.wall_control.watchdog
    beats = scope is not None and scope.role == "wall" and scope.account_id is None
    return {
        "beats": beats,
        "casts": scope is not None and scope.role in CASTERS,
        "release": release_of(page.config),
        "watchdog": {
            "heap_mb": watch.heap_mb, "age_s": watch.age.total_seconds(), "quiet_s": watch.quiet.total_seconds(),
            "again_s": watch.again.total_seconds(),
        },
    }  # fmt: skip


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    text = page.text
    title = html.Header(
        [heading(text, "screens"), slot("count", html.Span, className="a-note"), slot("new", html.Span)], className="a-title"
    )
    screens = html.Section(
        [title, slot("screens", className="a-scroll")], className="a-panel", **marks({"data-panel": "screens"})
    )  # fmt: skip
    beside = html.Section(
        [slot("scenes", className="a-scroll s-part"), slot("playlists", className="a-scroll s-part")],
        className="a-panel s-beside",
        **marks({"data-panel": "scenes"}),
    )
    body = html.Div([screens, beside], className="admin-body s-body")
    config = {**given(page.config), "views": list(SHOWABLE), "areas": list(page.scope.areas) if page.scope else []}
    return shell(page, "duty", "admin-screens.js", [head(page, "/admin"), sections(text, "screens"), body], config)
