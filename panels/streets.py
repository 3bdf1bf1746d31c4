"""Every street's profile: its cells by class as one bar, its open alerts and cases. Ordered by the share of its high cells."""

from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import panel, row_list, slot


def streets(page: Page) -> Component:
    text = page.text
    return panel(
        "streets", text("panel.streets"), [row_list("streets", empty=text("streets.none"))], note=slot("streets-note"), kind="panel-streets"
    )
