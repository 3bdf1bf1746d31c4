"""What is open, by class: alerts and cases of each event class, the most on top. Rows belong to the browser."""

from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import panel, row_list


def class_list(page: Page) -> Component:
    text = page.text
    return panel(
        "classes", text("panel.classes"), [row_list("classes", empty=text("classes.none"))], note=text("classes.note"), kind="panel-classes"
    )
