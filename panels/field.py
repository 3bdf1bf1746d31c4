"""The phone of a grid worker: my tasks, one task at a time, thumb-sized acts, photos, and no network. `assets/field.js` keeps it alive.

It decides nothing: a task's acts come from the server; what was done without a network waits in the phone and is sent in order.
"""

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, send_from_directory

from panels.duty import law
from panels.duty_frame import given, icon, slot
from panels.frame import Page, shell
from panels.parts import marks


def view(page: Page) -> Component:
    """The frame of the field page for one reader."""
    text, scope = page.text, page.scope
    config = {
        **given(page.config),
        **law(),
        "role": scope.role if scope else "",
        "account": scope.account_id if scope else None,
        "name": scope.name if scope else "",
    }
    head = html.Header(
        [
            html.Button(
                icon("chevron-left"),
                type="button",
                className="field-back",
                hidden=True,
                **marks({"data-do": "back", "aria-label": text("field.back")}),
            ),
            html.H1(text("field.tasks"), **marks({"data-slot": "title"})),
            slot("connection", className="field-link", role="status"),
            html.Button(
                icon("menu"), type="button", className="field-menu", **marks({"data-do": "menu", "aria-label": text("field.more")})
            ),
        ],
        className="field-head",
    )
    body = [
        head,
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
    ]
    return shell(page, "field", "field.js", body, config)


def register(server: Flask, assets: str) -> None:
    """Serves the service worker from the root: one that lives under /assets may not answer for /field."""

    def worker() -> Response:
        answer = send_from_directory(assets, "field-worker.js", mimetype="text/javascript")
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    server.add_url_rule("/field-worker.js", "field_worker", worker)
