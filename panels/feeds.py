"""The health of the pipeline: each feed's state, its rate, what it refused, when it last spoke. A silent feed must not look well."""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import figure, panel, row_list


def feeds(page: Page) -> Component:
    text = page.text
    rate: list[str | Component] = [text("feeds.rate"), figure("readings_minute", unit=text("unit.per_minute"), kind="small-figure")]
    path = html.Span([text("feeds.path"), figure("path", unit=text("unit.seconds"), kind="small-figure")], title=text("feeds.path_note"))
    note = html.Span([html.Span(rate), path], className="keys")
    return panel("feeds", text("panel.feeds"), [row_list("feeds", empty=text("feeds.none"))], note=note, kind="panel-feeds")
