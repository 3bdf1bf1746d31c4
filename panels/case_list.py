"""The closed loop: where the open cases stand from acceptance to closing, and the ones whose deadline comes next."""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import figure, panel, row_list

STEPS = ("accept", "dispatch", "handle", "check", "closed")


def case_loop(page: Page) -> Component:
    """Open cases by step, and what was closed today."""
    text = page.text
    steps = [
        html.Li([html.H3(text(f"loop.{step}")), figure(f"loop_{step}", kind="loop-figure")], className=f"step step-{step}")
        for step in STEPS
    ]
    return panel("loop", text("panel.loop"), [html.Ol(steps, className="loop")], note=text("loop.note"), kind="panel-loop")


def case_list(page: Page) -> Component:
    """Cases by deadline, the most pressing on top."""
    text = page.text
    note = html.Span([html.Span([text("cases.overdue"), figure("cases_overdue", kind="small-figure")], className="pair")], className="keys")
    return panel("cases", text("panel.cases"), [row_list("cases", empty=text("cases.none"))], note=note, kind="panel-cases")
