"""The phone of whoever works outside: tasks, reporting, patrol, the phone itself; installable. `assets/field.js` keeps it alive.

It decides nothing: a task's acts come from the server; what was done without a network waits in the phone and is sent in order.
"""

import json
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request, send_from_directory

from core.config import Config
from panels.duty_frame import given, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import COOKIE, Text, choose_language

VIEWS = (("tasks", "list-checks"), ("report", "camera"), ("patrol", "route"), ("me", "user"))
OPEN_PATHS = ("/field-worker.js", "/field.webmanifest")  # a browser asks for them without its session
HEAD = """<link rel="manifest" href="/field.webmanifest">
<link rel="apple-touch-icon" href="/assets/field-icon-180.png">
<meta name="theme-color" content="#0a1a31">
<meta name="mobile-web-app-capable" content="yes">
<meta name="apple-mobile-web-app-capable" content="yes">
<meta name="apple-mobile-web-app-status-bar-style" content="black-translucent">"""


def view(page: Page) -> Component:
    """The frame of the field page for one reader."""
    text = page.text
    body = [
        _head(text),
        slot("marks", className="field-marks"),
        slot("waiting", className="field-waiting", **marks({"aria-live": "polite", "data-panel": "outgoing"})),
        html.Section(
            slot("tasks", html.Ol, className="field-tasks"), className="field-list", **marks({"data-panel": "tasks", "data-slot": "list"})
        ),
        html.Section(
            [slot("task", className="field-task"), slot("acts", html.Footer, className="field-acts")],
            className="field-one",
            hidden=True,
            **marks({"data-panel": "task", "data-slot": "one"}),
        ),
        *(html.Section(className="field-view", hidden=True, **marks({"data-panel": name, "data-slot": name})) for name, _ in VIEWS[1:]),
        html.Nav(
            [_way(text, *each) for each in VIEWS], className="field-nav", **marks({"data-slot": "nav", "aria-label": text("field.views")})
        ),
    ]
    return shell(page, "field", "field.js", body, _config(page))


def _config(page: Page) -> dict[str, Any]:
    """What the phone must know to work by itself: the classes and how long a voice note lasts."""
    scope, field = page.scope, page.config.field
    return {
        "classes": given(page.config)["classes"],
        "field": {"voice_seconds": field.voice_seconds, "accuracy_m": field.accuracy_m, "within_m": field.within_m},
        "role": scope.role if scope else "",
        "account": scope.account_id if scope else None,
        "name": scope.name if scope else "",
    }


def _head(text: Text) -> Component:
    back = html.Button(
        _icon("chevron-left"),
        type="button",
        className="field-back",
        hidden=True,
        **marks({"data-do": "back", "aria-label": text("field.back")}),
    )
    title = html.H1(text("field.tasks"), **marks({"data-slot": "title"}))
    return html.Header([back, title, slot("connection", className="field-link", role="status")], className="field-head")


def _icon(name: str) -> Component:
    """An icon of the frame; field-frame.css knows where each lies, because HTML of our own may carry no style (`panels.plain`)."""
    return html.I(className=f"icon icon-{name}", **marks({"aria-hidden": "true"}))


def _way(text: Text, name: str, symbol: str) -> Component:
    """A button of the bar at the foot; `data-count` carries how many things wait for a decision."""
    count = html.B(className="count", **marks({"data-count": ""})) if name == "tasks" else None
    return html.Button([_icon(symbol), html.Span(text(f"field.nav.{name}")), count], type="button", **marks({"data-view": name}))


def manifest(config: Config, text: Text) -> dict[str, Any]:
    """The web app manifest: what a phone installs. Its scope is the whole site, so that signing in again stays inside the app."""
    english = text.language == "en"
    city = config.area.title_en if english else config.area.title
    icons = [{"src": f"/assets/field-icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    return {
        "id": "/field", "name": f"{text('page.field')} · {city}", "short_name": text("field.short_name"), "lang": text.html_lang,
        "start_url": "/field", "scope": "/", "display": "standalone", "orientation": "portrait",
        "background_color": "#0a1a31", "theme_color": "#0a1a31",
        "icons": [
            {"src": "/assets/field-icon.svg", "sizes": "any", "type": "image/svg+xml"}, *icons,
            {"src": "/assets/field-icon-maskable.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "shortcuts": [{"name": text(f"field.nav.{name}"), "url": f"/field#{name}"} for name, _ in VIEWS[1:3]],
    }  # fmt: skip


def register(server: Flask, assets: str, config: Config, texts: Mapping[str, Text]) -> None:
    """Serves the service worker from the root, because one under /assets may not answer for /field; and the manifest."""

    def worker() -> Response:
        answer = send_from_directory(assets, "field-worker.js", mimetype="text/javascript")
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    def describe() -> Response:
        text = texts[choose_language(request.args.get("lang"), request.cookies.get(COOKIE))]
        body = json.dumps(manifest(config, text), ensure_ascii=False)
        return Response(body, mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})

    server.add_url_rule("/field-worker.js", "field_worker", worker)
    server.add_url_rule("/field.webmanifest", "field_manifest", describe)
