"""`/replay` and `/replay/<domain>`: the wall at another time, its panels on the recorded state, above a bar to move in time.

Draws the frame; `assets/replay.js` brings the recording. What is shown is never taken for the present: frame, badge and bar say what it is.
"""

from collections.abc import Mapping
from typing import Any, cast

from dash import html
from dash.development.base_component import Component

from panels import wall
from panels.duty_frame import icon
from panels.frame import DOMAINS, Page, notice, shell
from panels.parts import UNKNOWN, marks, slot
from panels.text import Text

SPEEDS = (1, 10, 60, 300, 600)
WINDOWS = (("1h", 3600), ("6h", 21_600), ("24h", 86_400), ("7d", 604_800))
BAR_LINES = 7.6  # rem that the bar takes below a wall, which keeps its own lines


def view(page: Page) -> Component:
    """The wall of the city (`rest` empty) or of one domain; any other rest is an unknown page."""
    domain = page.rest or None
    if domain is not None and domain not in DOMAINS:
        return notice(page.text, "page.unknown", "/replay")
    children = [*wall.children(page, domain), _bar(page.text)]
    made: Any = shell(page, "wall", "replay.js", children, replay_config(page, domain))
    made.className = "page page-wall page-replay"
    return cast(Component, made)


def replay_config(page: Page, domain: str | None) -> dict[str, Any]:
    """The wall's configuration with room for the bar."""
    given = dict(wall.wall_config(page, domain))
    layouts: Mapping[str, Any] = given["layouts"]  # type: ignore[assignment]
    roomy = {name: {**layout, "lines": layout["lines"] + BAR_LINES} for name, layout in layouts.items()}
    return {**given, "layouts": roomy, "speeds": SPEEDS, "windows": dict(WINDOWS)}


def _bar(text: Text) -> Component:
    return html.Section(
        [
            html.Div([_buttons(text), _moment(text), _choices(text)], className="replay-row"),
            html.Div(
                [
                    html.Canvas(className="replay-strip", **marks({"data-slot": "strip", "aria-hidden": "true"})),
                    slot("range", "replay-range"),
                    html.P(className="replay-tip", **marks({"data-slot": "tip"})),
                ],
                className="replay-track",
            ),
            html.Div(
                [
                    html.Time(UNKNOWN, **marks({"data-slot": "from"})),
                    html.Span(className="replay-said", role="status", **marks({"data-slot": "said"})),
                    html.Time(UNKNOWN, **marks({"data-slot": "to"})),
                ],
                className="replay-ends",
            ),
        ],
        className="replay-bar",
        **marks({"data-panel": "replay", "aria-label": text("replay.bar")}),
    )


def _buttons(text: Text) -> Component:
    acts = (("before", "skip-back"), ("play", "play"), ("after", "skip-forward"))
    return html.Div(
        [
            html.Button(
                icon(symbol), type="button", className=f"replay-button replay-{act}", title=text(f"replay.{act}"),
                **marks({"data-do": act, "aria-label": text(f"replay.{act}")}),
            )
            for act, symbol in acts
        ]
        + [
            html.Span(
                [
                    html.Button(f"{speed}×", type="button", className="replay-speed", **marks({"data-speed": str(speed)}))
                    for speed in SPEEDS
                ],
                className="replay-speeds",
                role="group",
                **marks({"aria-label": text("replay.speed")}),
            )
        ],
        className="replay-buttons",
    )  # fmt: skip


def _moment(text: Text) -> Component:
    return html.Div(
        [
            html.B(text("replay.mark"), className="replay-mark"),
            html.Time(UNKNOWN, className="replay-time", **marks({"data-slot": "moment"})),
            html.Span(className="replay-ago", **marks({"data-slot": "ago"})),
        ],
        className="replay-moment",
    )


def _choices(text: Text) -> Component:
    windows = [
        html.Button(text(f"replay.window.{name}"), type="button", className="replay-window", **marks({"data-window": name}))
        for name, _ in WINDOWS
    ]
    ways = [
        html.Button([icon("link"), text("replay.share")], type="button", className="replay-way", **marks({"data-do": "share"})),
        html.A([icon("file-text"), text("replay.report")], className="replay-way", target="_blank", **marks({"data-do": "report"})),
        html.A("PDF", className="replay-way", target="_blank", **marks({"data-do": "pdf"})),
        html.A([icon("radio"), text("replay.live")], className="replay-way", **marks({"data-do": "live"})),
    ]
    group = html.Span(windows, className="replay-windows", role="group", **marks({"aria-label": text("replay.window")}))
    return html.Div([group, *ways], className="replay-choices")
