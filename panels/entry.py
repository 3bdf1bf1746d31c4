"""`/entry`, where the duty officer writes readings down by hand: a few rows of device, metric, value and time, and what became of each.

Draws the frame once; `assets/entry.js` fills it and sends each row to `POST /readings`, which decides. Wears the duty desk's clothes.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from core.manual import MOST_ROWS
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

COLUMNS = ("device", "metric", "value", "time", "state")


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    body = html.Div([_form(page), _written(page.text)], className="entry-body")
    rest: dict[str, Any] = {"past_s": page.config.ingest.past.total_seconds(), "most_rows": MOST_ROWS}
    return shell(page, "duty", "entry.js", [head(page, "/entry"), body], {**given(page.config), **rest})


def _form(page: Page) -> Component:
    text = page.text
    who = page.scope.name if page.scope else ""
    heads = [html.Span(text(f"entry.column.{name}")) for name in COLUMNS]
    return html.Section(
        [
            html.Header(
                [
                    html.H2([icon("pencil"), text("entry.title")]),
                    html.P([icon("user-check"), text("entry.who", who=who)], className="e-who"),
                ],
                className="e-title",
            ),
            html.P([icon("info"), text("entry.about")], className="e-about"),
            html.Div(heads, className="e-heads", **marks({"aria-hidden": "true"})),
            slot("rows", className="e-rows"),
            html.Div(
                [
                    html.Button([icon("plus"), text("entry.add")], type="button", **marks({"data-do": "add"})),
                    html.Label([html.Span(text("entry.note")), _note(text)], className="e-note"),
                    html.Button(
                        [icon("send"), slot("send", html.Span)], type="button", className="primary", **marks({"data-act": "enter"})
                    ),
                ],
                className="e-foot",
            ),
        ],
        className="e-panel e-form",
        **marks({"data-panel": "entry"}),
    )


def _note(text: Text) -> Component:
    return html.Span(slot("note", html.Span), className="e-note-place", title=text("entry.note_about"))


def _written(text: Text) -> Component:
    title = html.Header(
        [html.H2([icon("list-checks"), text("entry.written")]), slot("count", html.Span, className="e-count")], className="e-title"
    )
    return html.Section([title, slot("written", className="e-scroll")], className="e-panel e-written", **marks({"data-panel": "written"}))
