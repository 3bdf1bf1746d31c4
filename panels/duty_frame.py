"""The head every desk shares (duty, cockpit): whose city, which desk, is the picture alive, what time is it.

Static: ES modules fill the slots.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from core.config import Config
from panels import menu
from panels.frame import ROUTES, Page
from panels.parts import marks

BELL = ("/cockpit", "/duty")  # the desks at which somebody is told


def icon(name: str) -> Component:
    """An icon of the set shipped in `assets/vendor/icons`, coloured by its text."""
    return html.I(className="icon", style={"--icon": f'url("/assets/vendor/icons/{name}.svg")'}, **marks({"aria-hidden": "true"}))


def slot(name: str, tag: type[Component] = html.Div, **attributes: Any) -> Component:
    """An empty place that the page's ES module finds by `data-slot`; React never looks into it again."""
    return tag(**marks({"data-slot": name}), **attributes)


def head(page: Page, here: str) -> Component:
    """The desk's header: title, marks of drill and simulation, connection, clock, person."""
    text, area = page.text, page.config.area
    role = page.scope.role if page.scope else ""
    for_whom = {path: route.roles for path, route in ROUTES.items()}
    other = "zh" if text.language == "en" else "en"
    return html.Header(
        [
            html.A(text("desk.skip"), href="#", className="skip-link"),  # assets/boot.js moves the focus
            html.Div(
                [html.Span("一屏", className="brand-mark"), html.Span(_title(page), className="brand-title", title=area.title)],
                className="brand",
            ),
            menu.links(page.config, text, role, here, for_whom),
            slot("marks", className="marks"),
            slot("connection", className="connection", role="status"),
            slot("clock", className="desk-clock"),
            html.Div(
                [
                    *([slot("notices", html.Span, className="tool")] if here in BELL and page.scope else []),
                    *([_me(page)] if page.scope else []),
                    html.A(text("desk.other_language"), href=f"?lang={other}", className="head-button", lang=other),
                    html.Button(
                        icon("moon"),
                        type="button",
                        className="head-button",
                        title=text("desk.theme"),
                        **marks({"data-do": "theme", "aria-label": text("desk.theme")}),
                    ),
                    html.Button(
                        icon("log-out"),
                        type="button",
                        className="head-button",
                        title=text("desk.leave"),
                        **marks({"data-do": "leave", "aria-label": text("desk.leave")}),
                    ),
                ],
                className="head-tools",
            ),
        ],
        className="desk-head",
    )


def may_open(page: Page, path: str) -> bool:
    """Whether this page's reader may open another."""
    role = page.scope.role if page.scope else ""
    return menu.may_open(page.config, role, path, ROUTES["/" + path.split("/")[1]].roles)


def _me(page: Page) -> Component:
    """Who is here; a click opens one's own contacts, quiet hours and password (`assets/me.js`)."""
    name = _person(page)
    words = f"{name} · {page.text('me.open')}"
    return html.Button(
        [icon("user"), html.Span(name)], type="button", className="head-button person", title=words,
        **marks({"data-do": "me", "aria-label": words}),
    )  # fmt: skip


def _title(page: Page) -> str:
    area = page.config.area
    return (area.name_en or area.name) if page.language == "en" else area.name


def _person(page: Page) -> str:
    if page.scope is None:
        return ""
    return page.scope.name or page.text(f"desk.role.{page.scope.role}")


def given(config: Config) -> dict[str, Any]:
    """What a desk's ES module must know of the configuration to speak of it: labels, limits, runbooks. Durations in seconds."""
    return {
        "classes": {
            code: {
                "label": one.label,
                "label_en": one.label_en,
                "group": one.group,
                "domain": one.domain,
                "severity": one.severity,
                "deadline_s": one.deadline.total_seconds(),
            }
            for code, one in config.classes.items()
        },
        "work_kinds": {code: {"label": one.label, "label_en": one.label_en} for code, one in config.planned_works.kinds.items()},
        "metrics": {
            name: {"label": one.label, "label_en": one.label_en, "unit": one.unit, "decimals": one.decimals}
            for name, one in config.metrics.items()
        },
        "rules": {
            name: {
                "label": one.label,
                "label_en": one.label_en,
                "kind": one.kind,
                "owner": one.owner,
                "reason": one.reason,
                "runbook": one.runbook,
                "limits": [limit.model_dump(mode="json", exclude={"hold"}) for limit in getattr(one, "limits", ())],
            }
            for name, one in config.rules.items()
        },
    }
